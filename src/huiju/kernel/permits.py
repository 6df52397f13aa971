"""A permission that carries its reason: enforced by services, shown by pages, returned by the API."""

from dataclasses import dataclass

from huiju.kernel.errors import NotPermitted


@dataclass(frozen=True)
class Permit:
    """Whether something may be done, and if not, why not in one translated sentence."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def require(self) -> None:
        """Raise `NotPermitted` with the reason unless allowed."""
        if not self.allowed:
            raise NotPermitted(self.reason)


YES = Permit(allowed=True)


def no(reason: object) -> Permit:
    """A refusal with its (possibly lazily translated) reason."""
    return Permit(allowed=False, reason=str(reason))

"""Refusals. Each is an exception with a name whose text is fit to show to a user."""


class DomainError(Exception):
    """Base of every refusal. The message is translated, whole, and says what, why and what next."""


class NotPermitted(DomainError):
    """A permit was refused; the text is the permit's reason."""


class WrongState(DomainError):
    """The thing is not in a state from which this step exists, or somebody was faster."""


class NothingSuch(DomainError):
    """A word names nobody or nothing, so what was asked cannot be judged; the text says which word."""

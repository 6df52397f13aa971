"""What is exact about budgets: splitting an amount between payers, and reading an office's amounts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from huiju.budgets.enums import STAGES, Account

FEN_OF_YUAN, FEN_OF_TEN_THOUSAND_YUAN = 100, 1_000_000
LARGEST_FEN = 10**15
"""Ten trillion yuan; more is a slip of the pen and would overflow sums."""


class NotWholeFen(ValueError):
    """A text is no amount, or an amount with a fraction of a fen; the text is the argument."""


def shares_of(total_fen: int, parts: Sequence[int]) -> list[int]:
    """Split an amount by whole parts, exactly: the shares sum to `total_fen`.

    Each share is its quota rounded towards nought, and the fen left over go one each to the largest
    remainders, the earlier part first among equals. A negative amount splits as its opposite does.
    Raises ValueError for no parts, a negative part, or parts that are all nought.
    """
    whole = sum(parts)
    if whole <= 0 or min(parts) < 0:
        raise ValueError("parts are whole numbers of which none is negative and one is positive")
    if total_fen < 0:
        return [-share for share in shares_of(-total_fen, parts)]
    quotas = [divmod(total_fen * part, whole) for part in parts]
    left = total_fen - sum(share for share, _rest in quotas)
    by_remainder = sorted(range(len(parts)), key=lambda at: (-quotas[at][1], at))
    favoured = set(by_remainder[:left])
    return [share + (at in favoured) for at, (share, _rest) in enumerate(quotas)]


def further_shares(posted_fen: Sequence[int], amount_fen: int, parts: Sequence[int]) -> list[int]:
    """Split a further amount so that all shares together are the split of all amounts together.

    `posted_fen` are the shares posted so far. A correction split by itself could leave the payers a fen
    away from their due shares; split this way it cannot. A payer's further share may then have the
    opposite sign of the amount, by one fen, where there are three payers or more.
    """
    wanted = shares_of(sum(posted_fen) + amount_fen, parts)
    return [due - posted for due, posted in zip(wanted, posted_fen, strict=True)]


@dataclass(frozen=True)
class Stages:
    """Where the money of a line, or of several, stands, in fen. `budget` is what was appropriated."""

    available: int = 0
    committed: int = 0
    due: int = 0
    paid: int = 0

    @property
    def budget(self) -> int:
        return self.available + self.committed + self.due + self.paid

    @property
    def open(self) -> int:
        """What is bound and not yet paid."""
        return self.committed + self.due

    def of(self, account: str) -> int:
        """The amount of one account; the budget for the account it came from."""
        return self.budget if account == Account.APPROPRIATED else int(getattr(self, account))

    def plus(self, moves: Mapping[str, int]) -> "Stages":
        """These stages after amounts were posted to accounts."""
        return Stages(**{a.value: self.of(a) + moves.get(a, 0) for a in STAGES})


def total_of(stages: Iterable[Stages]) -> Stages:
    """The stages of several lines added up."""
    kept = list(stages)
    return Stages(**{account.value: sum(each.of(account) for each in kept) for account in STAGES})


def fen_of(written: str, fen_per_unit: int) -> int:
    """An amount as offices write it, "1,234.5" of yuan or of ten thousand yuan, in fen, exactly.

    Raises NotWholeFen for what is no number, has a fraction of a fen, or is absurdly large.
    """
    plain = (
        written.replace(",", "").replace("，", "").replace("−", "-").strip().rstrip("元").strip()
    )
    try:
        fen = Decimal(plain) * fen_per_unit
    except InvalidOperation as problem:
        raise NotWholeFen(written) from problem
    if not fen.is_finite() or abs(fen) > LARGEST_FEN or fen != fen.to_integral_value():
        raise NotWholeFen(written)
    return int(fen)

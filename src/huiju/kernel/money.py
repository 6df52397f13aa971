"""Money is an integer number of fen (分). Yuan exist only on the way in and out."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from huiju.kernel.errors import DomainError

YUAN_TEXT = re.compile(r"^[-−]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]{1,2})?$")


class NotAnAmount(DomainError):
    """A text that is not an amount of yuan with at most two decimals."""


def fen_from_yuan(text: str) -> int:
    """Read "1,234.50" (yuan, ASCII digits, at most two decimals) as 123450 fen.

    Raises NotAnAmount for anything else: amounts are never rounded on the way in.
    """
    plain = text.strip()
    if not YUAN_TEXT.match(plain):
        raise NotAnAmount(
            _("“%(text)s” is not an amount: write yuan with at most two decimals.") % {"text": text}
        )
    return int(Decimal(plain.replace(",", "").replace("−", "-")) * 100)


def yuan(fen: int) -> str:
    """Write 123450 fen as "1,234.50"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def rounded_share(amount_fen: int, numerator: int, denominator: int) -> int:
    """`amount_fen` × numerator ÷ denominator, exact until rounded half up (away from zero) once."""
    product = amount_fen * numerator
    magnitude = (2 * abs(product) + abs(denominator)) // (2 * abs(denominator))
    return magnitude if (product < 0) == (denominator < 0) else -magnitude

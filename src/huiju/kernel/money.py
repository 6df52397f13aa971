"""Money is an integer number of fen (分). Yuan exist only on the way in and out."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from huiju.kernel.errors import DomainError

DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
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


def capital_yuan(fen: int) -> str:
    """Write 140950 fen as "人民币壹仟肆佰零玖元伍角整", as vouchers have it.

    Source: 支付结算办法 (银发〔1997〕393号) 附一, rules 1–4. Raises ValueError beyond 9,999 万亿 yuan.
    """
    whole, rest = divmod(abs(fen), 100)
    jiao, odd = divmod(rest, 10)
    text = f"{_capital_number(whole)}元" if whole or not rest else ""
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif odd and whole:
        text += "零"
    text += f"{DIGITS[odd]}分" if odd else "整"
    return f"人民币{'负' if fen < 0 else ''}{text}"


def _capital_number(number: int) -> str:
    """A whole number in capital numerals: 107000 is 壹拾万柒仟."""
    if not number:
        return DIGITS[0]
    if number >= 10 ** (4 * len(GROUPS)):
        raise ValueError(number)
    text, gap = "", False
    for place in reversed(range(len(GROUPS))):
        group = number // 10_000**place % 10_000
        if not group:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):
            text += DIGITS[0]
        text += _capital_group(group) + GROUPS[place]
        gap = False
    return text


def _capital_group(group: int) -> str:
    text, gap = "", False
    for place in reversed(range(4)):
        digit = group // 10**place % 10
        if not digit:
            gap = bool(text)
            continue
        text += (DIGITS[0] if gap else "") + DIGITS[digit] + UNITS[place]
        gap = False
    return text


def rounded_share(amount_fen: int, numerator: int, denominator: int) -> int:
    """`amount_fen` × numerator ÷ denominator, exact until rounded half up (away from zero) once."""
    product = amount_fen * numerator
    magnitude = (2 * abs(product) + abs(denominator)) // (2 * abs(denominator))
    return magnitude if (product < 0) == (denominator < 0) else -magnitude

"""Who pays which part of an amount."""

from huiju.allowances.rules.shapes.terms import Terms


def shares(amount_fen: int, district: str, terms: Terms) -> dict[str, int]:
    """The parts of an amount by payer, exact to the fen; a district's own split goes before the city's (*).

    Each part is rounded down, and the fen left over go one each to the payers with the largest remainders,
    of equal ones to the name that sorts first. A negative amount is shared as the amount it takes back.
    """
    splits = dict(terms.payers)
    split = splits.get(district) or splits.get("*") or ()
    sign, whole = (-1, -amount_fen) if amount_fen < 0 else (1, amount_fen)
    parts = {payer: whole * pct // 100 for payer, pct in split}
    left = whole - sum(parts.values()) if split else 0
    by_remainder = sorted(split, key=lambda each: (-(whole * each[1] % 100), each[0]))
    for payer, _pct in by_remainder[:left]:
        parts[payer] += 1
    return {payer: sign * part for payer, part in parts.items()}

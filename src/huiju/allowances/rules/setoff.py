"""What is taken from one payment, over the recoveries that ask for it."""

from collections.abc import Sequence


def spread(taken_fen: int, asked: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """An amount over what is asked for, the first served first: (key, fen), without those who get nothing.

    `asked` are keys and fen in their order. Raises ValueError where less is asked for than was taken.
    """
    parts = []
    for key, fen in asked:
        part = min(taken_fen, fen)
        taken_fen -= part
        if part:
            parts.append((key, part))
    if taken_fen:
        raise ValueError(taken_fen)
    return tuple(parts)

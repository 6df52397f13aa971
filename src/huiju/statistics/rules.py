"""How reports word a number: the rounding that its exact value allows.

Official texts say 近1500名 for 1,487 and 450多人 for 453. A round number may flatter only in the
direction its word admits: `OVER` is said of a smaller number, `NEARLY` of a larger one, and
`ABOUT` of one within a hundredth.
"""

from dataclasses import dataclass

from huiju.statistics.enums import Nearness

# Shares of the exact number, in thousandths, by which the round one may differ.
NEARLY_WITHIN, OVER_WITHIN, ABOUT_WITHIN = 20, 50, 10
COUNTED_EXACTLY_BELOW = 11


@dataclass(frozen=True)
class RoundNumber:
    """A number as a text says it: `number` is what is printed, `nearness` the word beside it."""

    nearness: Nearness
    number: int


def in_round_numbers(exact: int) -> RoundNumber:
    """The coarsest round number close to a count of things, with the word that makes it true.

    Up to ten, and where nothing round is close, the number itself. Between eleven and ninety-nine
    the full ten below (12: more than 10), from eight on the ten above (98: nearly 100).
    """
    if exact < COUNTED_EXACTLY_BELOW:
        return RoundNumber(Nearness.EXACT, exact)
    if exact < 100:
        return _by_tens(exact)
    for step in _steps(exact):
        below, above = exact // step * step, -(-exact // step) * step
        if below == exact:
            return RoundNumber(Nearness.EXACT, exact)
        nearly = (above - exact) * 1000 <= exact * NEARLY_WITHIN
        over = (exact - below) * 1000 <= exact * OVER_WITHIN
        if nearly and (above - exact <= exact - below or not over):
            return RoundNumber(Nearness.NEARLY, above)
        if over:
            return RoundNumber(Nearness.OVER, below)
    return RoundNumber(Nearness.EXACT, exact)


def about(exact: int, step: int) -> RoundNumber:
    """The nearest multiple of a step, said to be `ABOUT` the exact value.

    The step shrinks by tens until a multiple lies within a hundredth of the exact value, so that a
    small amount is not said to be about nothing. Of two as near, the larger.
    """
    while step > 1:
        nearest = (2 * exact + step) // (2 * step) * step
        if nearest == exact:
            return RoundNumber(Nearness.EXACT, exact)
        if abs(nearest - exact) * 1000 <= exact * ABOUT_WITHIN:
            return RoundNumber(Nearness.ABOUT, nearest)
        step //= 10
    return RoundNumber(Nearness.EXACT, exact)


def against(exact: int, mark: int) -> RoundNumber:
    """A number beside a mark, such as a target: over it, at it, nearly at it, else as it is."""
    if exact == mark:
        return RoundNumber(Nearness.EXACT, mark)
    if exact > mark:
        return RoundNumber(Nearness.OVER, mark)
    if (mark - exact) * 1000 <= exact * NEARLY_WITHIN:
        return RoundNumber(Nearness.NEARLY, mark)
    return RoundNumber(Nearness.EXACT, exact)


def thousandths(part: int, whole: int) -> int | None:
    """A share in thousandths, rounded half up; None of nothing."""
    return (2000 * part + whole) // (2 * whole) if whole else None


def _by_tens(exact: int) -> RoundNumber:
    ten, rest = exact // 10 * 10, exact % 10
    if rest == 0:
        return RoundNumber(Nearness.EXACT, exact)
    if rest >= 8:
        return RoundNumber(Nearness.NEARLY, ten + 10)
    return RoundNumber(Nearness.OVER, ten)


def _steps(exact: int) -> list[int]:
    """Steps from coarse to fine: for 1,487 these are 1000, 500, 100, 50 and 10."""
    steps, power = [], 10 ** (len(str(exact)) - 1)
    while power >= 10:
        steps += [power, power // 2]
        power //= 10
    return steps[:-1]

"""How reports word a number, and which small numbers no report tells.

Official texts say 近1500名 for 1,487 and 450多人 for 453. A round number may flatter only in the
direction its word admits: `OVER` is said of a smaller number, `NEARLY` of a larger one, and
`ABOUT` of one within a hundredth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huiju.kernel.figures import UNRECORDED
from huiju.statistics.enums import Disclosure, Nearness

# Shares of the exact number, in thousandths, by which the round one may differ.
NEARLY_WITHIN, OVER_WITHIN, ABOUT_WITHIN = 20, 50, 10
COUNTED_EXACTLY_BELOW = 11
# Of “fewer than two” everybody knows the number.
LEAST_THRESHOLD = 3


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


def disclosed(counts: Mapping[str, int], *, threshold: int) -> dict[str, Disclosure]:
    """How each part of a split is shown, whose total everybody knows; empty: none of it is shown.

    Parts of 1 to `threshold` - 1 records are small and told as fewer than it. A part that is not small
    covers them: the last in the order of names, not of sizes, so that the choice tells nothing. Nothing
    is shown where the parts have no more than `threshold` records on average, whether one is small or
    not, or where what is hidden is as small as it can be (every small part one, the cover the
    threshold): one way would be left. In all other cases every hidden part has at least two values
    that lead to the same table, for who knows this rule as well.
    Source: 统计法实施条例 art. 29(3), figures that let infer a respondent; the number is a parameter.
    """
    threshold = max(threshold, LEAST_THRESHOLD)
    parts = {name: count for name, count in counts.items() if count}
    small = {name for name, count in parts.items() if count < threshold}
    if len(parts) > 1 and sum(parts.values()) <= threshold * len(parts):
        return {}
    if not small:
        return dict.fromkeys(counts, Disclosure.EXACT)
    large = sorted(set(parts) - small, key=lambda name: (name == UNRECORDED, name))
    if not large:
        return {}
    cover = large[-1]
    slack = sum(parts[name] - 1 for name in small) + parts[cover] - threshold
    if slack < 1:
        return {}
    return {
        **dict.fromkeys(counts, Disclosure.EXACT),
        **dict.fromkeys(small, Disclosure.FEWER),
        cover: Disclosure.COVERED,
    }


def columns_told(
    rows: Sequence[Mapping[str, int]], names: Sequence[str], *, threshold: int
) -> list[tuple[str, ...]]:
    """The columns of a table of counts whose sums by row and column are known, last ones merged.

    Columns are merged from the last until no cell is small and none that is merged is told by the
    sums; all in one column in the end.
    """
    threshold = max(threshold, LEAST_THRESHOLD)
    groups: list[tuple[str, ...]] = [(name,) for name in names]
    while len(groups) > 1 and _tells(rows, groups, threshold):
        groups = [*groups[:-2], groups[-2] + groups[-1]]
    return groups


def _tells(
    rows: Sequence[Mapping[str, int]], groups: Sequence[tuple[str, ...]], threshold: int
) -> bool:
    """Whether a small number is a cell, or the only one that the sums admit inside a merged cell."""
    sums = [[sum(row.get(name, 0) for name in group) for row in rows] for group in groups]
    if any(0 < cell < threshold for column in sums for cell in column):
        return True
    for group, column in zip(groups, sums, strict=True):
        for name in group if len(group) > 1 else ():
            of_name = sum(row.get(name, 0) for row in rows)
            for cell in column:
                least, most = max(0, of_name + cell - sum(column)), min(of_name, cell)
                if least == most and 0 < most < threshold:
                    return True
    return False


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

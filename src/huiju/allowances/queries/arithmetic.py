"""How the terms of a scheme make a line's amount of its rate, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from huiju.allowances.enums import CeilingPer, Shape, Start
from huiju.allowances.models import RunLine, Scheme
from huiju.allowances.rules import Terms
from huiju.allowances.rules.shapes.payers import shares
from huiju.allowances.terms import terms_of
from huiju.kernel import money
from huiju.kernel.periods import Month
from huiju.registry.enums import Level


@dataclass(frozen=True)
class Reckoned:
    """One step from the rate to what is due: words, the amount it leads to if it has one, and why."""

    words: str
    fen: int | None = None
    because: str = ""


def reckoning_of(line: RunLine) -> list[Reckoned]:
    """The steps of a line that something is due by; none of a line that only takes back."""
    if line.rate is None or line.step_rate_fen is None:
        return []
    terms, shape = terms_of(line.run.scheme), line.run.scheme.shape
    words, why = RATES.get(shape, _monthly)()
    steps = [Reckoned(words, line.step_rate_fen, why)]
    steps += OWN[shape](line, terms) if shape in OWN else []
    return steps + _ceiling(line, terms)


def borne_by(line: RunLine) -> dict[str, int]:
    """What each payer bears of a line, exact to the fen; empty where the terms name no payers."""
    terms = terms_of(line.run.scheme)
    return shares(line.amount_fen, line.place.name, terms) if terms.payers else {}


def _monthly() -> tuple[str, str]:
    return _("Monthly rate"), ""


def _on_the_day() -> tuple[str, str]:
    return _("Rate in force on the deciding day"), ""


def _index() -> tuple[str, str]:
    return _("Published index"), _(
        "the value in force on the deciding day, the same for every level"
    )


def _once(line: RunLine, terms: Terms) -> list[Reckoned]:
    return [
        Reckoned(
            _("Paid once a person"),
            because=_("%(day)s is the first day on which a certificate and a post counted together")
            % {"day": line.counted_on},
        )
    ]


def _yearly(line: RunLine, terms: Terms) -> list[Reckoned]:
    post_from = line.post.starts_on if line.post else None
    return [
        Reckoned(
            _("Paid once a year"),
            because=_(
                "%(months)d months in the post begun on %(day)s, with a certificate, were complete in"
                " this month of the year"
            )
            % {"months": terms.after_months, "day": post_from},
        )
    ]


def _term(line: RunLine, terms: Terms) -> list[Reckoned]:
    return [
        Reckoned(
            _("The month lies within the term"),
            because=_("%(months)d calendar months from the first that could count")
            % {"months": terms.most_months},
        )
    ]


def _topped_up(line: RunLine, terms: Terms) -> list[Reckoned]:
    base = Scheme.objects.filter(code=terms.base).first()
    return [
        Reckoned(
            _("Paid on top"),
            because=_("“%(base)s” pays the person for this month") % {"base": base or terms.base},
        )
    ]


def _share(line: RunLine, terms: Terms) -> list[Reckoned]:
    pct = dict(terms.percents).get(line.level, 0)
    return [
        Reckoned(
            _("%(pct)d %% of it") % {"pct": pct},
            share_of(line.step_rate_fen or 0, pct),
            _("the share of %(level)s, rounded half up") % {"level": Level(line.level).label},
        )
    ]


def _sub_grade(line: RunLine, terms: Terms) -> list[Reckoned]:
    assert line.certificate  # noqa: S101 -- the database asks it of every line that something is due by
    held_from = line.certificate.approved_on
    if terms.start == Start.MONTH_AFTER:
        held_from = Month.of(held_from).next.first_day
    months = months_between(held_from, line.counted_on or line.month)
    grades = dict(terms.grades).get(line.level, ())
    pct = next((pct for least, pct in sorted(grades, reverse=True) if months >= least), 0)
    return [
        Reckoned(
            _("%(pct)d %% of it") % {"pct": pct},
            share_of(line.step_rate_fen or 0, pct),
            _("the sub-grade reached with %(months)d whole months since %(day)s")
            % {"months": months, "day": held_from},
        )
    ]


def _ceiling(line: RunLine, terms: Terms) -> list[Reckoned]:
    if terms.ceiling_fen is None:
        return []
    words = _("At most %(yuan)s yuan (%(per)s)") % {
        "yuan": money.yuan(terms.ceiling_fen),
        "per": CeilingPer(terms.ceiling_per).label,
    }
    return [Reckoned(words, line.step_due_fen)]


def share_of(fen: int, pct: int) -> int:
    """Whole per cent of an amount, rounded half up."""
    return (fen * pct + 50) // 100


def months_between(first: date, last: date) -> int:
    """Whole months from one day to another, as the rules count them."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (last.day < first.day)


RATES: Mapping[str, Callable[[], tuple[str, str]]] = {
    Shape.ONCE_BY_LEVEL: _on_the_day,
    Shape.YEARLY_BY_LEVEL: _on_the_day,
    Shape.INDEX_SHARE: _index,
}
OWN: Mapping[str, Callable[[RunLine, Terms], list[Reckoned]]] = {
    Shape.ONCE_BY_LEVEL: _once,
    Shape.YEARLY_BY_LEVEL: _yearly,
    Shape.MONTHLY_TERM: _term,
    Shape.TOP_UP: _topped_up,
    Shape.INDEX_SHARE: _share,
    Shape.SUB_GRADES: _sub_grade,
}

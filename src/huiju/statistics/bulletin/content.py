"""What the bulletin of a year says. A section whose records are not there is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from huiju.allowances import figures as allowances
from huiju.allowances.models import Scheme
from huiju.directory import queries as directory
from huiju.directory.models import Place
from huiju.kernel import money
from huiju.kernel.figures import UNRECORDED, Figure
from huiju.kernel.periods import Month
from huiju.policies import figures as policies
from huiju.policies import terms
from huiju.registry import figures as registry
from huiju.registry.enums import Level
from huiju.statistics import queries
from huiju.statistics.bulletin.report import (
    Grid,
    Report,
    Run,
    Section,
    Sentence,
    number,
    rounded,
    sentence,
    share,
    written_day,
    yuan,
)
from huiju.statistics.catalogue import label
from huiju.statistics.queries import Cube, Question
from huiju.statistics.rules import about

FEN_OF_TEN_THOUSAND_YUAN = 1_000_000


@dataclass(frozen=True)
class Year:
    """The figures of one year's bulletin, of its last day or of today while the year runs."""

    on: date
    known_at: datetime
    cubes: dict[tuple[Figure, date | None], Cube] = field(default_factory=dict)

    @cached_property
    def city(self) -> Place:
        """The city the bulletin is of."""
        return directory.city()

    @cached_property
    def districts(self) -> list[str]:
        """Names of the districts of the day, in order of their codes."""
        found = directory.districts(on=self.on).order_by("code")
        return list(found.values_list("name", flat=True))

    def of(self, figure: Figure, on: date | None = None) -> Cube:
        """A figure of the city with all its parts; each is computed once."""
        if (figure, on) not in self.cubes:
            question = Question(figure, on or self.on, self.known_at)
            self.cubes[figure, on] = queries.cube(question)
        return self.cubes[figure, on]

    @property
    def year_before(self) -> date:
        """The last day of the year before."""
        return date(self.on.year - 1, 12, 31)


def compose(year: int, *, today: date, known_at: datetime) -> Report:
    """The bulletin of a year. A year that is not over is told up to today."""
    book = Year(last_day(year, today=today), known_at)
    candidates = [policy(book), workforce(book), posts(book), allowance(book)]
    return Report(
        title=_("The social-work workforce of %(city)s in %(year)s")
        % {"city": book.city.name, "year": year},
        masthead=_("%(city)s social-work bulletin") % {"city": book.city.name},
        period=_("Year %(year)s") % {"year": year},
        on=book.on,
        known_at=known_at,
        lead=summary(book),
        sections=[section for section in candidates if section],
    )


def last_day(year: int, *, today: date) -> date:
    """The day a year's bulletin is of."""
    return min(date(year, 12, 31), today)


def summary(book: Year) -> Sentence:
    """The first paragraph, in round numbers: how many are certified, and how many came in the year."""
    return sentence(
        _(
            "In {year} {city} went on building its social-work workforce. By {day} the city had"
            " {certified} certified social workers, {in_post} of them in post; {newly} people"
            " obtained their first certificate in the year."
        ),
        year=str(book.on.year),
        day=written_day(book.on),
        city=book.city.name,
        certified=rounded(book.of(registry.certified).at()),
        in_post=rounded(book.of(registry.certified_in_post).at()),
        newly=rounded(book.of(registry.newly_certified).at()),
    )


def policy(book: Year) -> Section | None:
    """The documents of the city and its districts, by what they are about."""
    local, every = book.of(policies.local_documents), book.of(policies.documents)
    if not local.at().value:
        return None
    issued = sentence(
        _(
            "By {day} the library held {local} policy documents on social work of {city} and its"
            " districts, and with those of the nation and the province {every}."
        ),
        day=written_day(book.on),
        city=book.city.name,
        local=rounded(local.at()),
        every=number(every.at()),
    )
    aspects = listing(_("By aspect: "), counts(every, "aspect", _("{label} {count} documents")))
    return Section(heading=_("Policies and rules"), paragraphs=[issued, aspects])


def workforce(book: Year) -> Section | None:
    """Certified social workers by level and district."""
    certified = book.of(registry.certified)
    if not certified.at().value:
        return None
    levels = [level for level in Level if certified.at(level=level.value).value]
    shares = [
        sentence(
            _("{label} {count} ({share})"),
            label=str(level.label),
            count=number(certified.at(level=level.value)),
            share=share(certified.at(level=level.value), certified.at()),
        )
        for level in levels
    ]
    growth = sentence(
        _("On {day} {certified} people were certified; at the end of the year before, {before}. "),
        day=written_day(book.on),
        certified=number(certified.at()),
        before=number(book.of(registry.certified, book.year_before).at()),
    )
    return Section(
        heading=_("Certified workforce"),
        paragraphs=[
            [*growth, *listing(_("By the highest level held: "), shares)],
            listing(_("By district: "), counts(certified, "district", _("{label} {count}"))),
        ],
        grids=[by_district_and_level(book)],
    )


def by_district_and_level(book: Year) -> Grid:
    """The table of districts by levels, with sums of both."""
    certified = book.of(registry.certified)
    unplaced = [UNRECORDED] if certified.at(district=UNRECORDED).value else []

    def row(name: str, **district: str) -> list[Run]:
        levels = [certified.at(level=level.value, **district) for level in Level]
        return [Run(name), *map(number, levels), number(certified.at(**district))]

    return Grid(
        caption=_("Certified social workers by district and level (%(day)s, people)")
        % {"day": written_day(book.on)},
        heads=[_("District"), *(str(level.label) for level in Level), _("Total")],
        rows=[
            *(row(label("district", it), district=it) for it in [*book.districts, *unplaced]),
            row(_("Whole city")),
        ],
    )


def posts(book: Year) -> Section | None:
    """People in post, and those of them who are certified, by kind of employer."""
    in_post, certified = book.of(registry.in_post), book.of(registry.certified_in_post)
    if not in_post.at().value:
        return None
    employed = sentence(
        _(
            "On {day} {in_post} people worked in social-work posts with {employers} employers;"
            " {certified} of them ({share}) were certified."
        ),
        day=written_day(book.on),
        in_post=number(in_post.at()),
        employers=number(book.of(registry.employers).at()),
        certified=number(certified.at()),
        share=share(certified.at(), in_post.at()),
    )
    kinds = listing(
        _("The certified in post, by kind of employer: "),
        counts(certified, "employer_kind", _("{label} {count}")),
    )
    return Section(heading=_("Posts"), paragraphs=[employed, kinds])


def allowance(book: Year) -> Section | None:
    """The allowances in force with their rates, and what was computed in the year."""
    standing = [found for scheme in schemes_in_force(book) if (found := rates(book, scheme))]
    amount = book.of(allowances.amount_of_the_year)
    computed = sentence(
        _(
            "For the months of {year} up to {month} allowances of {amount} have been computed in"
            " {lines} lines; they are drafts and not yet approved."
        ),
        year=str(book.on.year),
        month=_("month %(month)s") % {"month": book.on.month},
        amount=yuan(amount.at(), about(amount.at().value, FEN_OF_TEN_THOUSAND_YUAN)),
        lines=Run(str(len(amount.at().keys)), amount.at()),
    )
    if not standing:
        return None
    paragraphs = [*standing, computed] if amount.at().keys else standing
    return Section(heading=_("Post allowances"), paragraphs=paragraphs)


def schemes_in_force(book: Year) -> list[Scheme]:
    """The monthly allowances that pay for the month of the day."""
    month = Month.of(book.on).first_day
    open_ended = Q(last_month=None) | Q(last_month__gte=month)
    return list(Scheme.objects.filter(open_ended, first_month__lte=month).order_by("code"))


def rates(book: Year, scheme: Scheme) -> Sentence | None:
    """What a scheme pays a month by level, each rate leading to its parameter and document."""
    found = []
    for level in Level:
        try:
            value = terms.value_in_force(
                scheme.rate_parameter(level.value),
                on=book.on,
                place=scheme.place,
                known_at=book.known_at,
            )
        except (terms.NoValueInForce, terms.UnknownParameter):
            continue
        url = reverse("policies:parameter", args=[value.parameter_id])
        amount = Run(
            f"{value.value // 100}" if value.value % 100 == 0 else money.yuan(value.value), url=url
        )
        found.append(
            sentence(_("{label} {rate} yuan a month"), label=str(level.label), rate=amount)
        )
    opening = _("%(scheme)s, by certificate level: ") % {"scheme": scheme.name}
    return listing(opening, found) if found else None


def counts(cube: Cube, dimension: str, text: str) -> list[Sentence]:
    """The parts of a figure in a sentence with {label} and {count}, largest first."""
    return [
        sentence(
            text,
            label=label(dimension, dict(part.question.filters)[dimension]),
            count=number(part),
        )
        for part in cube.by(dimension)
    ]


def listing(opening: str, sentences: Sequence[Sentence]) -> Sentence:
    """An opening and the members of a list, as one sentence."""
    return [Run(opening), *joined(sentences), Run(_("."))]


def joined(sentences: Sequence[Sentence]) -> Iterator[Run]:
    """Parts of a list, separated as the language does."""
    for position, part in enumerate(sentences):
        if position:
            yield Run(_("; "))
        yield from part

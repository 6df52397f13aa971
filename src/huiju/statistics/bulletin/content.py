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
from huiju.allowances.enums import PAY_THEIR_RATE
from huiju.allowances.models import Scheme
from huiju.budgets import figures as budgets
from huiju.directory import queries as directory
from huiju.directory.models import Place
from huiju.kernel import clock, money
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
from huiju.statistics.enums import Disclosure
from huiju.statistics.queries import Cube, Question, ShownPart
from huiju.statistics.rules import about, columns_told

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

    @cached_property
    def least(self) -> int | None:
        """The number of people from which on a part is told; None: no part is."""
        return queries.threshold(on=clock.day_of(self.known_at))

    def parts(self, figure: Figure, dimension: str) -> list[ShownPart]:
        """The parts of a figure that everybody may read, with those that are not told."""
        rollup = queries.rollup_of(self.of(figure))
        return queries.public_parts(rollup, dimension, self.least)

    @property
    def year_before(self) -> date:
        """The last day of the year before."""
        return date(self.on.year - 1, 12, 31)


def compose(year: int, *, today: date, known_at: datetime) -> Report:
    """The bulletin of a year. A year that is not over is told up to today."""
    book = Year(last_day(year, today=today), known_at)
    candidates = [policy(book), workforce(book), posts(book), allowance(book), budget(book)]
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
    aspects = counts(book, policies.documents, "aspect", _("{label} {count} documents"))
    return Section(
        heading=_("Policies and rules"), paragraphs=[issued, listing(_("By aspect: "), aspects)]
    )


def workforce(book: Year) -> Section | None:
    """Certified social workers by level and district."""
    certified = book.of(registry.certified)
    if not certified.at().value:
        return None
    growth = sentence(
        _("On {day} {certified} people were certified; at the end of the year before, {before}. "),
        day=written_day(book.on),
        certified=number(certified.at()),
        before=number(book.of(registry.certified, book.year_before).at()),
    )
    return Section(
        heading=_("Certified workforce"),
        paragraphs=[
            [*growth, *listing(_("By the highest level held: "), by_level(book))],
            listing(
                _("By district: "),
                counts(book, registry.certified, "district", _("{label} {count}")),
            ),
        ],
        grids=[by_district_and_level(book)],
    )


def by_level(book: Year) -> list[Sentence]:
    """The certified by level, from the first level on, each with its share."""
    certified = book.of(registry.certified)
    told = {_name(part): part for part in book.parts(registry.certified, "level")}
    return [
        sentence(
            _("{label} {count} ({share})"),
            label=str(level.label),
            count=number(certified.at(level=level.value)),
            share=share(certified.at(level=level.value), certified.at()),
        )
        if told[level.value].value is not None
        else untold(told[level.value], "level", book.least)
        for level in Level
        if level.value in told
    ]


def by_district_and_level(book: Year) -> Grid:
    """The table of districts by levels, with sums of both; levels with small numbers are merged."""
    certified = book.of(registry.certified)
    unplaced = [UNRECORDED] if certified.at(district=UNRECORDED).value else []
    districts = [*book.districts, *unplaced]
    names = [level.value for level in Level if certified.at(level=level.value).value]
    cells = [
        {name: certified.at(district=district, level=name).value for name in names}
        for district in districts
    ]
    columns = columns_told(cells, names, threshold=book.least) if book.least and names else []
    told = columns if len(columns) > 1 else []

    def row(name: str, **district: str) -> list[Run]:
        inside = [joined_levels(certified, group, **district) for group in told]
        return [Run(name), *inside, number(certified.at(**district))]

    return Grid(
        caption=_("Certified social workers by district and level (%(day)s, people)")
        % {"day": written_day(book.on)}
        if told
        else _("Certified social workers by district (%(day)s, people)")
        % {"day": written_day(book.on)},
        heads=[_("District"), *(level_names(group) for group in told), _("Total")],
        rows=[
            *(row(label("district", it), district=it) for it in districts),
            row(_("Whole city")),
        ],
    )


def joined_levels(certified: Cube, levels: Sequence[str], **district: str) -> Run:
    """The certified of one level, or of several together: their sum belongs to no single figure."""
    parts = [certified.at(level=level, **district) for level in levels]
    if len(parts) == 1:
        return number(parts[0])
    return Run(str(sum(part.value for part in parts)))


def level_names(levels: Sequence[str]) -> str:
    """The head of a column of one level or of several."""
    lowest = str(Level(levels[0]).label)
    return _("%(level)s and above") % {"level": lowest} if len(levels) > 1 else lowest


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
        counts(book, registry.certified_in_post, "employer_kind", _("{label} {count}")),
    )
    return Section(heading=_("Posts"), paragraphs=[employed, kinds] if kinds else [employed])


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


def budget(book: Year) -> Section | None:
    """What the year's budgets set aside for social work, and how much of it was paid."""
    planned, paid = book.of(budgets.planned), book.of(budgets.paid)
    if not planned.at().value:
        return None
    set_aside = sentence(
        _(
            "In {year} the budgets of {city} and its districts set aside {planned} for social work;"
            " by {day} {paid} of it ({share}) had been paid."
        ),
        year=str(book.on.year),
        city=book.city.name,
        day=written_day(book.on),
        planned=yuan(planned.at(), about(planned.at().value, FEN_OF_TEN_THOUSAND_YUAN)),
        paid=yuan(paid.at(), about(paid.at().value, FEN_OF_TEN_THOUSAND_YUAN)),
        share=share(paid.at(), planned.at()),
    )
    return Section(
        heading=_("Money for social work"), paragraphs=[set_aside], grids=[by_payer(book)]
    )


def by_payer(book: Year) -> Grid:
    """The table of payers by what was set aside, what is still committed, and what was paid, in yuan."""
    cubes = [book.of(figure) for figure in (budgets.planned, budgets.committed, budgets.paid)]
    payers = [dict(part.question.filters)["payer"] for part in cubes[0].by("payer")]

    def row(name: str, **payer: str) -> list[Run]:
        answers = [cube.at(**payer) for cube in cubes]
        return [Run(name), *(Run(money.yuan(answer.value), answer) for answer in answers)]

    return Grid(
        caption=_("Budgets for social work by payer (%(day)s, yuan)")
        % {"day": written_day(book.on)},
        heads=[_("Payer"), _("Set aside"), _("Committed"), _("Paid")],
        rows=[*(row(label("payer", payer), payer=payer) for payer in payers), row(_("Total"))],
    )


def schemes_in_force(book: Year) -> list[Scheme]:
    """The allowances that pay their rate for the month of the day."""
    month = Month.of(book.on).first_day
    open_ended = Q(last_month=None) | Q(last_month__gte=month)
    paying = Scheme.objects.filter(open_ended, first_month__lte=month, shape__in=PAY_THEIR_RATE)
    return list(paying.order_by("code"))


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


def counts(book: Year, figure: Figure, dimension: str, text: str) -> list[Sentence]:
    """The parts of a figure in a sentence with {label} and {count}, largest first."""
    cube = book.of(figure)
    return [
        sentence(
            text,
            label=label(dimension, _name(part)),
            count=number(cube.at(**dict(part.question.filters))),
        )
        if part.value is not None
        else untold(part, dimension, book.least)
        for part in book.parts(figure, dimension)
    ]


def untold(part: ShownPart, dimension: str, least: int | None) -> Sentence:
    """A part whose number is not told."""
    named = label(dimension, _name(part))
    if part.disclosure == Disclosure.FEWER:
        return sentence(_("{label} fewer than {number}"), label=named, number=str(least))
    return sentence(_("{label} not listed"), label=named)


def _name(part: ShownPart) -> str:
    return part.question.filters[0][1]


def listing(opening: str, sentences: Sequence[Sentence]) -> Sentence:
    """An opening and the members of a list, as one sentence; of no members nothing."""
    if not sentences:
        return []
    return [Run(opening), *joined(sentences), Run(_("."))]


def joined(sentences: Sequence[Sentence]) -> Iterator[Run]:
    """Parts of a list, separated as the language does."""
    for position, part in enumerate(sentences):
        if position:
            yield Run(_("; "))
        yield from part

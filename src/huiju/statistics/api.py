from datetime import date

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from ninja.errors import ValidationError

from huiju.directory.api import Day, SearchText, answers, endpoint
from huiju.kernel import clock
from huiju.statistics import queries
from huiju.statistics.catalogue import FIGURES


class FigureOut(Schema):
    """A figure of the catalogue and the dimensions it can be split by."""

    code: str
    title: str
    unit: str
    definition: str
    by: list[str]


class FigureValueOut(Schema):
    """A figure of a day over the records within the caller's reach.

    `by` is split by the dimension asked for and sums to `value`; `digest` is SHA-256 of the
    ordered record keys.
    """

    code: str
    on: date
    value: int
    unit: str
    by: dict[str, int]
    definition: str
    digest: str


class FigureAsked(Schema):
    """`on`: the day, today if absent; `by`: one dimension of the figure."""

    on: Day | None = None
    by: SearchText = ""


router = Router(tags=["statistics"])


@router.get(
    "/figures",
    response=answers(list[FigureOut]),
    url_name="figures",
    summary=gettext_noop("Figures"),
)
@endpoint("statistics.view")
def list_figures(request: HttpRequest) -> list[FigureOut]:
    """Every figure that can be asked for."""
    return [
        FigureOut(
            code=figure.code,
            title=str(figure.title),
            unit=figure.unit,
            definition=str(figure.definition),
            by=list(figure.by),
        )
        for figure in FIGURES.values()
    ]


@router.get(
    "/figures/{code}",
    response=answers(FigureValueOut),
    url_name="figure",
    summary=gettext_noop("A figure of a day"),
)
@endpoint("statistics.view")
def show_figure(
    request: HttpRequest, code: SearchText, asked: Query[FigureAsked]
) -> FigureValueOut:
    """The value of a figure on a day, perhaps split by one dimension."""
    if code not in FIGURES:
        raise Http404
    figure = FIGURES[code]
    if asked.by and asked.by not in figure.by:
        raise ValidationError([{"loc": ("query", "by")}])
    cube = queries.cube(queries.Question(figure, asked.on or clock.today(), clock.now()))
    whole = cube.at()
    return FigureValueOut(
        code=code,
        on=whole.question.on,
        value=whole.value,
        unit=figure.unit,
        by={part.question.filters[0][1]: part.value for part in cube.by(asked.by)}
        if asked.by
        else {},
        definition=str(figure.definition),
        digest=whole.digest,
    )

"""Publishing what the catalogue holds: all figures of a day, or the bulletin of a year."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from huiju.directory.models import User
from huiju.kernel import clock
from huiju.statistics import queries, services
from huiju.statistics.bulletin.content import compose
from huiju.statistics.bulletin.printing import body_of
from huiju.statistics.bulletin.report import written_day
from huiju.statistics.catalogue import FIGURES
from huiju.statistics.enums import PublicationKind
from huiju.statistics.models import Publication
from huiju.statistics.queries import Answer, Question


def issue_figures(on: date, *, by: User | None, at: datetime) -> Publication:
    """Publish every figure of a day, whole and by each of its dimensions."""
    answers: list[Answer] = []
    for figure in FIGURES.values():
        cube = queries.cube(Question(figure, on, at))
        answers.append(cube.at())
        for dimension in figure.by:
            answers += cube.by(dimension)
    title = _("Figures of %(day)s") % {"day": written_day(on)}
    return services.publish(kind=PublicationKind.SERIES, title=title, answers=answers, by=by, at=at)


def issue_bulletin(year: int, *, by: User | None, at: datetime) -> Publication:
    """Publish the bulletin of a year: its text, and every number in it with the records."""
    report = compose(year, today=clock.day_of(at), known_at=at)
    return services.publish(
        kind=PublicationKind.BULLETIN,
        title=report.title,
        answers=report.answers(),
        body=body_of(report, draft=False),
        by=by,
        at=at,
    )

"""Publishing figures."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory import queries as directory
from huiju.directory.models import User
from huiju.kernel.errors import DomainError
from huiju.statistics import queries
from huiju.statistics.models import FigureSource, FigureValue, Publication
from huiju.statistics.permissions import may_publish
from huiju.statistics.queries import Answer


class NothingToPublish(DomainError):
    """A publication needs at least one figure."""


@transaction.atomic
def publish(
    *,
    kind: str,
    title: str,
    answers: Sequence[Answer],
    by: User | None,
    at: datetime,
    body: Mapping[str, Any] | None = None,
) -> Publication:
    """Publish answers of one day together, each with the keys of its records, as a new edition.

    The first answer gives the day and the instant of knowledge; an answer given twice is kept once.
    `by` None is the system itself. Raises NotPermitted or NothingToPublish.
    """
    if not answers:
        raise NothingToPublish(_("There is no figure to publish."))
    city = directory.city()
    if by is not None:
        may_publish(by, city).require()
    first = answers[0].question
    publication = Publication.objects.create(
        kind=kind,
        title=title,
        on=first.on,
        edition=queries.next_edition(kind, first.on),
        known_at=first.known_at or at,
        place=city,
        body=body,
        published_by=by,
        published_at=at,
    )
    distinct = {each.question.reference: each for each in answers}
    for each in distinct.values():
        _keep(publication, each)
    audit.record(
        actor=by,
        action="statistics.figures_published",
        subject=publication,
        kind=kind,
        on=first.on,
        edition=publication.edition,
        figures=len(distinct),
    )
    return publication


def _keep(publication: Publication, answer: Answer) -> None:
    """Store one answer: the number for everybody, the record keys for those in reach."""
    question = answer.question
    value = FigureValue.objects.create(
        publication=publication,
        code=question.figure.code,
        version=question.figure.version,
        on=question.on,
        filters=dict(question.filters),
        value=answer.value,
        unit=question.figure.unit,
    )
    FigureSource.objects.create(
        figure_value=value,
        place=publication.place,
        definition=str(question.figure.definition),
        digest=answer.digest,
        keys=list(answer.keys),
    )

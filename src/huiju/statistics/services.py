"""Publishing figures, and keeping them for the pages that show many."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory import queries as directory
from huiju.directory.models import User
from huiju.kernel.errors import DomainError
from huiju.kernel.figures import Figure
from huiju.statistics import queries
from huiju.statistics.models import FigureSource, FigureValue, KeptFigure, Publication
from huiju.statistics.permissions import may_publish
from huiju.statistics.queries import Aim, Answer, Rollup, Versions

# Any number that no other advisory lock has.
KEEPING = 7_305_001
DAYS_KEPT = 60
CHANGES_BEFORE_COMPACTION = 1000


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
    _keep(publication, list(distinct.values()))
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


def _keep(publication: Publication, answers: Sequence[Answer]) -> None:
    """Store the answers: the numbers for everybody, the record keys for those in reach."""
    values = FigureValue.objects.bulk_create(
        [
            FigureValue(
                publication=publication,
                code=each.question.figure.code,
                version=each.question.figure.version,
                on=each.question.on,
                filters=dict(each.question.filters),
                value=each.value,
                unit=each.question.figure.unit,
            )
            for each in answers
        ]
    )
    FigureSource.objects.bulk_create(
        [
            FigureSource(
                figure_value=value,
                place=publication.place,
                definition=str(each.question.figure.definition),
                digest=each.digest,
                keys=list(each.keys),
            )
            for value, each in zip(values, answers, strict=True)
        ],
        batch_size=100,
    )


@transaction.atomic
def keep_figures(figures: Sequence[Figure], *, on: date, at: datetime) -> int:
    """Keep the figures of a day that are not kept as the facts now are; how many were computed.

    Call it with the whole reach. Who comes while another keeps waits and finds the work done. What a
    writer changed while it was computed is not kept: nobody could tell which change is in it.
    """
    _wait_for_others()
    kept = queries.kept_codes(figures, on)
    missing = [figure for figure in figures if figure.code not in kept]
    if not missing:
        return 0
    before = queries.versions()
    rollups = queries.computed_rollups(missing, on).values()
    found = [(each.question.figure.code, each.facts, list(each.cells)) for each in rollups]
    _keep_cells(found, on, before, at)
    return len(missing)


@transaction.atomic
def keep_first_days(aims: Sequence[Aim], *, on: date, at: datetime) -> None:
    """Keep on which days aims were first reached, as `keep_figures` keeps figures."""
    _wait_for_others()
    if not aims or queries.kept_first_days(aims, on) is not None:
        return
    before = queries.versions()
    days = queries.first_days(aims)
    facts = sorted({fact for aim in aims for fact in Rollup(aim.question, ()).facts})
    cells = [[name, day and day.isoformat()] for name, day in days.items()]
    _keep_cells([(queries.KEPT_AS, facts, cells)], on, before, at)


def _wait_for_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [KEEPING])


def _keep_cells(
    found: Sequence[tuple[str, list[str], list[Any]]],
    on: date,
    before: Versions,
    at: datetime,
) -> None:
    """Keep cells by their code with the facts they were computed from, unless those changed meanwhile."""
    after, city = queries.versions(), directory.city()
    KeptFigure.objects.bulk_create(
        [
            KeptFigure(
                code=code,
                on=on,
                place=city,
                release=queries.release(),
                structure=before.structure,
                reads=facts,
                version=before.of(facts),
                cells=cells,
                computed_at=at,
            )
            for code, facts, cells in found
            if before.agrees_with(after, facts)
        ],
        update_conflicts=True,
        unique_fields=["code", "on"],
        update_fields=["release", "structure", "reads", "version", "cells", "computed_at"],
    )
    _tidy()


def _tidy() -> None:
    """Let go of the days asked for longest ago, and put sums in the place of many changes."""
    days = KeptFigure.objects.values("on").annotate(last=Max("computed_at")).order_by("-last", "on")
    gone = [day["on"] for day in days[DAYS_KEPT:]]
    if gone:
        KeptFigure.objects.filter(on__in=gone).delete()
    if queries.changes_noted() > CHANGES_BEFORE_COMPACTION:
        with connection.cursor() as cursor:
            cursor.execute("SELECT compact_fact_changes()")

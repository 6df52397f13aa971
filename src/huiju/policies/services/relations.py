"""What documents do to each other. Whether a document holds follows from it and is never typed."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.policies.models import Document, Relation
from huiju.policies.permissions import may_write
from huiju.policies.rules import validity

LIBRARY_LOCK = 7_301
"""Two desks that add relations at once could close a circle that neither sees."""


class RelationInvalid(DomainError):
    """A relation that contradicts itself, or closes a circle."""


@dataclass(frozen=True)
class RelationEntry:
    """What `document` does to `target` since a day (None: unknown), and the clause that says so."""

    document: Document
    target: Document
    kind: str
    confidence: str
    since: date | None = None
    article: str = ""
    quote: str = ""
    source_note: str = ""


@transaction.atomic
def record_relation(*, entry: RelationEntry, by: User, at: datetime) -> Relation:
    """Add a relation, or bring the one of this pair and kind to the entry. Equal again: no change.

    Raises NotPermitted or RelationInvalid.
    """
    may_write(by, entry.document.place, on=clock.day_of(at)).require()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LIBRARY_LOCK])
    _check(entry)
    found: Relation | None = Relation.objects.filter(
        document=entry.document, target=entry.target, kind=entry.kind
    ).first()
    wanted = vars(entry)
    if found and all(getattr(found, name) == value for name, value in wanted.items()):
        return found
    relation = found or Relation(recorded_at=at, recorded_by=by)
    for name, value in wanted.items():
        setattr(relation, name, value)
    relation.save()
    audit.record(
        actor=by,
        action="policies.relation_changed" if found else "policies.relation_recorded",
        subject=entry.document,
        kind=entry.kind,
        target=entry.target.pk,
        since=entry.since.isoformat() if entry.since else "",
    )
    return relation


@transaction.atomic
def withdraw_relation(*, relation: Relation, reason: str, by: User, at: datetime) -> None:
    """Take back a relation that was entered by mistake; the audit trail keeps it and the reason.

    Raises NotPermitted or RelationInvalid.
    """
    may_write(by, relation.document.place, on=clock.day_of(at)).require()
    if not reason.strip():
        raise RelationInvalid(_("Say why the relation is taken back."))
    audit.record(
        actor=by,
        action="policies.relation_withdrawn",
        subject=relation.document,
        kind=relation.kind,
        target=relation.target_id,
        reason=reason.strip(),
    )
    relation.delete()


def _check(entry: RelationEntry) -> None:
    if entry.document == entry.target:
        raise RelationInvalid(_("A document cannot act on itself. Choose the other document."))
    begins = entry.document.effective_on or entry.document.issued_on
    if entry.since and begins and entry.since < min(begins, entry.document.issued_on or begins):
        raise RelationInvalid(
            _("“%(document)s” did not exist yet on %(since)s. Correct the day.")
            % {"document": entry.document.citation, "since": entry.since.isoformat()}
        )
    edges: dict[int, list[int]] = {}
    for acting, acted_on in Relation.objects.values_list("document_id", "target_id"):
        edges.setdefault(acting, []).append(acted_on)
    if validity.reaches(edges, entry.target.pk, entry.document.pk):
        raise RelationInvalid(
            _(
                "That closes a circle: “%(target)s” already acts, directly or through others, on"
                " “%(document)s”. Correct the older relation first."
            )
            % {"target": entry.target.citation, "document": entry.document.citation}
        )

"""The four lists of a desk: to do, done, begun by me, messages. Each count is the length of its list."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huiju.allowances import queries as allowances
from huiju.allowances.enums import RunState
from huiju.audit import queries as audit
from huiju.desk.enums import ACTION_WORDS, OWN_DECISIONS, Tray
from huiju.desk.queries.trail import in_words
from huiju.directory.models import User
from huiju.kernel import money
from huiju.policies import permissions as policies_permissions
from huiju.policies import queries as policies
from huiju.policies.models import ParameterValue
from huiju.transfers import queries as transfers
from huiju.transfers.enums import ExportState, ImportState
from huiju.transfers.models import Export, Import

LONGEST = 100  # entries of a list; older ones are found on the pages themselves


@dataclass(frozen=True)
class Entry:
    """One line of a list. `word` and `kind` make its badge; without `url` there is nothing to open."""

    title: str
    at: datetime
    url: str = ""
    detail: str = ""
    word: Any = ""
    kind: str = ""


def trays(user: User, *, on: date) -> dict[str, list[Entry]]:
    """The lists of a user by `Tray`, newest first, at most 100 entries each."""
    lists = {
        Tray.TODO: to_do(user, on=on),
        Tray.DONE: done(user),
        Tray.BEGUN: begun(user, on=on),
        Tray.MESSAGES: messages(user, on=on),
    }
    return {
        tray.value: sorted(entries, key=lambda entry: entry.at, reverse=True)[:LONGEST]
        for tray, entries in lists.items()
    }


def to_do(user: User, *, on: date) -> list[Entry]:
    """What waits for this user's decision: files that were read, policy values others entered."""
    return [
        *[_import_to_decide(upload) for upload in imports_to_decide(user, on=on)],
        *[_value_to_confirm(value) for value in values_to_confirm(user, on=on)],
    ]


def imports_to_decide(user: User, *, on: date) -> list[Import]:
    """Files that were read, or could not be, and are to be applied or thrown away by this user."""
    waiting = transfers.imports_visible_to(user, on=on).filter(
        state__in=[ImportState.READ, ImportState.REJECTED]
    )
    newest = waiting.order_by("-at", "-pk")[:LONGEST]
    return [each for each in newest if user.holds("transfers.import", each.place, on=on)]


def values_to_confirm(user: User, *, on: date) -> list[ParameterValue]:
    """Proposed policy values this user may confirm or refuse."""
    if not user.holds(policies_permissions.CONFIRM, on=on):
        return []
    waiting = policies.values_awaiting().order_by("proposed_at", "pk")
    return [value for value in waiting if policies_permissions.may_decide(user, value, on=on)]


def done(user: User) -> list[Entry]:
    """What this user decided, as the audit trail tells it."""
    events = audit.events_by(user).filter(action__in=OWN_DECISIONS).order_by("-at", "-pk")
    return [
        Entry(str(ACTION_WORDS[event.action]), event.at, detail=in_words(event.subject))
        for event in events[:LONGEST]
    ]


def begun(user: User, *, on: date) -> list[Entry]:
    """What this user began and the machine or somebody else goes on with."""
    moving = [ImportState.WAITING, ImportState.APPLYING]
    uploads = transfers.imports_visible_to(user, on=on).filter(by=user, state__in=moving)
    values = policies.values_awaiting().filter(proposed_by=user)
    runs = allowances.runs_visible_to(user, on=on).filter(computed_by=user, state=RunState.DRAFT)
    exports = transfers.exports_of(user).filter(state=ExportState.WAITING)
    return [
        *[_import_moving(upload) for upload in uploads.order_by("-at", "-pk")[:LONGEST]],
        *[_value_proposed(value) for value in values.order_by("-proposed_at", "-pk")[:LONGEST]],
        *[_run_computed(run) for run in runs.order_by("-computed_at", "-pk")[:LONGEST]],
        *[_export(export) for export in exports.order_by("-asked_at", "-pk")[:LONGEST]],
    ]


def messages(user: User, *, on: date) -> list[Entry]:
    """What arrived for this user: files to fetch, and imports that ended."""
    ended = [ImportState.APPLIED, ImportState.UNDONE]
    uploads = transfers.imports_visible_to(user, on=on).filter(by=user, state__in=ended)
    exports = transfers.exports_of(user).exclude(state=ExportState.WAITING)
    return [
        *[_import_ended(upload) for upload in uploads.order_by("-at", "-pk")[:LONGEST]],
        *[_export(export) for export in exports.order_by("-asked_at", "-pk")[:LONGEST]],
    ]


def _import_to_decide(upload: Import) -> Entry:
    unreadable = upload.state == ImportState.REJECTED
    word = _("Could not be read") if unreadable else _("To be decided")
    return _import(upload, word, "bad" if unreadable else "wait")


def _import_moving(upload: Import) -> Entry:
    return _import(upload, upload.get_state_display(), "active")


def _import_ended(upload: Import) -> Entry:
    kind = "good" if upload.state == ImportState.APPLIED else ""
    return _import(upload, upload.get_state_display(), kind)


def _import(upload: Import, word: str, kind: str) -> Entry:
    url = reverse("transfers:import", args=[upload.pk])
    return Entry(upload.file_name, upload.at, url, str(upload.place), word, kind)


def _export(export: Export) -> Entry:
    kinds = {ExportState.DONE: "good", ExportState.FAILED: "bad"}
    return Entry(
        title=_("Export of %(day)s") % {"day": export.asked_at.date()},
        at=export.asked_at,
        url=reverse("transfers:exports"),
        detail=export.failure,
        word=export.get_state_display(),
        kind=kinds.get(ExportState(export.state), "active"),
    )


def _value_to_confirm(value: ParameterValue) -> Entry:
    return Entry(
        title=str(value),
        at=value.proposed_at,
        url=reverse("policies:awaiting"),
        detail=_("Entered by %(desk)s") % {"desk": value.proposed_by},
        word=_("To be confirmed"),
        kind="wait",
    )


def _value_proposed(value: ParameterValue) -> Entry:
    url = reverse("policies:parameter", args=[value.parameter_id])
    return Entry(str(value), value.proposed_at, url, "", _("With a second person"), "active")


def _run_computed(run: Any) -> Entry:
    """A run with `people` and `total_fen`, as `runs_visible_to` gives it."""
    url = reverse("allowances:run", args=[run.pk])
    detail = _("%(people)s people, %(yuan)s yuan") % {
        "people": f"{run.people:,}",
        "yuan": money.yuan(run.total_fen),
    }
    return Entry(str(run), run.computed_at, url, detail, run.get_state_display(), "")

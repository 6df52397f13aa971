"""The four lists of a desk: to do, done, begun by me, messages. Each count is the length of its list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huiju.allowances import permissions as allowances_permissions
from huiju.allowances import queries as allowances
from huiju.allowances.enums import FindingState, RunState
from huiju.allowances.models import Finding, Objection, Recovery, Run
from huiju.audit import queries as audit
from huiju.desk.enums import ACTION_WORDS, OWN_DECISIONS, Tray
from huiju.desk.queries.trail import in_words
from huiju.directory.models import User
from huiju.kernel import clock, money
from huiju.policies import permissions as policies_permissions
from huiju.policies import queries as policies
from huiju.policies.models import Parameter, ParameterValue
from huiju.registry import queries as registry
from huiju.transfers import queries as transfers
from huiju.transfers.enums import ExportState, ImportState
from huiju.transfers.models import Export, Import

LAST_RUNG = 7
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
    """What waits for this user: files that were read, policy values others entered, reviews, values
    whose document no longer holds, months of allowances, money asked back and objections to it, and what the
    nightly watch found, and registrations that end soon."""
    return [
        *[_import_to_decide(upload) for upload in imports_to_decide(user, on=on)],
        *[_value_to_confirm(value) for value in values_to_confirm(user, on=on)],
        *policies_to_mend(user, on=on),
        *[_run_to_move(run) for run in allowances.runs_to_move(user, on=on)[:LONGEST]],
        *[_recovery(each) for each in recoveries_to_decide(user, on=on)],
        *[_objection(each) for each in objections_to_answer(user, on=on)],
        *[_finding(each, on) for each in findings_to_explain(user, on=on)],
        *registrations_to_renew(user, on=on),
    ]


def findings_to_explain(user: User, *, on: date) -> list[Finding]:
    """What the nightly watch found that this user answers, the nearest day first."""
    if not user.holds(allowances_permissions.VIEW, on=on):
        return []
    found = allowances.findings_visible_to(user, on=on).filter(state=FindingState.OPEN)
    nearest = found.order_by("due_on", "first_seen_at", "pk")[:LONGEST]
    return [each for each in nearest if allowances_permissions.may_explain(user, each, on=on)]


def recoveries_to_decide(user: User, *, on: date) -> list[Recovery]:
    """Money asked back that this user may approve now, the oldest first."""
    if not user.holds(allowances_permissions.REVIEW, on=on):
        return []
    return allowances.recoveries_to_decide(user, on=on)[:LONGEST]


def objections_to_answer(user: User, *, on: date) -> Sequence[Objection]:
    """Objections of payees that this user answers, the oldest first; those to a list wait with its month."""
    if not user.holds(allowances_permissions.CHECK, on=on):
        return []
    return allowances.objections_to_money(user, on=on)[:LONGEST]


def registrations_to_renew(user: User, *, on: date) -> list[Entry]:
    """One's own registration that ends within ninety days; for an office, how many of its people's do."""
    if user.holds("registry.change", on=on):
        ending = registry.registrations_ending(user, on=on)
        return [_registrations(ending, on)] if ending else []
    if user.person_ref and user.holds("registry.view_self", on=on):
        own = registry.own_deadline({registry.file_key_of(user.person_ref)}, on=on)
        return [_registration(own, on)] if own else []
    return []


def policies_to_mend(user: User, *, on: date) -> list[Entry]:
    """Parameters to look at again and values left behind, for whoever enters them for their office."""
    if not user.holds(policies_permissions.PROPOSE, on=on):
        return []
    due = policies.parameters_to_review(on=on)
    left = policies.values_left_behind(on=on)
    places = {
        owner: policies_permissions.place_of_office(owner, on=on)
        for owner in {*(one.owner for one in due), *(value.parameter.owner for value in left)}
    }
    mine = {
        owner
        for owner, place in places.items()
        if user.holds(policies_permissions.PROPOSE, place, on=on)
    }
    return [
        *[_review_due(each, on) for each in due if each.owner in mine],
        *[_value_left_behind(value, on) for value in left if value.parameter.owner in mine],
    ]


def imports_to_decide(user: User, *, on: date) -> list[Import]:
    """Files that were read, or could not be, and are to be applied or thrown away by this user."""
    waiting = transfers.imports_visible_to(user, on=on).filter(
        state__in=[ImportState.READ, ImportState.REJECTED, ImportState.STOPPED]
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
    words = {
        ImportState.REJECTED: _("Could not be read"),
        ImportState.STOPPED: upload.get_state_display(),
    }
    word = words.get(ImportState(upload.state))
    return _import(upload, word or _("To be decided"), "bad" if word else "wait")


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


def _review_due(parameter: Parameter, on: date) -> Entry:
    day = parameter.review_on or on
    overdue = day < on
    return Entry(
        title=_("Review: %(name)s") % {"name": parameter.name},
        at=clock.noon_of(day),
        url=reverse("policies:parameter", args=[parameter.pk]),
        detail=_("By %(day)s, %(owner)s") % {"day": day.isoformat(), "owner": parameter.owner},
        word=_("Overdue") if overdue else _("Due soon"),
        kind="bad" if overdue else "wait",
    )


def _run_to_move(run: Run) -> Entry:
    """A month that waits for a signature, an answer or a payment: its page says which."""
    is_paid = run.has_payments
    url = reverse("allowances:bank" if is_paid else "allowances:steps", args=[run.pk])
    return Entry(str(run), run.computed_at, url, str(run.scheme), run.get_state_display(), "wait")


def _recovery(recovery: Recovery) -> Entry:
    return Entry(
        title=_("Money asked back: %(person)s") % {"person": recovery.person},
        at=recovery.proposed_at,
        url=reverse("allowances:recovery", args=[recovery.pk]),
        detail=f"{recovery.scheme} · {recovery.place}",
        word=_("To be approved"),
        kind="wait",
    )


def _objection(objection: Objection) -> Entry:
    subject: Any = objection.recovery or objection.payment
    page, key = "allowances:recovery", objection.recovery_id
    if objection.payment:
        page, key = "allowances:steps", objection.payment.run_id
    return Entry(
        title=_("Objection of %(person)s") % {"person": subject.person},
        at=objection.made_at,
        url=reverse(page, args=[key]),
        detail=f"{subject.scheme} · {objection.place}",
        word=_("To be answered"),
        kind="wait",
    )


def _registrations(ending: Sequence[registry.Deadline], on: date) -> Entry:
    """All that an office has to see to, in one line: the list behind it names everybody."""
    nearest = ending[0]
    return Entry(
        title=_("Registrations that end within 90 days: %(count)d people") % {"count": len(ending)},
        at=clock.noon_of(on),
        url=reverse("registry:workers") + "?registration=ending",
        detail=_("The nearest on %(day)s: %(person)s")
        % {"day": nearest.due_on.isoformat(), "person": nearest.person},
        word=_("To be renewed soon"),
        kind="bad" if nearest.rung <= LAST_RUNG else "wait",
    )


def _registration(deadline: registry.Deadline, on: date) -> Entry:
    left = (deadline.due_on - on).days
    return Entry(
        title=_("Registration ends: %(person)s") % {"person": deadline.person},
        at=clock.noon_of(deadline.due_on - timedelta(days=deadline.rung)),
        url=reverse("registry:me"),
        detail=_("Last day %(day)s, %(left)d days left")
        % {"day": deadline.due_on.isoformat(), "left": left},
        word=_("To be renewed soon"),
        kind="bad" if deadline.rung <= LAST_RUNG else "wait",
    )


def _finding(finding: Finding, on: date) -> Entry:
    overdue = finding.due_on is not None and finding.due_on < on
    due = finding.due_on.isoformat() if finding.due_on else "—"
    return Entry(
        title=f"{finding.get_kind_display()}：{finding.person}",
        at=finding.first_seen_at,
        url=reverse("allowances:finding", args=[finding.pk]),
        detail=_("By %(day)s, %(owner)s") % {"day": due, "owner": finding.place},
        word=_("Overdue") if overdue else _("To be answered"),
        kind="bad" if overdue else "wait",
    )


def _value_left_behind(value: ParameterValue, on: date) -> Entry:
    return Entry(
        title=str(value),
        at=clock.noon_of(on),
        url=reverse("policies:left_behind"),
        detail=_("%(document)s no longer holds") % {"document": value.document.citation},
        word=_("Left behind"),
        kind="bad",
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

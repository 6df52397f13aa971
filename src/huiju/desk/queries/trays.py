"""The four lists of a desk: to do, done, begun by me, messages. Each count is the length of its list."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huiju.audit import queries as audit
from huiju.desk.enums import ACTION_WORDS, OWN_DECISIONS, Tray
from huiju.directory.models import User
from huiju.policies import permissions as policies_permissions
from huiju.policies import queries as policies
from huiju.policies.models import ParameterValue

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
        Tray.BEGUN: begun(user),
        Tray.MESSAGES: messages(user),
    }
    return {
        tray.value: sorted(entries, key=lambda entry: entry.at, reverse=True)[:LONGEST]
        for tray, entries in lists.items()
    }


def to_do(user: User, *, on: date) -> list[Entry]:
    """What waits for this user's decision."""
    return [_value_to_confirm(value) for value in values_to_confirm(user, on=on)]


def values_to_confirm(user: User, *, on: date) -> list[ParameterValue]:
    """Proposed policy values this user may confirm or refuse."""
    if not user.holds(policies_permissions.CONFIRM, on=on):
        return []
    waiting = policies.values_awaiting().order_by("proposed_at", "pk")
    return [value for value in waiting if policies_permissions.may_decide(user, value, on=on)]


def done(user: User) -> list[Entry]:
    """What this user decided, as the audit trail tells it."""
    events = audit.events_by(user).filter(action__in=OWN_DECISIONS)
    return [
        Entry(title=str(ACTION_WORDS[event.action]), at=event.at, detail=event.subject)
        for event in events.order_by("-at", "-pk")[:LONGEST]
    ]


def begun(user: User) -> list[Entry]:
    """What this user began and others or the machine go on with."""
    values = policies.values_awaiting().filter(proposed_by=user).order_by("-proposed_at", "-pk")
    return [_value_proposed(value) for value in values[:LONGEST]]


def messages(user: User) -> list[Entry]:
    """What arrived for this user."""
    return []


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
    return Entry(
        title=str(value),
        at=value.proposed_at,
        url=reverse("policies:parameter", args=[value.parameter_id]),
        word=_("With a second person"),
        kind="active",
    )

"""Two-person entry of parameter values: one proposes, another confirms; endings go the same way."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.states import check_move
from huiju.policies.enums import MOVES, AfterEnd, ValueState
from huiju.policies.models import Document, Parameter, ParameterValue
from huiju.policies.permissions import may_decide, may_write


class ValueInvalid(DomainError):
    """A value that contradicts itself, or a change of a version that no longer counts."""


class ValuesOverlap(DomainError):
    """Another value of the parameter is in force in the same place on some of the days."""


@dataclass(frozen=True)
class ParameterEntry:
    """What a parameter is. `review_on`: the day by which somebody should look at it again."""

    code: str
    name: str
    unit: str
    owner: str
    description: str = ""
    review_on: date | None = None


@dataclass(frozen=True)
class ValueEntry:
    """A value as somebody enters it, with its days [starts_on, ends_on) and what it rests on.

    `after` says what follows `ends_on`; it is empty exactly for a value without an end.
    """

    parameter: Parameter
    value: int
    starts_on: date
    document: Document
    confidence: str
    place: Place | None = None
    ends_on: date | None = None
    after: str = ""
    article: str = ""
    quote: str = ""
    source_note: str = ""


@dataclass(frozen=True)
class Ending:
    """The last day of a value, what follows it, and the document that says so."""

    last_day: date
    after: str
    document: Document
    article: str = ""
    quote: str = ""


@transaction.atomic
def define_parameter(*, entry: ParameterEntry, by: User, at: datetime) -> Parameter:
    """Add a parameter, or bring the one of this code to the entry. Equal again: no change.

    The unit of a parameter with values is fixed. Raises NotPermitted or ValueInvalid.
    """
    may_write(by, None, on=clock.day_of(at)).require()
    found: Parameter | None = Parameter.objects.select_for_update().filter(code=entry.code).first()
    wanted = vars(entry)
    if found and all(getattr(found, name) == value for name, value in wanted.items()):
        return found
    if found and found.unit != entry.unit and found.values.exists():
        raise ValueInvalid(_("The unit of a parameter that has values cannot be changed."))
    parameter = found or Parameter()
    for name, value in wanted.items():
        setattr(parameter, name, value)
    parameter.save()
    action = "policies.parameter_changed" if found else "policies.parameter_defined"
    audit.record(actor=by, action=action, subject=parameter, code=parameter.code)
    return parameter


@transaction.atomic
def propose_value(
    *, entry: ValueEntry, by: User, at: datetime, corrects: ParameterValue | None = None
) -> ParameterValue:
    """Enter a value, or with `corrects` a new version of one; it counts once somebody else confirms.

    The same entry again returns what is there. Raises NotPermitted, ValueInvalid, ValuesOverlap.
    """
    may_write(by, entry.place, on=clock.day_of(at)).require()
    _lock(entry.parameter)
    if same := _same(entry):
        return same
    _check_days(entry)
    fact = _fact_of(entry, corrects) if corrects else uuid.uuid4()
    _check_overlap(entry, fact)
    value: ParameterValue = ParameterValue.objects.create(
        **vars(entry), fact=fact, state=ValueState.PROPOSED, proposed_by=by, proposed_at=at
    )
    audit.record(
        actor=by,
        action="policies.value_proposed",
        subject=value,
        code=entry.parameter.code,
        value=entry.value,
        starts_on=entry.starts_on,
    )
    return value


@transaction.atomic
def end_value(*, value: ParameterValue, ending: Ending, by: User, at: datetime) -> ParameterValue:
    """Propose that a value ends: a new version of it, which counts once somebody else confirms.

    Raises NotPermitted, ValueInvalid.
    """
    current = _current(value)
    kept = {name: getattr(current, name) for name in ValueEntry.__dataclass_fields__}
    entry = replace(
        ValueEntry(**kept),
        ends_on=ending.last_day + timedelta(days=1),
        after=ending.after,
        document=ending.document,
        article=ending.article,
        quote=ending.quote,
    )
    return propose_value(entry=entry, by=by, at=at, corrects=current)


@transaction.atomic
def confirm_value(*, value: ParameterValue, by: User, at: datetime) -> ParameterValue:
    """Let a proposed value count from now on; the version it corrects is superseded.

    Raises NotPermitted (nobody confirms their own), WrongState, ValuesOverlap.
    """
    _lock(value.parameter)
    value = _locked(value)
    may_decide(by, value, on=clock.day_of(at)).require()
    check_move(MOVES, value.state, ValueState.CONFIRMED)
    _check_overlap(value, value.fact)
    before = ParameterValue.objects.confirmed().filter(fact=value.fact)
    before.update(state=ValueState.SUPERSEDED, superseded_at=at)
    value.state, value.decided_by, value.recorded_at = ValueState.CONFIRMED, by, at
    value.save(update_fields=["state", "decided_by", "recorded_at"])
    audit.record(
        actor=by, action="policies.value_confirmed", subject=value, code=value.parameter.code
    )
    return value


@transaction.atomic
def refuse_value(*, value: ParameterValue, reason: str, by: User, at: datetime) -> ParameterValue:
    """Send a proposed value away with the reason; it never counted.

    Raises NotPermitted, WrongState, ValueInvalid without a reason.
    """
    value = _locked(value)
    may_decide(by, value, on=clock.day_of(at)).require()
    check_move(MOVES, value.state, ValueState.REFUSED)
    if not reason.strip():
        raise ValueInvalid(_("Say why the value is refused, so that it can be entered rightly."))
    value.state, value.decided_by, value.refusal = ValueState.REFUSED, by, reason.strip()
    value.save(update_fields=["state", "decided_by", "refusal"])
    audit.record(
        actor=by, action="policies.value_refused", subject=value, code=value.parameter.code
    )
    return value


def _lock(parameter: Parameter) -> None:
    """One change of a parameter's values at a time."""
    Parameter.objects.select_for_update().get(pk=parameter.pk)


def _locked(value: ParameterValue) -> ParameterValue:
    found: ParameterValue = (
        ParameterValue.objects.select_for_update(of=("self",))
        .select_related("parameter", "place")
        .get(pk=value.pk)
    )
    return found


def _current(value: ParameterValue) -> ParameterValue:
    current: ParameterValue | None = (
        ParameterValue.objects.confirmed().filter(fact=value.fact).first()
    )
    if current is None or current.pk != value.pk:
        raise ValueInvalid(
            _("This version no longer counts. Reload the page and use the present one.")
        )
    return current


def _fact_of(entry: ValueEntry, corrects: ParameterValue) -> uuid.UUID:
    current = _current(corrects)
    if (current.parameter_id, current.place_id) != (
        entry.parameter.pk,
        entry.place.pk if entry.place else None,
    ):
        raise ValueInvalid(_("A correction keeps parameter and place. Enter a new value instead."))
    if ParameterValue.objects.awaiting().filter(fact=current.fact).exists():
        raise ValueInvalid(
            _("A change of this value already awaits confirmation. Have it decided first.")
        )
    return current.fact


def _same(entry: ValueEntry) -> ParameterValue | None:
    alive = Q(state=ValueState.PROPOSED) | Q(state=ValueState.CONFIRMED)
    return ParameterValue.objects.filter(alive, **vars(entry)).first()


def _check_days(entry: ValueEntry) -> None:
    if entry.ends_on is not None and entry.ends_on <= entry.starts_on:
        raise ValueInvalid(_("The last day lies before the first. Correct one of them."))
    if (entry.ends_on is None) != (entry.after not in AfterEnd.values):
        raise ValueInvalid(
            _(
                "A value that ends must say what follows: repealed, or unknown. One without end must not."
            )
        )


def _check_overlap(entry: ValueEntry | ParameterValue, fact: uuid.UUID) -> None:
    """Refuse days on which another confirmed value of the same parameter and place is in force."""
    others = ParameterValue.objects.confirmed().filter(
        Q(ends_on=None) | Q(ends_on__gt=entry.starts_on),
        parameter=entry.parameter,
        place=entry.place,
    )
    if entry.ends_on:
        others = others.filter(starts_on__lt=entry.ends_on)
    other = others.exclude(fact=fact).select_related("parameter").order_by("starts_on").first()
    if other:
        raise ValuesOverlap(
            _(
                "“%(name)s” already has the value %(value)s here (%(since)s — %(until)s)."
                " End that value on the day before the new one, then enter the new one."
            )
            % {
                "name": other.parameter.name,
                "value": other.shown,
                "since": other.starts_on.isoformat(),
                "until": other.last_day.isoformat() if other.last_day else "",
            }
        )

"""What needs a second person: an override of a line, the reopening of a year."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.budgets.enums import CONSENT_MOVES, ConsentKind, ConsentState, YearState
from huiju.budgets.models import Consent, FiscalYear, Line
from huiju.budgets.permissions import (
    may_decide,
    may_request_override,
    may_request_reopening,
    may_withdraw,
)
from huiju.budgets.services.posting import AmountInvalid
from huiju.budgets.services.years import move_year
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.kernel.states import check_move

DECIDED = {
    ConsentState.APPROVED: "budgets.consent_approved",
    ConsentState.REFUSED: "budgets.consent_refused",
    ConsentState.WITHDRAWN: "budgets.consent_withdrawn",
}


class ReasonMissing(DomainError):
    """A request or a refusal without a reason."""


class OverrideUsed(DomainError):
    """The line stands below nought by leave of this override."""


@transaction.atomic
def request_override(
    *, line: Line, amount_fen: int, reason: str, by: User, at: datetime
) -> Consent:
    """Ask that a line may be committed beyond its budget by an amount.

    It counts once somebody else approves. Raises NotPermitted, AmountInvalid, ReasonMissing.
    """
    line = Line.objects.select_related("fiscal_year", "place").get(pk=line.pk)
    may_request_override(by, line, on=clock.day_of(at)).require()
    if amount_fen <= 0:
        raise AmountInvalid(_("The amount must be more than nought."))
    asked: Consent = Consent.objects.create(
        kind=ConsentKind.OVERRIDE,
        line=line,
        place=line.place,
        amount_fen=amount_fen,
        reason=_reason(reason),
        requested_by=by,
        requested_at=at,
    )
    audit.record(
        actor=by,
        action="budgets.override_requested",
        subject=asked,
        line=line.pk,
        amount_fen=amount_fen,
    )
    return asked


@transaction.atomic
def request_reopening(*, year: FiscalYear, reason: str, by: User, at: datetime) -> Consent:
    """Ask that a closed year be opened again. Raises NotPermitted, ReasonMissing."""
    year = FiscalYear.objects.select_related("place").get(pk=year.pk)
    may_request_reopening(by, year, on=clock.day_of(at)).require()
    asked: Consent = Consent.objects.create(
        kind=ConsentKind.REOPEN,
        fiscal_year=year,
        place=year.place,
        reason=_reason(reason),
        requested_by=by,
        requested_at=at,
    )
    audit.record(actor=by, action="budgets.reopening_requested", subject=asked, year=year.year)
    return asked


@transaction.atomic
def approve(*, consent: Consent, by: User, at: datetime) -> Consent:
    """Agree to what somebody else asked for; a year is open at once. Raises NotPermitted, WrongState."""
    consent = _locked(consent)
    may_decide(by, consent, on=clock.day_of(at)).require()
    _move(consent, ConsentState.APPROVED, by, at)
    if consent.fiscal_year is not None:
        years = FiscalYear.objects.select_for_update(of=("self",), no_key=True)
        move_year(years.get(pk=consent.fiscal_year.pk), YearState.OPEN, by=by, at=at)
    return consent


@transaction.atomic
def refuse(*, consent: Consent, answer: str, by: User, at: datetime) -> Consent:
    """Refuse what somebody else asked for, with the reason. Raises NotPermitted, ReasonMissing."""
    consent = _locked(consent)
    may_decide(by, consent, on=clock.day_of(at)).require()
    consent.answer = _reason(answer)
    return _move(consent, ConsentState.REFUSED, by, at)


@transaction.atomic
def withdraw(*, consent: Consent, answer: str, by: User, at: datetime) -> Consent:
    """Take an approved override back. Raises NotPermitted, ReasonMissing, OverrideUsed."""
    consent = _locked(consent)
    may_withdraw(by, consent, on=clock.day_of(at)).require()
    consent.answer = _reason(answer)
    try:
        with transaction.atomic():
            return _move(consent, ConsentState.WITHDRAWN, by, at)
    except IntegrityError as clash:
        if "is overdrawn" not in str(clash):
            raise
        raise OverrideUsed(
            _("The line is overdrawn by leave of this override. Supplement the line first.")
        ) from clash


def _move(consent: Consent, state: str, by: User, at: datetime) -> Consent:
    check_move(CONSENT_MOVES, consent.state, state)
    consent.state = state
    if state != ConsentState.WITHDRAWN:
        consent.decided_by, consent.decided_at = by, at
    consent.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    about = consent.line or consent.fiscal_year
    audit.record(
        actor=by,
        action=DECIDED[ConsentState(state)],
        subject=consent,
        kind=consent.kind,
        about=about.pk,  # type: ignore[union-attr]
    )
    return consent


def _reason(text: str) -> str:
    if not text.strip():
        raise ReasonMissing(_("Say why, in a sentence others will understand later."))
    return text.strip()


def _locked(consent: Consent) -> Consent:
    rows = Consent.objects.select_for_update(of=("self",)).select_related(
        "line__payer__place", "line__fiscal_year", "fiscal_year__place"
    )
    found: Consent = rows.get(pk=consent.pk)
    return found

"""Recoveries: what somebody is to give back, by whose decision, and what of it has come in."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiju.allowances.enums import RecoveryState
from huiju.allowances.models.payments import Payment
from huiju.allowances.models.schemes import Scheme
from huiju.directory.models import Place, User
from huiju.registry.models import Person


class Recovery(models.Model):
    """The decision that one person gives back what lines of approved runs say was overpaid, in fen.

    One proposes, another approves once `objections_until` is over. What is approved is set off against later
    payments of the scheme in the district, up to the scheme's share of each, or is paid back. Whose it is and how
    much never change; withdrawn, what has not come in is no longer asked for.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="recoveries")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+", verbose_name=_("Scheme"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("District"))
    amount_fen = models.BigIntegerField(_("Amount to be given back"))
    reason = models.CharField(_("Reason told to the payee"), max_length=500)
    objections_until = models.DateField(_("Objections until"))
    proposed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("Proposed by")
    )
    proposed_at = models.DateTimeField(_("Proposed on"))
    state = models.CharField(
        _("State"), max_length=10, choices=RecoveryState, default=RecoveryState.PROPOSED
    )
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Decided by")
    )
    decided_at = models.DateTimeField(_("Decided on"), null=True, blank=True)
    words = models.CharField(_("Words to the payee"), max_length=500, blank=True)

    class Privacy:
        personal = {"person", "reason", "words"}
        open = {
            *("scheme", "place", "amount_fen", "objections_until", "state"),
            *("proposed_by", "proposed_at", "decided_by", "decided_at"),
        }

    class Reach:
        place = "place"
        person = "person"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0), name="recoveries_ask_for_something"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="recoveries_say_why"),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | ~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="recoveries_name_who_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("proposed_by")),
                name="nobody_approves_their_own_recovery",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(words=""),
                name="withdrawn_recoveries_say_why",
            ),
            models.UniqueConstraint(
                fields=["person", "scheme", "place"],
                condition=Q(state="proposed"),
                name="one_proposed_recovery_per_person_scheme_and_place",
            ),
        ]
        indexes = [models.Index(fields=["place", "state"], name="recoveries_by_state")]

    def __str__(self) -> str:
        return f"{self.person} {self.scheme} {self.place}"


class RecoveryPart(models.Model):
    """What of a recovery has come in, in fen: set off against a payment, or paid back on a day.

    A part set off against a payment that is given up counts as never taken, as that payment as never made.
    """

    recovery = models.ForeignKey(Recovery, models.PROTECT, related_name="parts")
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="recovered"
    )
    amount_fen = models.BigIntegerField(_("Amount"))
    received_on = models.DateField(_("Paid back on"), null=True, blank=True)
    voucher = models.CharField(_("Number of the voucher"), max_length=60, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("By"))
    recorded_at = models.DateTimeField(_("Recorded"))

    class Privacy:
        personal: set[str] = set()
        open = {
            *("recovery", "payment", "amount_fen", "received_on", "voucher"),
            *("recorded_by", "recorded_at"),
        }

    class Reach:
        parent = "recovery"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0), name="parts_of_recoveries_are_something"
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=False, received_on=None, voucher="")
                | Q(payment=None, received_on__isnull=False) & ~Q(voucher=""),
                name="parts_are_set_off_or_paid_back",
            ),
            models.UniqueConstraint(
                fields=["recovery", "payment"],
                condition=Q(payment__isnull=False),
                name="one_part_per_recovery_and_payment",
            ),
            models.UniqueConstraint(
                fields=["recovery", "voucher"],
                condition=~Q(voucher=""),
                name="one_part_per_recovery_and_voucher",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recovery} {self.amount_fen}"

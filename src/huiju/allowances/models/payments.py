"""Payments: what an approved run pays to each person."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiju.allowances.enums import NOTHING_TO_PAY, PAYEE_WORDS, PaymentState
from huiju.allowances.models.runs import Run
from huiju.allowances.models.schemes import Scheme
from huiju.directory.models import Place, User
from huiju.kernel.periods import Month
from huiju.registry.models import BankAccount, Person

OPEN_STATES = ("due", "sent", "returned", "reissued")


class Payment(models.Model):
    """What one run pays to one person, in fen; `issue` counts from 1, a returned one is issued anew.

    amount = credit - taken; the sum of the person's lines in the run = amount - debt_growth. Whose it is
    and its money never change, its state moves as `PAYMENT_MOVES` has it (migrations/0005). `account` is
    the version of the bank account; null where nobody has said where to. A cancelled payment counts as
    never posted: the person's lines of the run are due again.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="payments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="payments")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("District"))
    month = models.DateField(_("Month"))
    revision = models.PositiveSmallIntegerField(_("Revision"))
    issue = models.PositiveSmallIntegerField(_("Issue"), default=1)
    amount_fen = models.BigIntegerField(_("Amount"))
    credit_fen = models.BigIntegerField(_("Granted"))
    taken_fen = models.BigIntegerField(_("Set off"))
    debt_growth_fen = models.BigIntegerField(_("Growth of what is owed"))
    account = models.ForeignKey(
        BankAccount, models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("State"), max_length=10, choices=PaymentState)
    reason = models.CharField(_("Reason"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("Made"))
    changed_at = models.DateTimeField(_("Since"))
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("By"))

    class Privacy:
        personal = {"person", "account", "reason"}
        open = {
            *("run", "scheme", "place", "month", "revision", "issue", "state"),
            *("amount_fen", "credit_fen", "taken_fen", "debt_growth_fen"),
            *("made_at", "changed_at", "changed_by"),
        }

    class Reach:
        place = "place"
        person = "person"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "scheme", "place", "month", "revision", "issue"],
                name="one_payment_per_person_scheme_place_month_and_issue",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen=F("credit_fen") - F("taken_fen")),
                name="payments_are_what_is_granted_less_what_is_set_off",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gte=0, credit_fen__gte=0, taken_fen__gte=0, issue__gte=1),
                name="payments_are_never_negative",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=OPEN_STATES) | Q(account__isnull=False),
                name="payments_on_their_way_name_an_account",
            ),
            models.CheckConstraint(
                condition=~Q(state="no_account") | Q(account=None),
                name="payments_without_an_account_name_none",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["withheld", "cancelled"]) | ~Q(reason=""),
                name="payments_held_back_say_why",
            ),
            models.CheckConstraint(
                condition=~Q(amount_fen=0) | Q(state__in=["paid", "cancelled"]),
                name="nothing_is_sent_for_nothing",
            ),
        ]
        indexes = [models.Index(fields=["run", "state"], name="payments_by_state")]

    def __str__(self) -> str:
        return f"{self.scheme} {Month.of(self.month)} {self.issue}"

    @property
    def told(self) -> Any:
        """Where it is, in a sentence for the payee."""
        if self.state == PaymentState.PAID and not self.amount_fen:
            return NOTHING_TO_PAY
        return PAYEE_WORDS[PaymentState(self.state)]

"""Public notices of a run, and what people object to them, to a payment, or to a recovery."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiju.allowances.enums import ObjectionState
from huiju.allowances.models.payments import Payment
from huiju.allowances.models.recoveries import Recovery
from huiju.allowances.models.runs import Run
from huiju.directory.models import Place, User
from huiju.kernel.encrypted import EncryptedTextField
from huiju.registry.models import Person


class Notice(models.Model):
    """The list of a run's round shown to everybody, masked, on the days [opens_on, closes_on].

    A notice never changes; the next round of a returned run has its own.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="notices")
    round = models.PositiveSmallIntegerField(_("Round"))
    opens_on = models.DateField(_("First day of the notice"))
    closes_on = models.DateField(_("Last day of the notice"))
    token = models.CharField(max_length=43)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("Published"))

    class Privacy:
        personal: set[str] = set()
        open = {
            *("run", "round", "opens_on", "closes_on", "token", "published_by", "published_at"),
        }

    class Reach:
        parent = "run"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "round"], name="one_notice_per_run_and_round"),
            models.UniqueConstraint(fields=["token"], name="one_notice_per_token"),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="notices_last_a_day_or_more"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.opens_on}"


class Objection(models.Model):
    """What somebody says against a notice, or a payee against a payment or a recovery, and how it was answered.

    `place` is the district of what is objected to. `contact` is where an answer goes, encrypted. The words never change,
    and neither does an answer once given.
    """

    notice = models.ForeignKey(
        Notice, models.PROTECT, null=True, blank=True, related_name="objections"
    )
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="objections"
    )
    recovery = models.ForeignKey(
        Recovery, models.PROTECT, null=True, blank=True, related_name="objections"
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("About")
    )
    text = models.TextField(_("Objection"))
    contact = EncryptedTextField(_("How to reach you"), blank=True)
    made_at = models.DateTimeField(_("Objected on"))
    state = models.CharField(
        _("State"), max_length=10, choices=ObjectionState, default=ObjectionState.OPEN
    )
    answer = models.TextField(_("Words of the answer"), blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("Answered on"), null=True, blank=True)

    class Privacy:
        personal = {"person", "text", "contact", "answer"}
        open = {
            *("notice", "payment", "recovery", "place", "made_at"),
            *("state", "answered_by", "answered_at"),
        }

    class Reach:
        place = "place"
        person = "person"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(notice__isnull=False, payment=None, recovery=None)
                | Q(notice=None, payment__isnull=False, recovery=None)
                | Q(notice=None, payment=None, recovery__isnull=False),
                name="objections_are_to_one_thing",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="objections_say_something"),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(state="open"),
                name="one_open_objection_per_payment",
            ),
            models.UniqueConstraint(
                fields=["recovery"],
                condition=Q(state="open"),
                name="one_open_objection_per_recovery",
            ),
            models.CheckConstraint(
                condition=Q(state="open", answer="", answered_by=None, answered_at=None)
                | ~Q(state="open")
                & ~Q(answer="")
                & Q(answered_by__isnull=False, answered_at__isnull=False),
                name="decided_objections_have_an_answer",
            ),
        ]
        indexes = [models.Index(fields=["place", "state"], name="objections_by_state")]

    def __str__(self) -> str:
        return f"{self.place} {self.made_at:%Y-%m-%d}"

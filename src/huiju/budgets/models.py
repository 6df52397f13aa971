"""Fiscal years, payers, subjects and lines; the entries and postings of the one ledger; consents.

Entries and postings are only ever added. The database refuses anything else, and refuses entries that
do not balance, overdraw a line, or fall into a year that is not open (migrations/0002).
"""

from datetime import date, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiju.budgets.enums import (
    Account,
    ConsentKind,
    ConsentState,
    Kind,
    PayerKind,
    YearState,
)
from huiju.directory.models import Place, User
from huiju.policies.models import Document


class FiscalYear(models.Model):
    """The budget year of one government, 1 January to 31 December."""

    year = models.PositiveSmallIntegerField(_("Fiscal year"))
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("Government of"))
    state = models.CharField(
        _("State"), max_length=10, choices=YearState, default=YearState.PLANNING
    )
    changed_at = models.DateTimeField(_("Since"))
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["year", "place"], name="one_fiscal_year_per_government"
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1990, year__lte=2200), name="fiscal_years_are_calendar_years"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.year}"

    @property
    def first_day(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, 12, 31)

    def nearest(self, day: date) -> date:
        """The day of this year that is nearest to a day."""
        return min(max(day, self.first_day), self.last_day)


class Payer(models.Model):
    """Whose money it is: the budget, or a fund, of a government."""

    kind = models.CharField(_("Kind of money"), max_length=10, choices=PayerKind)
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("Government of"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "place"], name="one_payer_per_kind_and_place")
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.get_kind_display()}"


class Subject(models.Model):
    """A subject of the government's classification of revenue and expenditure, as of some year."""

    code = models.CharField(_("Subject code"), max_length=12)
    name = models.CharField(_("Budget subject"), max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "name"], name="one_subject_per_code_and_name")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class LineQuerySet(models.QuerySet[Any]):
    """Filters on lines."""

    def standing(self) -> Self:
        """The lines that were not withdrawn."""
        return self.filter(withdrawn_at=None)


class Line(models.Model):
    """One purpose in one government's year. What it is never changes; its money is in the postings.

    `place` is where the money serves. `continues` is the line of the year before whose balance and
    commitments this one took over. A line is withdrawn when the import that planned it is undone.
    """

    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="lines")
    payer = models.ForeignKey(Payer, models.PROTECT, verbose_name=_("Payer"))
    subject = models.ForeignKey(Subject, models.PROTECT, verbose_name=_("Budget subject"))
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("Serves"))
    name = models.CharField(_("Budget line"), max_length=80)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, verbose_name=_("Document it rests on")
    )
    continues = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="continued_by"
    )
    recorded_at = models.DateTimeField(_("Recorded"))
    withdrawn_at = models.DateTimeField(_("Withdrawn on"), null=True, blank=True)

    objects = LineQuerySet.as_manager()

    class Privacy:
        personal: set[str] = set()
        open = {
            *("fiscal_year", "payer", "subject", "place", "name", "document", "continues"),
            *("recorded_at", "withdrawn_at"),
        }

    class Reach:
        place = "place"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "payer", "subject", "place", "name"],
                name="one_line_per_year_payer_subject_place_and_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year.year} {self.name}"


class Entry(models.Model):
    """One thing that happened to money, on a day; a correction is a new entry.

    `key` is its business key: the same thing is never entered twice. `content` is the digest of its
    postings, by which a repeated call is told from a contradiction. `size` is the number of its
    postings, so that none can join it later. `purpose` names what it was for, as higher packages
    write it; `place` is that of its first line.
    """

    kind = models.CharField(_("What was done"), max_length=10, choices=Kind)
    key = models.CharField(_("Business key"), max_length=160)
    on = models.DateField(_("Day"))
    recorded_at = models.DateTimeField(_("Recorded"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("By"))
    purpose = models.CharField(_("Purpose"), max_length=120, blank=True)
    memo = models.CharField(_("Reason"), max_length=200, blank=True)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, verbose_name=_("Document")
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    size = models.PositiveIntegerField()
    content = models.CharField(max_length=64)

    class Privacy:
        personal: set[str] = set()
        open = {
            *("kind", "key", "on", "recorded_at", "by", "purpose", "memo", "document", "reverses"),
            *("place", "size", "content"),
        }

    class Reach:
        place = "place"
        through = "budgets.Posting.entry"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="one_entry_per_business_key"),
            models.CheckConstraint(
                condition=Q(size__gte=2), name="entries_have_at_least_two_postings"
            ),
            models.CheckConstraint(
                condition=Q(kind="reverse", reverses__isnull=False)
                | ~Q(kind="reverse") & Q(reverses=None),
                name="reversals_name_the_entry_they_reverse",
            ),
        ]
        indexes = [models.Index(fields=["purpose"]), models.Index(fields=["on"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"


class Posting(models.Model):
    """An amount that reaches (positive) or leaves (negative) an account of a line, in fen."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="postings")
    line = models.ForeignKey(Line, models.PROTECT, related_name="postings")
    account = models.CharField(_("Stage of money"), max_length=12, choices=Account)
    amount_fen = models.BigIntegerField(_("Amount"))

    class Privacy:
        personal: set[str] = set()
        open = {"entry", "line", "account", "amount_fen"}

    class Reach:
        parent = "line"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "line", "account"], name="one_posting_per_entry_line_and_account"
            ),
            models.CheckConstraint(condition=~Q(amount_fen=0), name="postings_move_something"),
        ]
        indexes = [
            models.Index(fields=["line", "account"], include=["amount_fen"], name="budgets_stages")
        ]

    def __str__(self) -> str:
        return f"{self.get_account_display()} {self.amount_fen}"


class Consent(models.Model):
    """What one person asks for and another must agree to: to go beyond a line, to reopen a year.

    An approved override lets the available amount of its line fall below nought by `amount_fen`.
    """

    kind = models.CharField(_("What is asked"), max_length=10, choices=ConsentKind)
    line = models.ForeignKey(Line, models.PROTECT, null=True, blank=True, related_name="consents")
    fiscal_year = models.ForeignKey(
        FiscalYear, models.PROTECT, null=True, blank=True, related_name="consents"
    )
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField(_("Amount"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=200)
    state = models.CharField(
        _("State"), max_length=10, choices=ConsentState, default=ConsentState.REQUESTED
    )
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("Requested"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    answer = models.CharField(_("Words of the decision"), max_length=200, blank=True)

    class Privacy:
        personal: set[str] = set()
        open = {
            *("kind", "line", "fiscal_year", "place", "amount_fen", "reason", "state"),
            *("requested_by", "requested_at", "decided_by", "decided_at", "answer"),
        }

    class Reach:
        place = "place"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="override", line__isnull=False, fiscal_year=None, amount_fen__gt=0)
                | Q(kind="reopen", line=None, fiscal_year__isnull=False, amount_fen=None),
                name="overrides_name_a_line_and_an_amount",
            ),
            models.CheckConstraint(
                condition=Q(state="requested", decided_by=None, decided_at=None)
                | ~Q(state="requested")
                & Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=F("requested_by")),
                name="consents_are_decided_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.line or self.fiscal_year}"


class Split(models.Model):
    """How payers share the cost of something, from a day on: a plan of whole parts."""

    code = models.CharField(_("Code"), max_length=40)
    name = models.CharField(_("Sharing plan"), max_length=80)
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("Applies in"))
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until"), null=True, blank=True)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, verbose_name=_("Document it rests on")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "place", "starts_on"],
                name="one_sharing_plan_per_code_place_and_day",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="sharing_plans_end_after_they_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> date | None:
        return self.ends_on - timedelta(days=1) if self.ends_on else None


class SplitShare(models.Model):
    """One payer's whole parts of a sharing plan."""

    split = models.ForeignKey(Split, models.CASCADE, related_name="shares")
    payer = models.ForeignKey(Payer, models.PROTECT)
    parts = models.PositiveIntegerField(_("Shares in parts"))
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["split", "payer"], name="one_share_per_plan_and_payer"),
            models.CheckConstraint(condition=Q(parts__gt=0), name="shares_have_some_parts"),
        ]

    def __str__(self) -> str:
        return f"{self.payer} {self.parts}"

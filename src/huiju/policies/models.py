"""Policy documents, and parameters whose dated values cite them.

A value lives on two axes: the days it is in force, and the instants between which it was what this
office knew. It counts only when a second person has confirmed it. A correction or an ending is a new
version of the same fact; nothing is overwritten.
"""

import uuid
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from huiju.directory.models import Place
from huiju.documents.models import StoredFile
from huiju.policies import rules
from huiju.policies.enums import (
    PASSIVE,
    AfterEnd,
    Confidence,
    Government,
    RelationKind,
    TextExtent,
    Unit,
    ValueState,
)


class Aspect(models.Model):
    """What a policy is about; the library is sorted by it."""

    title = models.CharField(_("Aspect"), max_length=30)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["title"], name="one_aspect_per_title")]

    def __str__(self) -> str:
        return self.title


class Document(models.Model):
    """A policy document. Offices cite one under several numbers, so it has aliases.

    `place` is where it applies; None for the whole country. The day of issue may be unknown, the year
    never is. An unnumbered document is known by title, issuer and year.
    """

    number = models.CharField(_("Document number"), max_length=60, blank=True)
    aliases = models.JSONField(_("Other numbers"), default=list, blank=True)
    title = models.CharField(_("Title"), max_length=200)
    issuer = models.CharField(_("Issuer"), max_length=100)
    issued_on = models.DateField(_("Date of issue"), null=True, blank=True)
    effective_on = models.DateField(_("In force from"), null=True, blank=True)
    ends_on = models.DateField(_("No longer from"), null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("Year"))
    government = models.CharField(_("Level of government"), max_length=10, choices=Government)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, verbose_name=_("Applies in")
    )
    aspect = models.ForeignKey(Aspect, models.PROTECT, verbose_name=_("Aspect"))
    confidence = models.CharField(_("Confidence"), max_length=1, choices=Confidence)
    source_note = models.CharField(_("Source note"), max_length=200, blank=True)
    search_text = models.TextField(blank=True, editable=False)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(effective_on=None) | Q(ends_on__gt=F("effective_on")),
                name="documents_end_after_they_begin",
            ),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="one_document_per_number"
            ),
            models.UniqueConstraint(
                fields=["title", "issuer", "year"],
                condition=Q(number=""),
                name="one_unnumbered_document_per_title_issuer_and_year",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.number}）" if self.number else self.title

    @property
    def citation(self) -> str:
        """The number, or the title of an unnumbered document."""
        return self.number or self.title

    @property
    def last_day(self) -> date | None:
        """The last day in force that the document itself names."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None


class Attachment(models.Model):
    """A file of a document's text or annex, open to everybody."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="attachments")
    file = models.OneToOneField(StoredFile, models.PROTECT)

    def __str__(self) -> str:
        return str(self.file)


class DocumentText(models.Model):
    """One version of the words of a document as somebody proof-read them: the search table.

    The current version counts. Policies are public, so there is no row security, under which
    PostgreSQL would not use the index (docs/adr/0019).
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="texts")
    body = models.TextField(_("Text"))
    words = SearchVectorField()
    extent = models.CharField(_("Extent"), max_length=8, choices=TextExtent)
    source_note = models.CharField(_("Where it was taken from"), max_length=200, blank=True)
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("Recorded"))
    superseded_at = models.DateTimeField(_("Superseded"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(superseded_at=None),
                name="one_current_text_per_document",
            )
        ]
        indexes = [
            GinIndex(
                fields=["words"], condition=Q(superseded_at=None), name="words_of_current_texts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.get_extent_display()}"


class Clause(models.Model):
    """A clause of a document's current text, with its words for the hits shown of a found document."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="clauses")
    position = models.PositiveIntegerField()
    anchor = models.CharField(max_length=120)
    label = models.CharField(max_length=40, blank=True)
    level = models.SmallIntegerField()
    text = models.TextField(blank=True)
    words = SearchVectorField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "anchor"], name="one_clause_per_document_and_anchor"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.anchor}"


class Relation(models.Model):
    """What one document does to another from a day on, and the clause that says so.

    `since` None: the day is not known, or, for `implements`, there is none.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="acts")
    target = models.ForeignKey(Document, models.PROTECT, related_name="acted_on")
    kind = models.CharField(_("Relation"), max_length=10, choices=RelationKind)
    since = models.DateField(_("Since"), null=True, blank=True)
    article = models.CharField(_("Article"), max_length=60, blank=True)
    quote = models.CharField(_("Text of the source"), max_length=300, blank=True)
    confidence = models.CharField(_("Confidence"), max_length=1, choices=Confidence)
    source_note = models.CharField(_("Source note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("Recorded"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "target", "kind"], name="one_relation_per_pair_and_kind"
            ),
            models.CheckConstraint(
                condition=~Q(document=F("target")), name="no_document_acts_on_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.kind} {self.target_id}"

    @property
    def passive(self) -> str:
        """What was done, seen from the other document."""
        return str(PASSIVE[RelationKind(self.kind)])


class Target(models.Model):
    """A number a policy wants to be reached by a day, and the figure that measures it.

    `figure` is a code of the figure catalogue; empty where nothing measures the target yet.
    """

    title = models.CharField(_("Title"), max_length=100)
    figure = models.CharField(_("Figure"), max_length=60, blank=True)
    value = models.BigIntegerField(_("Value"))
    unit = models.CharField(_("Unit"), max_length=12, choices=Unit)
    due_on = models.DateField(_("To be reached by"))
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("Applies in"))
    baseline_value = models.BigIntegerField(_("Starting value"), null=True, blank=True)
    baseline_on = models.DateField(_("Starting day"), null=True, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, verbose_name=_("Document"))
    article = models.CharField(_("Article"), max_length=60, blank=True)
    quote = models.CharField(_("Text of the source"), max_length=300, blank=True)
    confidence = models.CharField(_("Confidence"), max_length=1, choices=Confidence)
    source_note = models.CharField(_("Source note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("Recorded"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "title", "place", "due_on"],
                name="one_target_per_document_title_place_and_day",
            ),
            models.CheckConstraint(
                condition=Q(baseline_value=None, baseline_on=None)
                | Q(baseline_value__isnull=False, baseline_on__lt=F("due_on")),
                name="targets_start_from_a_value_on_an_earlier_day",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def shown(self) -> str:
        """The value with its unit, as offices write it."""
        return f"{rules.number_shown(self.value, self.unit)} {self.get_unit_display()}"


class Parameter(models.Model):
    """Something a policy fixes as a number: a rate, a limit, a deadline, a target."""

    code = models.CharField(_("Code"), max_length=80)
    name = models.CharField(_("Name"), max_length=80)
    unit = models.CharField(_("Unit"), max_length=12, choices=Unit)
    description = models.CharField(_("Description"), max_length=200, blank=True)
    owner = models.CharField(_("Office in charge"), max_length=60)
    review_on = models.DateField(_("Review by"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], name="one_parameter_per_code")]

    def __str__(self) -> str:
        return self.name


class KeyRange(Func):
    """A key as a range, 0 for none, so that an exclusion constraint needs no extension."""

    function = "int8range"
    template = "%(function)s(coalesce(%(expressions)s, 0), coalesce(%(expressions)s, 0), '[]')"


class ParameterValueQuerySet(models.QuerySet[Any]):
    """Versions by whether they count."""

    def confirmed(self) -> Self:
        """The versions that count now."""
        return self.filter(state=ValueState.CONFIRMED)

    def known_at(self, at: datetime) -> Self:
        """The versions that counted at an instant."""
        return self.filter(Q(superseded_at=None) | Q(superseded_at__gt=at), recorded_at__lte=at)

    def awaiting(self) -> Self:
        """The versions a second person has yet to confirm."""
        return self.filter(state=ValueState.PROPOSED)


class ParameterValue(models.Model):
    """One version of a parameter's value in a place (None: the whole country) for some days.

    `value` is a whole number of the parameter's unit. `recorded_at` is the instant of confirmation.
    """

    fact = models.UUIDField(default=uuid.uuid4)
    parameter = models.ForeignKey(Parameter, models.PROTECT, related_name="values")
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, verbose_name=_("Applies in")
    )
    value = models.BigIntegerField(_("Value"))
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until"), null=True, blank=True)
    in_force = models.GeneratedField(
        expression=Func(
            "starts_on", "ends_on", function="daterange", output_field=DateRangeField()
        ),
        output_field=DateRangeField(),
        db_persist=True,
    )
    after = models.CharField(_("Afterwards"), max_length=8, choices=AfterEnd, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, verbose_name=_("Document"))
    article = models.CharField(_("Article"), max_length=60, blank=True)
    quote = models.CharField(_("Text of the source"), max_length=300, blank=True)
    confidence = models.CharField(_("Confidence"), max_length=1, choices=Confidence)
    source_note = models.CharField(_("Source note"), max_length=200, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=ValueState)
    refusal = models.CharField(_("Reason for refusal"), max_length=200, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("Proposed"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("Recorded"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("Superseded"), null=True, blank=True)

    objects = ParameterValueQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_value_per_parameter_area_and_day",
                expressions=[
                    (KeyRange("parameter"), "&&"),
                    (KeyRange("place"), "&&"),
                    ("in_force", "&&"),
                ],
                condition=Q(state="confirmed"),
            ),
            models.UniqueConstraint(
                fields=["fact"],
                condition=Q(state="confirmed"),
                name="one_confirmed_version_per_value",
            ),
            models.UniqueConstraint(
                fields=["fact"], condition=Q(state="proposed"), name="one_open_proposal_per_value"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None, after="") | Q(ends_on__gt=F("starts_on")) & ~Q(after=""),
                name="values_that_end_say_what_follows",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None)
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by")),
                name="values_are_decided_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "refused"], recorded_at=None)
                | Q(state="confirmed", recorded_at__isnull=False, superseded_at=None)
                | Q(state="superseded", recorded_at__isnull=False, superseded_at__isnull=False),
                name="confirmed_values_say_since_when_they_are_known",
            ),
        ]
        indexes = [models.Index(fields=["parameter", "starts_on"])]

    def __str__(self) -> str:
        return f"{self.parameter} {self.shown}"

    @property
    def shown(self) -> str:
        """The value with its unit, as offices write it."""
        number = rules.number_shown(self.value, self.parameter.unit)
        return f"{number} {self.parameter.get_unit_display()}"

    @property
    def last_day(self) -> date | None:
        return self.ends_on - timedelta(days=1) if self.ends_on else None


class Review(models.Model):
    """Somebody looked at a parameter's sources again, found it unchanged, and says until when."""

    parameter = models.ForeignKey(Parameter, models.CASCADE, related_name="reviews")
    unchanged_until = models.DateField(_("Review by"))
    note = models.CharField(_("What was looked at"), max_length=200)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(_("Reviewed"))

    def __str__(self) -> str:
        return f"{self.parameter} {self.unchanged_until}"

"""Persons, identity documents, certificates and posts. Facts are kept on two time axes.

A *fact* (one certificate, one post) is a set of versions with the same `fact` key. A correction
supersedes the current version and adds a new one; nothing is overwritten, so any day's knowledge
can be asked for again.
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from huiju.directory.models import Organisation, Place, User
from huiju.kernel.encrypted import EncryptedTextField
from huiju.registry.enums import EmployerKind, IdentityType, Level, Sex


class PersonQuerySet(models.QuerySet["Person"]):
    """Filters on people."""

    def on_file(self) -> Self:
        """People the registry knows, each once: not those whose only import was undone, and not
        records that are part of another one's file."""
        return self.filter(Q(survivor=None) | Q(survivor=F("pk")), withdrawn_at=None)

    def in_files_of(self, people: "Iterable[Person]") -> Self:
        """Every record in the files of people: their own, and those merged into them."""
        keys = {person.file_key for person in people}
        return self.filter(Q(pk__in=keys) | Q(survivor__in=keys))


class Person(models.Model):
    """A human, once. `place` is the office that keeps the file: that of the latest post begun.

    Where two records turned out to be one human, `survivor` is the record whose file both make, in both
    of them; it follows from the merges believed now (`Merge`) and is null for everybody else.
    `pinyin` is what lists sort by. Someone whose only import was undone is withdrawn, not removed:
    what was known then can still be asked for.
    """

    name = models.CharField(_("Name"), max_length=60)
    sex = models.CharField(_("Sex"), max_length=1, choices=Sex, blank=True)
    born_on = models.DateField(_("Born"), null=True, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, verbose_name=_("Place of the file"))
    field = models.CharField(_("Service field"), max_length=40, blank=True)
    phone = EncryptedTextField(_("Phone"), blank=True)
    pinyin = models.CharField(max_length=300, blank=True, db_collation="C")
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(_("Withdrawn"), null=True, blank=True)
    survivor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="members"
    )

    objects = PersonQuerySet.as_manager()

    class Privacy:
        personal = {"name", "sex", "born_on", "phone", "pinyin", "survivor"}
        open = {"place", "field", "created_at", "withdrawn_at"}

    class Reach:
        place = "place"
        person = "id"
        through = "registry.Post.person"
        together = "survivor", "registry.RecordInFile"

    class Meta:
        indexes = [
            models.Index(fields=["pinyin", "id"], name="people_by_pinyin"),
            models.Index(fields=["place", "pinyin"], name="people_by_place"),
            models.Index(fields=["born_on", "name"], name="people_by_birth"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def file_key(self) -> int:
        """The key of the record whose file this one is part of; mostly its own."""
        key: int = self.survivor_id or self.pk
        return key


class SearchKey(models.Model):
    """A text under which a person is found: part of the name, pinyin, initials.

    Searched by range, never by pattern: comparison is leakproof, so the index is used although
    row security stands before the table.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="search_keys")
    key = models.CharField(max_length=120, db_collation="C")

    class Privacy:
        personal = {"person", "key"}
        open: set[str] = set()

    class Reach:
        parent = "person"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "person"], name="one_key_per_person")]

    def __str__(self) -> str:
        return self.key


class IdentityDocument(models.Model):
    """A document that names a person. The number is encrypted; equal numbers share a keyed digest."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="documents")
    type = models.CharField(_("Document type"), max_length=24, choices=IdentityType)
    number = EncryptedTextField(_("Number"))
    number_digest = models.CharField(max_length=64)
    masked = models.CharField(max_length=24)
    recorded_at = models.DateTimeField()

    class Privacy:
        personal = {"person", "number", "number_digest", "masked"}
        open = {"type", "recorded_at"}

    class Reach:
        parent = "person"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["type", "number_digest"], name="one_person_per_identity_document"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.masked}"


class FactQuerySet(models.QuerySet[Any]):
    """Filters on versions of facts."""

    def current(self) -> Self:
        """The versions believed now."""
        return self.filter(superseded_at=None, voided=False)

    def known_at(self, at: datetime) -> Self:
        """The versions believed at an instant."""
        believed = Q(superseded_at=None) | Q(superseded_at__gt=at)
        return self.filter(believed, recorded_at__lte=at, voided=False)


class Fact(models.Model):
    """What every version of a two-axis fact carries.

    `source` names where it came from: "import:17", "undo:17" or "page"; `reason` says why a person
    changed it and what the evidence is. A void version says that the fact is withdrawn.
    """

    fact = models.UUIDField(default=uuid.uuid4)
    recorded_at = models.DateTimeField(_("Recorded"))
    superseded_at = models.DateTimeField(_("Superseded"), null=True, blank=True)
    voided = models.BooleanField(_("Void"), default=False)
    source = models.CharField(_("Source"), max_length=120)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Recorded by")
    )
    reason = models.CharField(_("Reason"), max_length=200, blank=True)

    objects = FactQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_current(self) -> bool:
        return self.superseded_at is None and not self.voided


class Certificate(Fact):
    """A certificate of one level. It does not expire; it may be revoked."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="certificates")
    level = models.CharField(_("Level"), max_length=12, choices=Level)
    approved_on = models.DateField(_("Approval date"))
    revoked_on = models.DateField(_("Revoked on"), null=True, blank=True)
    certificate_no = models.CharField(_("Certificate number"), max_length=40, blank=True)
    management_no = models.CharField(_("Management number"), max_length=40, blank=True)

    class Privacy:
        personal = {"person", "certificate_no", "management_no", "reason"}
        open = {
            "level",
            "approved_on",
            "revoked_on",
            "fact",
            "recorded_at",
            "superseded_at",
            "voided",
            "source",
            "recorded_by",
        }

    class Reach:
        parent = "person"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fact"],
                condition=Q(superseded_at=None),
                name="one_current_version_per_certificate",
            ),
            models.UniqueConstraint(
                fields=["person", "level"],
                condition=Q(superseded_at=None, voided=False, revoked_on=None),
                name="one_certificate_per_person_and_level",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on=None) | Q(revoked_on__gte=F("approved_on")),
                name="certificates_are_revoked_after_approval",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("recorded_at")),
                name="certificates_are_superseded_after_they_were_recorded",
            ),
            models.UniqueConstraint(
                fields=["certificate_no"],
                condition=Q(superseded_at=None, voided=False) & ~Q(certificate_no=""),
                name="one_certificate_per_certificate_number",
            ),
            models.UniqueConstraint(
                fields=["management_no"],
                condition=Q(superseded_at=None, voided=False) & ~Q(management_no=""),
                name="one_certificate_per_management_number",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "approved_on"]),
            models.Index(fields=["source"], name="certificates_by_source"),
            models.Index(
                fields=["level", "person"],
                condition=Q(superseded_at=None, voided=False),
                name="present_certificates_by_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.approved_on}"


class PersonRange(Func):
    """A person's key as a range, so that an exclusion constraint needs no extension."""

    function = "int8range"
    template = "%(function)s(%(expressions)s, %(expressions)s, '[]')"


class Post(Fact):
    """A spell of work: a person in post with an employer in a place from a day until a day.

    `employer` may be a name only, where the office's sheet knew no more. Spells of one person may
    not overlap unless the later one gives its reason.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    employer = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="posts")
    district = models.ForeignKey(Place, models.PROTECT, related_name="+")
    kind = models.CharField(_("Kind of employer"), max_length=12, choices=EmployerKind)
    title = models.CharField(_("Post"), max_length=60, blank=True)
    established = models.BooleanField(_("On establishment"), null=True, blank=True)
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until"), null=True, blank=True)
    days = models.GeneratedField(
        expression=Func(
            "starts_on", "ends_on", function="daterange", output_field=DateRangeField()
        ),
        output_field=DateRangeField(),
        db_persist=True,
    )
    overlap_reason = models.CharField(_("Reason for a second post"), max_length=200, blank=True)

    class Privacy:
        personal = {"person", "overlap_reason", "title", "reason"}
        open = {
            "employer",
            "place",
            "district",
            "kind",
            "established",
            "starts_on",
            "ends_on",
            "days",
            "fact",
            "recorded_at",
            "superseded_at",
            "voided",
            "source",
            "recorded_by",
        }

    class Reach:
        place = "place"
        organisation = "employer"
        person = "person"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fact"],
                condition=Q(superseded_at=None),
                name="one_current_version_per_post",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="posts_end_after_they_start",
            ),
            ExclusionConstraint(
                name="posts_of_one_person_overlap_only_with_a_reason",
                expressions=[(PersonRange("person"), "&&"), ("days", "&&")],
                condition=Q(superseded_at=None, voided=False, overlap_reason=""),
            ),
            models.CheckConstraint(
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("recorded_at")),
                name="posts_are_superseded_after_they_were_recorded",
            ),
        ]
        indexes = [
            models.Index(fields=["source"], name="posts_by_source"),
            models.Index(fields=["person", "starts_on"]),
            models.Index(fields=["place", "person"]),
            models.Index(fields=["employer", "person"]),
        ]

    def __str__(self) -> str:
        return f"{self.employer or self.place} {self.starts_on}"

    def in_force(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on < self.ends_on)

"""That two records are one human, or that they are not. Facts on two axes: both can be taken back."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiju.kernel.encrypted import EncryptedTextField
from huiju.registry.models.pay import CURRENT, STAMPS, versions_in_order
from huiju.registry.models.people import Fact, Person


class Merge(Fact):
    """That the record `from_person` is the human whose file `into_person` is.

    No row of either record is rewritten: the fact tables count facts of the absorbed record for the
    survivor as long as the merge is believed. `values_before` keeps, sealed, what the survivor's
    own columns said before (JSON: column → [before, after]).
    """

    from_person = models.ForeignKey(Person, models.PROTECT, related_name="merges_away")
    into_person = models.ForeignKey(Person, models.PROTECT, related_name="merges_in")
    values_before = EncryptedTextField(_("Values before"), blank=True)

    class Privacy:
        personal = {"from_person", "into_person", "values_before", "reason"}
        open = STAMPS

    class Reach:
        parent = "from_person"

    class Meta:
        constraints = [
            *versions_in_order("merge", "merges"),
            models.UniqueConstraint(
                fields=["from_person"], condition=CURRENT, name="one_merge_per_absorbed_record"
            ),
            models.CheckConstraint(
                condition=~Q(from_person=F("into_person")),
                name="nobody_is_merged_into_themselves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_person_id} → {self.into_person_id}"


class DifferentPeople(Fact):
    """That two records which look alike are two humans. The one with the lesser key stands first."""

    first = models.ForeignKey(Person, models.PROTECT, related_name="told_apart_from_later")
    second = models.ForeignKey(Person, models.PROTECT, related_name="told_apart_from_earlier")

    class Privacy:
        personal = {"first", "second", "reason"}
        open = STAMPS

    class Reach:
        parent = "first"

    class Meta:
        constraints = [
            *versions_in_order("distinction", "distinctions"),
            models.UniqueConstraint(
                fields=["first", "second"], condition=CURRENT, name="one_distinction_per_pair"
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="distinctions_name_the_lesser_key_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"


class RecordInFile(models.Model):
    """A record of a file made of several: keys and a place, and nothing that names a human.

    A trigger keeps it as `Person.survivor` and `Person.place` say. The policy on people asks it whether
    another record of the same file is in the reader's reach, which it could not ask its own table.
    """

    record = models.BigIntegerField(primary_key=True)
    file = models.BigIntegerField(db_index=True)
    place = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.record} in {self.file}"

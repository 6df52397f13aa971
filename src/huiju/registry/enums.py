"""Choices of the registry."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    """Certificate levels, lowest first."""

    ASSISTANT = "assistant", _("Assistant social worker")
    INTERMEDIATE = "intermediate", _("Social worker")
    SENIOR = "senior", _("Senior social worker")


class EmployerKind(TextChoices):
    COMMUNITY = "community", _("Community")
    AGENCY = "agency", _("Social-work agency")
    INSTITUTION = "institution", _("Public institution")
    GOVERNMENT = "government", _("Government office")
    OTHER = "other", _("Other employer")


class Sex(TextChoices):
    FEMALE = "f", _("Female")
    MALE = "m", _("Male")


class IdentityType(TextChoices):
    RESIDENT_ID = "resident_id", _("Resident identity card")
    HMT_RESIDENCE_PERMIT = "hmt_residence_permit", _("Residence permit for HK, Macau and Taiwan residents")
    TAIWAN_TRAVEL_PERMIT = "taiwan_travel_permit", _("Mainland travel permit for Taiwan residents")
    HM_TRAVEL_PERMIT = "hm_travel_permit", _("Mainland travel permit for HK and Macau residents")
    FOREIGN_RESIDENCE_PERMIT = "foreign_residence_permit", _("Foreigner's permanent residence card")
    PASSPORT = "passport", _("Passport")

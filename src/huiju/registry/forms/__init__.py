"""Input shapes of the registry's pages."""

from huiju.registry.forms.clocks import CreditForm, RegistrationForm
from huiju.registry.forms.merges import ApartForm, MergeForm
from huiju.registry.forms.pay import AccountForm, DeathForm, LeaveForm
from huiju.registry.forms.workers import (
    CertificateForm,
    EndForm,
    KnownForm,
    NameForm,
    OrganisationFilterForm,
    PostForm,
    ReasonForm,
    RevocationForm,
    WorkerFilterForm,
)

__all__ = [
    "AccountForm",
    "ApartForm",
    "CertificateForm",
    "CreditForm",
    "DeathForm",
    "EndForm",
    "KnownForm",
    "LeaveForm",
    "MergeForm",
    "NameForm",
    "OrganisationFilterForm",
    "PostForm",
    "ReasonForm",
    "RegistrationForm",
    "RevocationForm",
    "WorkerFilterForm",
]

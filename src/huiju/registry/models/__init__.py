"""Tables of the registry: people with certificates and posts, their registration, and what paying them needs."""

from huiju.registry.models.clocks import Credit, Registration
from huiju.registry.models.merges import DifferentPeople, Merge, RecordInFile
from huiju.registry.models.pay import BankAccount, Death, Leave
from huiju.registry.models.people import (
    Certificate,
    Fact,
    FactQuerySet,
    IdentityDocument,
    Person,
    PersonQuerySet,
    PersonRange,
    Post,
    SearchKey,
)

__all__ = [
    "BankAccount",
    "Certificate",
    "Credit",
    "Death",
    "DifferentPeople",
    "Fact",
    "FactQuerySet",
    "IdentityDocument",
    "Leave",
    "Merge",
    "Person",
    "PersonQuerySet",
    "PersonRange",
    "Post",
    "RecordInFile",
    "Registration",
    "SearchKey",
]

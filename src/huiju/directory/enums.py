"""Roles and what each may do; kinds of places and organisations."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlaceKind(TextChoices):
    """Levels of the administrative tree, the root first."""

    CITY = "city", _("City")
    DISTRICT = "district", _("District")
    STREET = "street", _("Street or town")
    COMMUNITY = "community", _("Community or village")


class OrganisationKind(TextChoices):
    """Kinds of employers, purchasers and providers."""

    COMMUNITY = "community", _("Community committee")
    AGENCY = "agency", _("Social-work agency")
    INSTITUTION = "institution", _("Public institution")
    GOVERNMENT = "government", _("Government office")
    OTHER = "other", _("Other organisation")


class Role(TextChoices):
    """What a user is, in a place or an organisation."""

    CITY = "city", _("City official")
    DISTRICT = "district", _("District official")
    STREET = "street", _("Street or community official")
    AGENCY = "agency", _("Agency")
    WORKER = "worker", _("Social worker")
    REVIEWER = "reviewer", _("Reviewer")
    FINANCE = "finance", _("Finance")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


EVERYBODY = frozenset(
    {"desk.view", "directory.account", "directory.view_places", "policies.view", "ui.view"}
)
READS = frozenset(
    {"registry.view", "registry.search", "statistics.view", "allowances.view", "transfers.view"}
)

# What each role may do inside the places or organisations it was granted. Nothing else is allowed.
ACTIONS: dict[str, frozenset[str]] = {
    Role.CITY: EVERYBODY
    | READS
    | {
        "registry.change",
        "registry.reveal",
        "registry.view_account",
        "transfers.import",
        "transfers.export",
        "policies.propose",
        "policies.confirm",
        "allowances.compute",
        "allowances.check",
        "allowances.review",
        "allowances.simulate",
        "statistics.publish",
        "directory.view_organisations",
        "budgets.view",
        "budgets.request",
        "budgets.plan",
    },
    Role.DISTRICT: EVERYBODY
    | READS
    | {
        "registry.change",
        "registry.reveal",
        "registry.view_account",
        "transfers.import",
        "transfers.export",
        "policies.propose",
        "allowances.compute",
        "allowances.check",
        "allowances.simulate",
        "directory.view_organisations",
        "budgets.view",
        "budgets.request",
        "budgets.plan",
    },
    Role.STREET: EVERYBODY | READS | {"transfers.export", "directory.view_organisations"},
    Role.AGENCY: EVERYBODY | {"registry.view", "registry.search", "directory.view_organisations"},
    Role.WORKER: EVERYBODY | {"registry.view_self", "allowances.view_self"},
    Role.REVIEWER: EVERYBODY,
    Role.FINANCE: EVERYBODY
    | {
        "allowances.view",
        "allowances.approve",
        "allowances.pay",
        "allowances.simulate",
        "statistics.view",
        "policies.confirm",
        "transfers.export",
        "registry.view_account",
        "budgets.view",
        "budgets.request",
        "budgets.plan",
        "budgets.manage",
        "budgets.approve",
    },
    Role.AUDITOR: EVERYBODY
    | READS
    | {"audit.view", "directory.view_organisations", "budgets.view"},
    Role.ADMINISTRATOR: EVERYBODY | {"directory.administer", "audit.view"},
}

# At which kinds of places a role is given; "organisation" stands for an employer or agency.
ROLE_PLACES: dict[str, frozenset[str]] = {
    Role.CITY: frozenset({PlaceKind.CITY}),
    Role.DISTRICT: frozenset({PlaceKind.DISTRICT}),
    Role.STREET: frozenset({PlaceKind.STREET, PlaceKind.COMMUNITY}),
    Role.AGENCY: frozenset({"organisation"}),
    Role.WORKER: frozenset({*PlaceKind, "organisation"}),
    Role.REVIEWER: frozenset({PlaceKind.CITY, PlaceKind.DISTRICT}),
    Role.FINANCE: frozenset({PlaceKind.CITY, PlaceKind.DISTRICT}),
    Role.AUDITOR: frozenset({PlaceKind.CITY, PlaceKind.DISTRICT}),
    Role.ADMINISTRATOR: frozenset({PlaceKind.CITY, PlaceKind.DISTRICT}),
}

# Roles whose reach covers people's records; an administrator manages accounts and sees nobody's file.
SEES_PEOPLE = frozenset(
    {Role.CITY, Role.DISTRICT, Role.STREET, Role.AGENCY, Role.FINANCE, Role.AUDITOR}
)

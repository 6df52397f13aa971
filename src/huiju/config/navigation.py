"""What stands in the side bar, for those who may go there."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from huiju.ui.navigation import NavItem, NavSection, navigation_for

SECTIONS = (
    NavSection("", (NavItem(_("My desk"), "desk:home", "home", "desk.view"),)),
    NavSection(
        _("Registry"),
        (
            NavItem(_("Social workers"), "registry:workers", "users", "registry.view"),
            NavItem(_("My file"), "registry:me", "id", "registry.view_self"),
            NavItem(
                _("Organisations"),
                "registry:organisations",
                "building-community",
                "directory.view_organisations",
            ),
            NavItem(_("Imports"), "transfers:imports", "upload", "transfers.view"),
            NavItem(_("Exports"), "transfers:exports", "download", "transfers.export"),
        ),
    ),
    NavSection(
        _("Allowances"),
        (
            NavItem(_("Monthly runs"), "allowances:runs", "coin-yuan", "allowances.view"),
            NavItem(
                _("Allowance schemes"), "allowances:schemes", "list-details", "allowances.view"
            ),
            NavItem(
                _("Money asked back"), "allowances:recoveries", "arrow-back-up", "allowances.view"
            ),
            NavItem(_("Findings"), "allowances:findings", "eye", "allowances.view"),
            NavItem(_("My allowances"), "allowances:me", "coin-yuan", "allowances.view_self"),
            NavItem(
                _("Simulate policies"), "allowances:tunnel", "calculator", "allowances.simulate"
            ),
        ),
    ),
    NavSection(
        _("Budgets"),
        (
            NavItem(_("Budget lines"), "budgets:lines", "coins", "budgets.view"),
            NavItem(_("Fiscal years"), "budgets:years", "calendar", "budgets.view"),
            NavItem(_("Requests and approvals"), "budgets:consents", "check", "budgets.view"),
            NavItem(_("Report of changes"), "budgets:report", "history", "budgets.view"),
        ),
    ),
    NavSection(
        _("Statistics"),
        (
            NavItem(_("Dashboard"), "statistics:dashboard", "chart-bar", "statistics.view"),
            NavItem(_("Catalogue of figures"), "statistics:catalogue", "hash", "statistics.view"),
            NavItem(_("Targets"), "statistics:targets", "flag", "statistics.view"),
            NavItem(
                _("Publications"), "statistics:publications", "report-analytics", "statistics.view"
            ),
        ),
    ),
    NavSection(
        _("Policies"),
        (
            NavItem(_("Policy documents"), "policies:documents", "file-text", "policies.view"),
            NavItem(
                _("Parameters"), "policies:parameters", "adjustments-horizontal", "policies.view"
            ),
        ),
    ),
    NavSection(
        _("Administration"),
        (
            NavItem(_("Places"), "directory:places", "map-pin", "directory.view_places"),
            NavItem(
                _("Accounts and grants"), "directory:users", "user-check", "directory.administer"
            ),
            NavItem(_("Audit trail"), "desk:events", "history", "audit.view"),
        ),
    ),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Template context: the reader's menu."""
    return {"navigation": navigation_for(request, SECTIONS)}

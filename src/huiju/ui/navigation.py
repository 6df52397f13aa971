"""The sidebar: what a page list is made of, and which part of it one reader sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True)
class NavItem:
    """One page of the sidebar. `action` of the permission table; empty = every signed-in reader."""

    label: Any
    route: str
    icon: str
    action: str = ""


@dataclass(frozen=True)
class NavSection:
    """A heading of the sidebar and its pages; an empty label shows no heading."""

    label: Any
    items: Sequence[NavItem]


@dataclass(frozen=True)
class NavLink:
    """A page as the sidebar prints it."""

    label: Any
    url: str
    icon: str
    current: bool


@dataclass(frozen=True)
class NavGroup:
    """A section as the sidebar prints it."""

    label: Any
    links: Sequence[NavLink]


def navigation_for(request: HttpRequest, sections: Sequence[NavSection]) -> list[NavGroup]:
    """The sections with the pages this reader may open; none for a visitor.

    The current page is the one with the longest address that starts the requested one.
    """
    user = getattr(request, "user", None)  # a request refused early never reached sign-in
    if user is None or not user.is_authenticated:
        return []
    visible = [
        (
            section.label,
            [item for item in section.items if not item.action or user.holds(item.action)],
        )
        for section in sections
    ]
    urls = {item: reverse(item.route) for _label, items in visible for item in items}
    opened = [url for url in urls.values() if request.path.startswith(url)]
    current = max(opened, key=len, default=None)
    return [
        NavGroup(
            label,
            [NavLink(item.label, urls[item], item.icon, urls[item] == current) for item in items],
        )
        for label, items in visible
        if items
    ]

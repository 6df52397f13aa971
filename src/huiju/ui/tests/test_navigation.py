from django.test import RequestFactory

from huiju.ui.navigation import NavItem, NavLink, NavSection, navigation_for

SECTIONS = [
    NavSection("", [NavItem("工作台", "desk:home", "home")]),
    NavSection(
        "管理",
        [
            NavItem("操作记录", "desk:events", "history", "audit.view"),
            NavItem("核对", "desk:check", "shield-check", "audit.view"),
        ],
    ),
]


class Reader:
    """Somebody who holds the named actions."""

    def __init__(self, *actions: str, is_authenticated: bool = True) -> None:
        self.actions, self.is_authenticated = actions, is_authenticated

    def holds(self, action: str) -> bool:
        return action in self.actions


def menu(path, reader):
    request = RequestFactory().get(path)
    request.user = reader
    return [(group.label, group.links) for group in navigation_for(request, SECTIONS)]


def test_menu_holds_only_the_pages_the_reader_may_open():
    assert menu("/search/", Reader()) == [("", [NavLink("工作台", "/", "home", current=True)])]


def test_menu_marks_the_page_with_the_longest_matching_address():
    assert menu("/audit/check/", Reader("audit.view"))[1] == (
        "管理",
        [
            NavLink("操作记录", "/audit/", "history", current=False),
            NavLink("核对", "/audit/check/", "shield-check", current=True),
        ],
    )


def test_a_visitor_has_no_menu():
    assert menu("/", Reader(is_authenticated=False)) == []

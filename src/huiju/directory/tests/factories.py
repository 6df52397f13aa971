"""Places, organisations and users for tests."""

from datetime import date
from itertools import count
from typing import Any

from huiju.directory.models import Grant, Organisation, Place, User

numbers = count(1)
LONG_AGO = date(2008, 1, 1)


def place(code: str = "350203") -> Place:
    """A place of the loaded city; 350203 is 思明区."""
    found: Place = Place.objects.get(code=code)
    return found


def make_place(*, parent: Place | None = None, **fields: Any) -> Place:
    """A community in a street of 思明区, unless told otherwise."""
    parent = parent or place("350203001")
    code = fields.pop("code", f"{parent.code[:9]}{next(numbers) % 1000:03d}")
    defaults = {"name": f"社区{code[-3:]}", "kind": "community", "starts_on": LONG_AGO}
    path = f"{parent.path}{code}/"
    made: Place = Place.objects.create(code=code, parent=parent, path=path, **defaults | fields)
    return made


def make_organisation(**fields: Any) -> Organisation:
    defaults = {"name": f"机构{next(numbers)}", "kind": "agency"}
    at = fields.pop("place", None) or place()
    made: Organisation = Organisation.objects.create(place=at, **defaults | fields)
    return made


def make_user(role: str = "", where: Place | Organisation | str = "350203", **fields: Any) -> User:
    """A user, and with `role` a grant since long ago in a place (or its code) or organisation."""
    username = fields.pop("username", f"user{next(numbers)}")
    defaults = {"label": username, "must_change_password": False}
    user = User.objects.create_user(username, None, **defaults | fields)
    if role:
        make_grant(user, role, where)
    return user


def make_grant(user: User, role: str, where: Place | Organisation | str) -> Grant:
    target = place(where) if isinstance(where, str) else where
    made: Grant = Grant.objects.create(
        user=user,
        role=role,
        place=target if isinstance(target, Place) else None,
        organisation=target if isinstance(target, Organisation) else None,
        starts_on=LONG_AGO,
        reason="test",
    )
    return made

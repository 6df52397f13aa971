"""Stored files for tests."""

from itertools import count
from typing import Any

from huiju.directory.tests.factories import make_user, place
from huiju.documents import services
from huiju.documents.models import StoredFile
from huiju.kernel import clock

numbers = count(1)
PDF = b"%PDF-1.7\n"


def make_file(*, in_place: str = "350203", everybody: bool = False, **fields: Any) -> StoredFile:
    """A small PDF of a district, unless told otherwise."""
    given = {"name": "文件.pdf", "content": PDF + str(next(numbers)).encode()} | fields
    keeping = services.Keeping(retention="policy", place=place(in_place), everybody=everybody)
    by = given.pop("by", None) or make_user()
    return services.store_file(**given, keeping=keeping, by=by, at=clock.now())

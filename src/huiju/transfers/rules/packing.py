"""What stands in many rows, packed into one text: by columns, squeezed, in letters that can be sealed.

Columns of a roster repeat, so that a thousand rows take a fifth of their JSON. A text that begins with
`[` is a list of rows as earlier releases kept them.
"""

import base64
import json
import zlib
from collections.abc import Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

Content = tuple[dict[str, Any], dict[str, Any], dict[str, str]]
"""A row's values, details and written texts."""

QUICK = 1


def packed(contents: Sequence[Content | None]) -> str:
    """The contents of successive rows as one text; None stands for a row that is no record."""
    held = [content for content in contents if content is not None]
    said = {
        "count": len(contents),
        "places": [at for at, content in enumerate(contents) if content is not None],
        "values": _columns([values for values, _, _ in held]),
        "details": _columns([details for _, details, _ in held]),
        "written": _columns([written for _, _, written in held]),
    }
    line = json.dumps(said, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(line, QUICK)).decode()


def unpacked(text: str) -> list[Content | None]:
    """What was packed. A value nobody gave is None; details and texts nobody gave are not there."""
    if text.startswith("["):
        earlier: list[Content | None] = json.loads(text)
        return earlier
    said = json.loads(zlib.decompress(base64.b64decode(text)))
    contents: list[Content | None] = [None] * said["count"]
    length = len(said["places"])
    parts = zip(
        said["places"],
        _rows(said["values"], length),
        map(_given, _rows(said["details"], length)),
        map(_given, _rows(said["written"], length)),
        strict=True,
    )
    for at, values, details, written in parts:
        contents[at] = values, details, written
    return contents


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    names = list(dict.fromkeys(chain.from_iterable(rows)))
    if len(names) < 2:
        return {name: [row.get(name) for row in rows] for name in names}
    try:
        cells = zip(*map(itemgetter(*names), rows), strict=True)
    except KeyError:  # rows that do not all say the same things
        return {name: [row.get(name) for row in rows] for name in names}
    return dict(zip(names, map(list, cells), strict=True))


def _rows(columns: dict[str, list[Any]], length: int) -> list[dict[str, Any]]:
    if not columns:
        return [{} for _ in range(length)]
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _given(row: dict[str, Any]) -> dict[str, Any]:
    return {name: word for name, word in row.items() if word is not None}

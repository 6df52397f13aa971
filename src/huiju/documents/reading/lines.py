"""The one shape in which every kind of text leaves the child: lines, one paragraph or table cell each."""

from collections.abc import Iterable
from dataclasses import dataclass


class Unreadable(Exception):
    """No words could be read; `reason` is CORRUPT, PASSWORD, TOO_LARGE, NO_TEXT or UNSUPPORTED."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """How much text a file may hold and what the child process may use."""

    max_bytes: int = 50 * 2**20
    max_characters: int = 2_000_000
    max_pages: int = 2000
    seconds: int = 30
    memory_bytes: int = 400 * 2**20


def joined(lines: Iterable[str], limits: Limits) -> str:
    """The lines as one text, refused when there is none, or more of it than any policy has."""
    found: list[str] = []
    length = 0
    for line in lines:
        length += len(line)
        if length > limits.max_characters:
            raise Unreadable("TOO_LARGE")
        found.append(line.replace("\0", "").rstrip())
    text = "\n".join(found).strip()
    if not text:
        raise Unreadable("NO_TEXT")
    return text

"""The words of a PDF, page by page. A scanned page has none."""

import codecs
import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import IO

import pypdf
from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from huiju.documents.reading.lines import Limits, Unreadable

CODECS = ("utf-16-be", "gbk", "gb2312", "big5", "cp1252", "mac-roman", "charmap", "unicode-escape")
DAMAGE = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError)


def warm_up() -> None:
    """Load what pypdf loads late: after the child is confined no module can be opened."""
    for module in pkgutil.walk_packages(pypdf.__path__, "pypdf."):
        with suppress(ImportError):  # parts that need packages we do not use
            import_module(module.name)
    for name in CODECS:
        codecs.lookup(name)


def pages(file: IO[bytes], limits: Limits) -> Iterator[str]:
    """The lines of each page. Raises Unreadable."""
    try:
        reader = PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("PASSWORD")
        if len(reader.pages) > limits.max_pages:
            raise Unreadable("TOO_LARGE")
        for page in reader.pages:
            yield from page.extract_text().splitlines()
    except (FileNotDecryptedError, DependencyError) as locked:
        raise Unreadable("PASSWORD") from locked
    except DAMAGE as damage:
        raise Unreadable("CORRUPT") from damage

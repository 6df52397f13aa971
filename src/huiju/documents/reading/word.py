"""The paragraphs of a .docx file, those in tables too. Numbers that Word itself counts are not in it."""

import zlib
from collections.abc import Iterator
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from huiju.documents.reading.lines import Unreadable

SPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BREAKS = {f"{SPACE}tab": "\t", f"{SPACE}br": "\n", f"{SPACE}cr": "\n"}
DAMAGE = (BadZipFile, zlib.error, ParseError, KeyError, NotImplementedError, DefusedXmlException)


def paragraphs(file: IO[bytes]) -> Iterator[str]:
    """Each paragraph in order. Raises Unreadable."""
    try:
        with ZipFile(file).open("word/document.xml") as part:
            for _event, element in iterparse(part, forbid_dtd=True):
                if element.tag == f"{SPACE}p":
                    yield "".join(_words(element))
                    element.clear()
    except RuntimeError as locked:  # zipfile says so of an encrypted part
        raise Unreadable("PASSWORD") from locked
    except DAMAGE as damage:
        raise Unreadable("CORRUPT") from damage


def _words(paragraph: Any) -> Iterator[str]:
    for element in paragraph.iter():
        if element.tag == f"{SPACE}t":
            yield element.text or ""
        elif element.tag in BREAKS:
            yield BREAKS[element.tag]

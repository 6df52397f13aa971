"""The child process in which the words of a file are read: capped, unable to open anything else."""

import codecs
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from huiju.documents.reading import word
from huiju.documents.reading.lines import Limits, Unreadable, joined
from huiju.kernel.confinement import confine

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
PLAIN = "text/plain"
LIMITS = Limits()
ENCODINGS = ("utf-8-sig", "gb18030")
COMMAND = [sys.executable, "-I", "-c", "from huiju.documents.reading.box import child; child()"]


def read(path: Path, media_type: str, limits: Limits = LIMITS) -> str:
    """The words of a file, one paragraph a line. Raises Unreadable.

    The parent never parses the file; a child that is ended by its caps had too much to do.
    """
    if media_type not in (DOCX, PDF, PLAIN):
        raise Unreadable("UNSUPPORTED")
    if path.stat().st_size > limits.max_bytes:
        raise Unreadable("TOO_LARGE")
    order = json.dumps({"media_type": media_type, "limits": asdict(limits)})
    with path.open("rb") as file:
        ended = subprocess.run(  # noqa: S603 -- our own interpreter and module
            [*COMMAND, order], stdin=file, capture_output=True, env={}, check=False
        )
    if ended.returncode:
        raise Unreadable("TOO_LARGE" if ended.returncode < 0 else "CORRUPT")
    answer = json.loads(ended.stdout)
    if "refused" in answer:
        raise Unreadable(answer["refused"])
    return str(answer["text"])


def child() -> None:
    """The child's life: cap itself, read standard input, answer on standard output."""
    order = json.loads(sys.argv[1])
    limits = Limits(**order["limits"])
    for encoding in ENCODINGS:
        codecs.lookup(encoding)
    if order["media_type"] == PDF:
        from huiju.documents.reading import portable  # noqa: PLC0415 -- slow import, and the parent never parses

        portable.warm_up()
    confine(seconds=limits.seconds, memory_bytes=limits.memory_bytes)
    try:
        answer = {"text": joined(_lines(order["media_type"], limits), limits)}
    except Unreadable as refusal:
        answer = {"refused": refusal.reason}
    except (MemoryError, RecursionError):
        answer = {"refused": "TOO_LARGE"}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _lines(media_type: str, limits: Limits) -> Iterator[str]:
    file = io.BufferedReader(io.FileIO(0, closefd=False))
    if media_type == DOCX:
        return word.paragraphs(file)
    if media_type == PDF:
        from huiju.documents.reading import portable  # noqa: PLC0415 -- slow import, and the parent never parses

        return portable.pages(file, limits)
    return iter(_decoded(file.read()).splitlines())


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("CORRUPT")

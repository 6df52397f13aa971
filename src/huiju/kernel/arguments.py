"""Words of a command as values; what is no such value is refused in a sentence of its own."""

from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from huiju.kernel.periods import Month


def day(text: str) -> date:
    """A day written 2015-10-31. Raises ArgumentTypeError."""
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        words = _("“%(text)s” is not a day. Write one such as 2015-10-31.")
        raise ArgumentTypeError(words % {"text": text}) from fault


def month(text: str) -> Month:
    """A month written 2015-10. Raises ArgumentTypeError."""
    try:
        return Month.parse(text)
    except ValueError as fault:
        words = _("“%(text)s” is not a month. Write one such as 2015-10.")
        raise ArgumentTypeError(words % {"text": text}) from fault


def year(text: str) -> int:
    """A year of four digits. Raises ArgumentTypeError."""
    if len(text) == 4 and text.isdecimal() and int(text) >= 1900:
        return int(text)
    raise ArgumentTypeError(
        _("“%(text)s” is not a year. Write four digits such as 2015.") % {"text": text}
    )


def file(text: str) -> Path:
    """A file that is there. Raises ArgumentTypeError."""
    path = Path(text)
    if path.is_dir():
        words = _("“%(path)s” is a folder. Name the file in it.")
    elif not path.exists():
        words = _("There is no file “%(path)s”. Check the name and the folder you are in.")
    else:
        return path
    raise ArgumentTypeError(words % {"path": text})


def new_file(text: str) -> Path:
    """A file to write, in a folder that is there. Raises ArgumentTypeError."""
    path = Path(text)
    if path.is_dir():
        words = _("“%(path)s” is a folder. Name the file to write in it.")
    elif not path.parent.is_dir():
        words = _("The folder of “%(path)s” is not there. Make it first, or name another.")
    else:
        return path
    raise ArgumentTypeError(words % {"path": text})


def folder(text: str) -> Path:
    """A folder, there already or to be made. Raises ArgumentTypeError."""
    path = Path(text)
    if path.exists() and not path.is_dir():
        words = _("“%(path)s” is a file. Name a folder.")
        raise ArgumentTypeError(words % {"path": text})
    return path

"""Sentences of the command line, before there is Django: the same catalogue, by Python's own gettext.

Python's argument parser looks its sentences up there itself, so it refuses in the same language.
"""

import gettext as library
import os
from pathlib import Path

LANGUAGES = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant", "en": "en"}
DEFAULT = "zh-hans"
CATALOGUES = Path(__file__).resolve().parent / "locale"


def gettext_noop(message: str) -> str:
    """Marks a sentence that somebody else looks up."""
    return message


ARGPARSE = (
    gettext_noop("usage: "),
    gettext_noop("positional arguments"),
    gettext_noop("options"),
    gettext_noop("show this help message and exit"),
    gettext_noop("%(prog)s: error: %(message)s\n"),
    gettext_noop("argument %(argument_name)s: %(message)s"),
    gettext_noop("unrecognized arguments: %s"),
    gettext_noop("not allowed with argument %s"),
    gettext_noop("ignored explicit argument %r"),
    gettext_noop("the following arguments are required: %s"),
    gettext_noop("one of the arguments %s is required"),
    gettext_noop("expected one argument"),
    gettext_noop("expected at most one argument"),
    gettext_noop("expected at least one argument"),
    gettext_noop("ambiguous option: %(option)s could match %(matches)s"),
    gettext_noop("invalid %(type)s value: %(value)r"),
    gettext_noop("invalid choice: %(value)r (choose from %(choices)s)"),
)


def language() -> str:
    """The instance's language: HUIJU_LANGUAGE, else simplified Chinese."""
    chosen = os.environ.get("HUIJU_LANGUAGE", DEFAULT).lower()
    return chosen if chosen in LANGUAGES else DEFAULT


def speak() -> None:
    """Let the command line, argparse included, speak the instance's language in this process."""
    os.environ["LANGUAGE"] = LANGUAGES[language()]
    library.bindtextdomain("django", str(CATALOGUES))
    library.textdomain("django")


def gettext(message: str) -> str:
    """A sentence in the instance's language."""
    return library.gettext(message)

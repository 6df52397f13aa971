"""Runs a management command as one of ours: in the instance's language, every refusal a sentence."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from pydantic import ValidationError

from huiju.config.external import why_not
from huiju.config.faults import setting_fault
from huiju.config.words import gettext as _

SETTINGS = "huiju.config.settings"
REFUSED, UNJUDGED = 1, 2
OLDER_SCHEMA = {"42P01", "42703"}  # PostgreSQL: undefined table, undefined column
DJANGOS_OWN = ("help", "version", "--help", "-h", "--version")
# Django's own switches, of no use to those who run an instance
HIDDEN = frozenset(
    {
        *("--version", "--verbosity", "--traceback", "--settings", "--pythonpath"),
        *("--no-color", "--force-color", "--skip-checks"),
    }
)


def run_command(words: list[str], called: str) -> int:
    """Run the management command `words` begin with, known to its users as `called`; its exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    with _settings_in_words():
        import django  # noqa: PLC0415 -- slow import

        django.setup()
    from django.core import management  # noqa: PLC0415 -- slow import

    commands = management.get_commands()
    if not words or words[0] in DJANGOS_OWN:
        management.execute_from_command_line(["huiju manage", *words])
        return 0
    if words[0] not in commands:
        print(_unknown(words[0], commands), file=sys.stderr)
        return UNJUDGED
    with _refusals_in_words() as outcome:
        if not str(commands[words[0]]).startswith("huiju."):
            management.execute_from_command_line(["huiju manage", *words])
        else:
            _run_ours(words, called)
    return outcome["status"]


def _run_ours(words: list[str], called: str) -> None:
    from django.core import management  # noqa: PLC0415 -- slow import
    from django.utils import translation  # noqa: PLC0415 -- slow import

    command = management.load_command_class(management.get_commands()[words[0]], words[0])
    command.suppressed_base_arguments = set(HIDDEN)
    command.requires_system_checks = []  # they read every page, which takes longer than the work
    parser = command.create_parser("huiju", called)
    parser.called_from_command_line = True
    parser.prog, parser.description = f"huiju {called}", translation.gettext(command.help)
    options = vars(parser.parse_args(words[1:]))
    command.execute(*options.pop("args", ()), **options)


@contextmanager
def _settings_in_words() -> Iterator[None]:
    """A variable of the environment that cannot be used stops the start by its name."""
    try:
        yield
    except ValidationError as fault:
        for problem in fault.errors():
            name = ".".join(str(part) for part in problem["loc"])
            print(setting_fault(name, problem["input"]), file=sys.stderr)
        sys.exit(UNJUDGED)


@contextmanager
def _refusals_in_words() -> Iterator[dict[str, int]]:
    """Turns what a command refuses, or what stops it, into a sentence and an exit status."""
    from django.core.management import CommandError  # noqa: PLC0415 -- slow import
    from django.db import OperationalError, ProgrammingError  # noqa: PLC0415 -- slow import

    from huiju.kernel.errors import DomainError, NothingSuch  # noqa: PLC0415 -- slow import

    outcome = {"status": 0}
    try:
        yield outcome
    except CommandError as refusal:
        outcome["status"] = refusal.returncode
        print(refusal, file=sys.stderr)
    except DomainError as refusal:
        outcome["status"] = UNJUDGED if isinstance(refusal, NothingSuch) else REFUSED
        print(refusal, file=sys.stderr)
    except OperationalError as problem:
        outcome["status"] = UNJUDGED
        cause = problem.__cause__
        print(
            why_not(cause) if isinstance(cause, psycopg.OperationalError) else problem,
            file=sys.stderr,
        )
    except ProgrammingError as problem:
        if getattr(problem.__cause__, "sqlstate", "") not in OLDER_SCHEMA:
            raise
        outcome["status"] = UNJUDGED
        words = _("The database is of another version than this program. Run “huiju init” first.")
        print(words, file=sys.stderr)


def _unknown(name: str, commands: Mapping[str, object]) -> str:
    ours = sorted(each for each, app in commands.items() if str(app).startswith("huiju."))
    return _("There is no command “%(name)s”. Ours are: %(ours)s.") % {
        "name": name,
        "ours": " ".join(ours),
    }

"""The command `huiju`: one instance's life, and the words of its public commands.

Commands print JSON on standard output and people's words on standard error. Exit status: 0 done,
1 the input was judged and something in it is wrong, 2 it could not be judged.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from huiju.config import lifecycle
from huiju.config import words as sentences
from huiju.config.faults import child_fault, file_fault
from huiju.config.instance import Instance
from huiju.config.postgres import PostgresUnavailable
from huiju.config.words import gettext as _
from huiju.config.words import gettext_noop

HELP = {"--help", "-h", "help"}
SETTINGS = "huiju.config.settings"

IMPORTED = (
    *("roster", "places", "organisations", "registrations", "credits"),
    *("leaves", "accounts", "deaths"),
    *("policies", "parameters", "relations", "targets", "budgets"),
)

# what a user types → Django's management command and the words it starts with
MANAGED: dict[tuple[str, ...], list[str]] = {
    **{("import", kind): ["import_file", kind] for kind in IMPORTED},
    ("allowances", "compute"): ["allowances_compute"],
    ("allowances", "again"): ["allowances_again"],
    ("allowances", "watch"): ["allowances_watch"],
    ("allowances", "tunnel"): ["allowances_tunnel"],
    ("ledger", "check"): ["ledger_check"],
    ("audit", "export"): ["audit_export"],
    ("audit", "anchor"): ["audit_anchor"],
    ("figures",): ["figures"],
    ("figure",): ["figure"],
    ("bulletin",): ["bulletin"],
    ("publish",): ["publish"],
    ("lake",): ["lake"],
    ("user", "add"): ["user_add"],
    ("user", "reset"): ["user_reset"],
}

USAGE = gettext_noop("""\
huiju: the commands of the social work ledger Huiju

  instance    init · demo [--no-serve] [--port N] · serve [--port N] · worker · status · stop
  imports     import KIND FILE [--as USER] [--as-of DATE] [--dry-run] [--json], KIND being one of roster places organisations
              registrations credits leaves accounts deaths policies parameters relations targets budgets
  allowances  allowances compute MONTH --as USER · allowances replay CASES.json · allowances watch
              allowances again DISTRICT MONTH --as USER [--scheme CODE] [--known-on DATE]
              allowances tunnel SCENARIO.json --as USER [--engine duckdb|spark] [--lake FOLDER]
  budgets     ledger check
  figures     figures · figure CODE --on DATE [--by DIMENSION] [--engine postgres|duckdb|spark] · bulletin YEAR · publish · lake FOLDER
  audit       audit export --since DATE · audit anchor · audit verify LOG --anchor ANCHOR
  accounts    user add NAME --role ROLE --place CODE [--organisation USCC] · user reset NAME
  other       manage … (Django's own commands)

Every command explains itself by --help. HUIJU_HOME names the folder of the instance (./var), HUIJU_DATABASE_URL a PostgreSQL of
your own, HUIJU_LANGUAGE the language (zh-hans, zh-hant, en).
""")


def main() -> None:
    """Run one command and exit with its status."""
    sentences.speak()
    try:
        status = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # whoever read has enough; what is left must not be flushed into the closed pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except KeyboardInterrupt:
        status = 130
    except (PostgresUnavailable, lifecycle.NotReady) as problem:
        status = _told(str(problem))
    except OSError as fault:
        status = _told(file_fault(fault))
    except subprocess.CalledProcessError as ended:
        status = _told(child_fault(ended))
    sys.exit(status)


def _told(words: str) -> int:
    print(words, file=sys.stderr)
    return 2


def run(words: list[str]) -> int:
    """Find the command the words start with and run it; the exit status."""
    own: dict[str, Callable[[list[str]], int]] = {
        "init": lifecycle.init,
        "demo": lifecycle.demo,
        "serve": lifecycle.serve,
        "worker": lifecycle.worker,
        "status": lifecycle.status,
        "stop": lifecycle.stop,
        "manage": lambda rest: manage(rest, f"manage {' '.join(rest[:1])}"),
    }
    if words and words[0] in own:
        return own[words[0]](words[1:])
    if words[:2] == ["audit", "verify"]:
        from huiju.audit import verifier  # noqa: PLC0415 -- slow import

        return verifier.main(words[2:])
    if words[:2] == ["allowances", "replay"]:
        return replay(words[2:])
    for length in (2, 1):
        if command := MANAGED.get(tuple(words[:length])):
            return manage([*command, *words[length:]], " ".join(words[:length]))
    return _not_found(words)


def _not_found(words: list[str]) -> int:
    """Say what there is instead: the commands that begin alike, or all."""
    known = [*MANAGED, ("audit", "verify"), ("allowances", "replay")]
    second = [
        command[1] for command in known if len(command) > 1 and command[:1] == tuple(words[:1])
    ]
    if second:
        sentence = _("After “huiju %(first)s” comes one of: %(second)s.")
        print(sentence % {"first": words[0], "second": " ".join(second)}, file=sys.stderr)
        return 0 if words[1:2] in (["--help"], ["-h"]) else 2
    if words and words[0] not in HELP:
        print(_("There is no command “%(name)s”.") % {"name": words[0]}, file=sys.stderr)
    print(_(USAGE), file=sys.stderr)
    return 0 if words and words[0] in HELP else 2


def replay(words: list[str]) -> int:
    """Check allowance worksheets: the rules without a database."""
    about = _("Compute allowance worksheets by the rules of the monthly runs, without a database.")
    options = argparse.ArgumentParser("huiju allowances replay", description=about)
    options.add_argument("cases", type=Path, metavar="CASES.json", help=_("a JSON list of cases"))
    file = options.parse_args(words).cases
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django  # noqa: PLC0415 -- slow import

    django.setup()
    from huiju.allowances import worksheets  # noqa: PLC0415 -- slow import

    return int(worksheets.replay_file(file))


def manage(words: list[str], called: str) -> int:
    """Run a management command, known to its users as `called`, with the database up."""
    if not HELP & set(words):
        lifecycle.start_database(Instance.from_environment())
    from huiju.config.running import run_command  # noqa: PLC0415 -- slow import

    return run_command(words, called)

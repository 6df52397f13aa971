"""The command `huiju`: one instance's life, and the words of its public commands.

Commands print JSON on standard output and people's words on standard error. Exit status: 0 done,
1 the input was judged and something in it is wrong, 2 it could not be judged.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from huiju.config import lifecycle
from huiju.config.instance import Instance
from huiju.config.postgres import PostgresUnavailable

SETTINGS = "huiju.config.settings"

# what a user types → Django's management command and the words it starts with
MANAGED: dict[tuple[str, ...], list[str]] = {
    ("import", "roster"): ["import_file", "roster"],
    ("import", "places"): ["import_file", "places"],
    ("import", "organisations"): ["import_file", "organisations"],
    ("import", "policies"): ["import_file", "policies"],
    ("import", "parameters"): ["import_file", "parameters"],
    ("allowances", "compute"): ["allowances_compute"],
    ("audit", "export"): ["audit_export"],
    ("audit", "anchor"): ["audit_anchor"],
    ("figures",): ["figures"],
    ("figure",): ["figure"],
    ("bulletin",): ["bulletin"],
    ("publish",): ["publish"],
    ("lake",): ["lake"],
    ("user", "add"): ["user_add"],
}

USAGE = """\
huiju：社会工作台账 Huiju 的命令

  实例    init · demo [--no-serve] [--port N] · serve [--port N] · worker · status · stop
  导入    import roster|places|organisations|policies|parameters FILE [--as USER] [--as-of DATE] [--dry-run] --json
  津贴    allowances replay CASES.json · allowances compute …
  数字    figures · figure CODE --on DATE [--by DIMENSION] [--engine postgres|duckdb] · bulletin YEAR · publish · lake FOLDER
  审计    audit export --since DATE · audit anchor · audit verify LOG --anchor ANCHOR
  用户    user add NAME --role ROLE --place CODE [--organisation USCC]
  其他    manage …（Django 自带命令）

每条命令加 --help 看详细说明。实例所在文件夹：HUIJU_HOME（默认 ./var）；已有数据库：HUIJU_DATABASE_URL。
"""


def main() -> None:
    """Run one command and exit with its status."""
    try:
        sys.exit(run(sys.argv[1:]))
    except PostgresUnavailable as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)


def run(words: list[str]) -> int:
    """Find the command the words start with and run it; the exit status."""
    own: dict[str, Callable[[list[str]], int]] = {
        "init": lifecycle.init,
        "demo": lifecycle.demo,
        "serve": lifecycle.serve,
        "worker": lifecycle.worker,
        "status": lifecycle.status,
        "stop": lifecycle.stop,
        "manage": manage,
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
            return manage([*command, *words[length:]])
    print(USAGE, file=sys.stderr)
    return 0 if words[:1] in (["--help"], ["help"]) else 2


def replay(words: list[str]) -> int:
    """Check allowance worksheets: the rules without a database, in Chinese words."""
    options = argparse.ArgumentParser("huiju allowances replay")
    options.add_argument("cases", type=Path, help="a JSON list of cases")
    file = options.parse_args(words).cases
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django  # noqa: PLC0415 -- slow import

    django.setup()
    from huiju.allowances import worksheets  # noqa: PLC0415 -- slow import

    return int(worksheets.replay_file(file))


def manage(words: list[str]) -> int:
    """Run Django's management command, with the database up."""
    instance = Instance.from_environment()
    if not instance.secret("secret_key"):
        print(lifecycle.NOT_MADE, file=sys.stderr)
        return 2
    lifecycle.start_database(instance)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- slow import

    execute_from_command_line(["huiju", *words])
    return 0

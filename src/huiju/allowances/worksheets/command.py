"""`huiju allowances replay CASES.json`: answers as JSON on standard output, words on standard error."""

import json
import sys
from collections.abc import Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huiju.allowances.worksheets.cases import Case, read_case
from huiju.allowances.worksheets.reading import Entry, WorksheetRefused
from huiju.allowances.worksheets.replaying import RateMissing, Replay, Sheet
from huiju.kernel.errors import DomainError

Answers = dict[str, dict[str, Any]]


class Exit(IntEnum):
    """Exit status: done, judged and something is wrong, could not be judged."""

    DONE = 0
    WRONG = 1
    UNJUDGED = 2


class NotWorksheets(DomainError):
    """The file does not hold a list of cases."""


def replay(cases: Sequence[object]) -> Answers:
    """The answer of every case: run → person → lines, pay and debt; amounts in fen.

    A case that cannot be judged answers {"error": {"field", "message"}}, a run that was stopped answers
    {"error": {"message", …}} and posts nothing. Raises NotWorksheets where cases cannot be told apart.
    """
    entries = {_case_id(number, case): case for number, case in enumerate(cases, start=1)}
    if len(entries) < len(cases):
        raise NotWorksheets(_("Two cases have the same id; give each its own."))
    read: dict[str, Case] = {}
    answers: Answers = {}
    for name, entry in entries.items():
        try:
            read[name] = read_case(Entry.of("", entry))
        except WorksheetRefused as refusal:
            answers[name] = {"error": {"field": refusal.field, "message": str(refusal)}}
    for name, sheet in zip(read, Replay().play(list(read.values())), strict=True):
        answers[name] = _answer(sheet)
    return {name: answers[name] for name in entries}


def replay_file(path: Path) -> int:
    """Replay a file of cases and print; the result is the exit status (see `Exit`)."""
    try:
        answers = replay(_read(path))
    except NotWorksheets as refusal:
        sys.stderr.write(f"{refusal}\n")
        return Exit.UNJUDGED
    sys.stdout.write(json.dumps(answers, ensure_ascii=False, indent=1) + "\n")
    status = Exit.DONE
    for name, answer in answers.items():
        if "error" in answer:
            sys.stderr.write(_say(name, answer["error"]))
            status = Exit.UNJUDGED
        for run, result in answer.items():
            if run != "error" and "error" in result:
                sys.stderr.write(_say(f"{name} {run}", result["error"]))
                status = max(status, Exit.WRONG)
    return status


def _say(where: str, error: Mapping[str, str]) -> str:
    sentence = _("Case %(case)s: %(message)s") % {"case": where, "message": error["message"]}
    return f"{sentence}\n"


def _case_id(number: int, case: object) -> str:
    name = case.get("id") if isinstance(case, dict) else None
    if not isinstance(name, str) or not name:
        raise NotWorksheets(_("Case number %(number)d has no id.") % {"number": number})
    return name


def _answer(sheet: Sheet) -> dict[str, Any]:
    return {
        run.name: {"error": _stop(sheet.stops[run.name])}
        if run.name in sheet.stops
        else sheet.answers[run.name]
        for run in sheet.case.runs
    }


def _stop(refusal: DomainError) -> dict[str, str]:
    parameter = refusal.parameter if isinstance(refusal, RateMissing) else {}
    return {**parameter, "message": str(refusal)}


def _read(path: Path) -> list[object]:
    try:
        cases = json.loads(path.read_bytes().decode("utf-8-sig"), object_pairs_hook=_object)
    except OSError as fault:
        raise NotWorksheets(
            _("The file %(path)s cannot be read: it is not there, or not yours to read.")
            % {"path": path}
        ) from fault
    except (ValueError, RecursionError) as fault:
        raise NotWorksheets(
            _("The file %(path)s is not JSON in UTF-8.") % {"path": path}
        ) from fault
    if not isinstance(cases, list):
        raise NotWorksheets(_("The file %(path)s does not hold a list of cases.") % {"path": path})
    return cases


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are told apart; a repeated name would silently lose a value."""
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotWorksheets(_("The name “%(name)s” stands twice in one object.") % {"name": twice})
    return values

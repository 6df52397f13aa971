import ast
from collections.abc import Iterator
from pathlib import Path

from huiju.desk.enums import ACTION_WORDS, OWN_DECISIONS
from huiju.directory.enums import ACTIONS

SOURCE = Path(__file__).resolve().parents[2]


def recorded_actions() -> Iterator[str]:
    """Texts that the product hands to the audit trail as what was done."""
    for path in SOURCE.rglob("*.py"):
        if {"tests", "migrations"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg in {"action", "logged"}:
                yield from texts(node.value)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "action":
                yield from texts(node.value)


def texts(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def test_every_recorded_action_has_words():
    asked = {action for actions in ACTIONS.values() for action in actions}
    recorded = {text for text in recorded_actions() if "." in text and not text.endswith("_")}

    assert recorded - asked - set(ACTION_WORDS) == set()


def test_own_decisions_are_recorded_actions():
    assert set(OWN_DECISIONS) - set(ACTION_WORDS) == set()

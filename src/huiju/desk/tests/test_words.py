import ast
from collections.abc import Iterator
from pathlib import Path

from huiju.desk.enums import ACTION_WORDS, OWN_DECISIONS
from huiju.directory.enums import ACTIONS
from huiju.registry.services.accounts import ACCOUNTS
from huiju.registry.services.deaths import DEATHS
from huiju.registry.services.leaves import LEAVES

SOURCE = Path(__file__).resolve().parents[2]
PAY_FACTS = (ACCOUNTS, DEATHS, LEAVES)


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
    """Whole texts; parts of a text put together at run time are left out."""
    if isinstance(node, ast.JoinedStr):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for part in ast.iter_child_nodes(node):
        yield from texts(part)


def test_every_recorded_action_has_words():
    asked = {action for actions in ACTIONS.values() for action in actions}
    recorded = {text for text in recorded_actions() if "." in text and not text.endswith("_")}

    assert recorded - asked - set(ACTION_WORDS) == set()


def test_every_action_on_a_pay_fact_has_words():
    verbs = ("recorded", "corrected", "withdrawn", "rows_taken")
    recorded = {f"registry.{kind.word}_{verb}" for kind in PAY_FACTS for verb in verbs}

    assert recorded - set(ACTION_WORDS) == set()


def test_own_decisions_are_recorded_actions():
    assert set(OWN_DECISIONS) - set(ACTION_WORDS) == set()

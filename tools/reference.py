"""Write docs/reference from the code; `--check` fails when a page there is out of date."""

import importlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
NOTE = "Written by `make docs` from the code; do not edit.\n"


def permissions() -> str:
    """Role × action."""
    from huiju.directory.enums import ACTIONS, SEES_PEOPLE, Role

    actions = sorted(set().union(*ACTIONS.values()))
    lines = [
        "# Permissions",
        "",
        NOTE,
        "What each role may do inside the places it was granted.",
        "",
    ]
    lines.append("| action | " + " | ".join(Role.values) + " |")
    lines.append("|---|" + "---|" * len(Role.values))
    for action in actions:
        marks = ["✔" if action in ACTIONS[role] else "" for role in Role.values]
        lines.append(f"| `{action}` | " + " | ".join(marks) + " |")
    reach = ", ".join(sorted(SEES_PEOPLE))
    return "\n".join([*lines, "", f"Roles whose reach covers people's records: {reach}.", ""])


def personal_data() -> str:
    """Model × personal field, and whose row it is."""
    from django.apps import apps

    lines = [
        "# Personal data",
        "",
        NOTE,
        "| model | personal fields | who sees a row |",
        "|---|---|---|",
    ]
    for model in sorted(apps.get_models(), key=lambda m: m._meta.label):
        if privacy := getattr(model, "Privacy", None):
            declared = vars(getattr(model, "Reach", type("None", (), {})))
            reach = [f"{k}: {v}" for k, v in declared.items() if not k.startswith("_")]
            fields = ", ".join(sorted(privacy.personal)) or "–"
            lines.append(f"| {model._meta.label} | {fields} | {'; '.join(reach) or '–'} |")
    return "\n".join([*lines, ""])


def states() -> str:
    """Each table of moves as a diagram."""
    lines = ["# States", "", NOTE]
    for path in sorted((ROOT / "src" / "huiju").glob("*/enums.py")):
        module = importlib.import_module(f"huiju.{path.parent.name}.enums")
        for name, moves in sorted(vars(module).items()):
            if name.endswith("MOVES") and isinstance(moves, Mapping):
                lines += [f"## {path.parent.name}: {name}", "", "```mermaid", "stateDiagram-v2"]
                for now, later in moves.items():
                    lines += [f"  {now} --> {then}" for then in sorted(later)]
                lines += ["```", ""]
    return "\n".join(lines)


def figures() -> str:
    """The catalogue of publishable figures."""
    from huiju.statistics.catalogue import FIGURES

    lines = [
        "# Figures",
        "",
        NOTE,
        "| code | title | unit | by | definition |",
        "|---|---|---|---|---|",
    ]
    for code, figure in sorted(FIGURES.items()):
        by = ", ".join(figure.by)
        lines.append(f"| `{code}` | {figure.title} | {figure.unit} | {by} | {figure.definition} |")
    return "\n".join([*lines, ""])


PAGES = {
    "permissions.md": permissions,
    "personal-data.md": personal_data,
    "states.md": states,
    "figures.md": figures,
}


def main(words: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiju.config.settings_test")
    import django
    from django.utils import translation

    django.setup()
    stale = []
    with translation.override("zh-hans"):
        for name, page in PAGES.items():
            path, text = REFERENCE / name, page()
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
                if "--check" not in words:
                    path.write_text(text, encoding="utf-8")
    if stale and "--check" in words:
        print("docs/reference 过时了，请运行 make docs：", *stale)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The banks' templates, as they lie in `data/banks/`: one description a file."""

import json
from functools import cache
from pathlib import Path

from huiju.allowances.rules.bank import Template, template_from

FOLDER = Path(__file__).resolve().parents[1] / "data" / "banks"


@cache
def bank_templates() -> tuple[Template, ...]:
    """Every template, by code."""
    described = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))
    ]
    return tuple(template_from(each) for each in described)


def bank_template(code: str) -> Template:
    """The template of a code. Raises KeyError for one that is not there."""
    return {template.code: template for template in bank_templates()}[code]

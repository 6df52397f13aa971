"""Reading worksheet files: every value is checked, and a wrong one is named by case and field."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from huiju.kernel.errors import DomainError
from huiju.kernel.periods import Month

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MONTH = re.compile(r"\d{4}-\d{2}")
LARGEST_FEN = 10**12

C = TypeVar("C", bound=TextChoices)


def shown(value: object) -> str:
    """A wrong value as it stands in the file, shortened."""
    return json.dumps(value, ensure_ascii=False)[:80]


class WorksheetRefused(DomainError):
    """A case cannot be judged; the text names the field and says what is wrong with it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(_("Field %(field)s: %(problem)s") % {"field": field, "problem": problem})
        self.field = field


@dataclass(frozen=True)
class Entry:
    """One object of the file, and the path that names it in messages."""

    path: str
    values: dict[str, Any]

    @classmethod
    def of(cls, path: str, value: object) -> "Entry":
        if not isinstance(value, dict):
            raise WorksheetRefused(path, _("an object in braces is expected here."))
        return cls(path, value)

    def name(self, field: str) -> str:
        return f"{self.path}.{field}" if self.path else field

    def refuse(self, field: str, problem: str) -> WorksheetRefused:
        return WorksheetRefused(self.name(field), problem)

    def only(self, fields: Iterable[str]) -> None:
        """Refuse a field that is not one of these; a null says nothing and is let be."""
        for field in sorted(set(self.values) - set(fields)):
            if self.values[field] is not None:
                raise self.refuse(field, _("this field is not supported."))

    def has(self, field: str) -> bool:
        return self.values.get(field) is not None

    def required(self, field: str) -> Any:
        if field not in self.values:
            raise self.refuse(field, _("the field is missing."))
        return self.values[field]

    def entry(self, field: str) -> "Entry":
        return Entry.of(self.name(field), self.required(field))

    def entries(self, field: str) -> list["Entry"]:
        rows = self.required(field)
        if not isinstance(rows, list):
            raise self.refuse(field, _("a list is expected here."))
        return [Entry.of(f"{self.name(field)}[{n}]", row) for n, row in enumerate(rows, start=1)]

    def text(self, field: str) -> str:
        value = self.required(field)
        if not isinstance(value, str) or not value:
            raise self.refuse(field, _("a text is expected here."))
        return value

    def open_text(self, field: str) -> str | None:
        return self.text(field) if self.has(field) else None

    def texts(self, field: str) -> list[str]:
        value = self.required(field)
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self.refuse(field, _("a list of texts is expected here."))
        if len(set(value)) < len(value):
            raise self.refuse(field, _("a name stands here twice."))
        return value

    def flag(self, field: str) -> bool:
        value = self.values.get(field, False)
        if not isinstance(value, bool):
            raise self.refuse(field, _("true or false is expected here."))
        return value

    def whole(self, field: str, least: int, most: int) -> int:
        value = self.required(field)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.refuse(
                field,
                _("a whole number from %(least)d to %(most)d is expected, not %(value)s.")
                % {"least": least, "most": most, "value": shown(value)},
            )
        return value

    def fen(self, field: str) -> int:
        return self.whole(field, 0, LARGEST_FEN)

    def day(self, field: str) -> date:
        value = self.required(field)
        try:
            if isinstance(value, str) and DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise self.refuse(
            field,
            _("a day such as 2025-01-31 is expected, not %(value)s.") % {"value": shown(value)},
        )

    def open_day(self, field: str) -> date | None:
        return self.day(field) if self.has(field) else None

    def month(self, field: str) -> Month:
        value = self.required(field)
        try:
            if isinstance(value, str) and MONTH.fullmatch(value):
                return Month.parse(value)
        except ValueError:
            pass
        raise self.refuse(
            field,
            _("a month such as 2025-01 is expected, not %(value)s.") % {"value": shown(value)},
        )

    def choice(self, field: str, choices: type[C]) -> C:
        value = self.required(field)
        if not isinstance(value, str) or value not in choices.values:
            raise self.refuse(
                field,
                _("%(value)s is not supported; supported are %(choices)s.")
                % {"value": shown(value), "choices": ", ".join(choices.values)},
            )
        return choices(value)

    def open_choice(self, field: str, choices: type[C]) -> C | None:
        return self.choice(field, choices) if self.has(field) else None

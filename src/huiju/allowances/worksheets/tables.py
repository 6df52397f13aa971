"""The facts of a run as rows of the rules' tables, with integers for names."""

from collections.abc import Iterator
from typing import Any

from huiju.allowances.enums import LEVEL_RANKS
from huiju.allowances.rules import calendar, months_computed
from huiju.allowances.worksheets.cases import WHOLE_CITY, Case, Run
from huiju.allowances.worksheets.knowledge import Knowledge

Row = dict[str, Any]


class Names:
    """Names as the integers the rules work with."""

    def __init__(self) -> None:
        self.names: list[Any] = []
        self.numbers: dict[Any, int] = {}

    def number(self, name: Any) -> int:
        if name not in self.numbers:
            self.numbers[name] = len(self.names)
            self.names.append(name)
        return self.numbers[name]


class FactRows:
    """Writes the facts known at the runs of several schemes; equal names in two schemes stay apart."""

    def __init__(self, people: Names, districts: Names) -> None:
        self.people, self.districts = people, districts

    def months(self, scheme: int, case: Case, run: Run) -> list[Row]:
        months = months_computed(case.policy, run.month)
        return [{"scheme": scheme, **vars(month)} for month in calendar(case.policy, months)]

    def certificates(self, scheme: int, known: Knowledge) -> Iterator[Row]:
        for ref, (person, fact) in enumerate(known.about_people("cert")):
            yield {
                "person": self.people.number((scheme, person)),
                "level": LEVEL_RANKS[fact.says["level"]],
                "starts_on": fact.says["date"],
                "ends_on": fact.says["revoked_on"],
                "cert_ref": ref,
            }

    def posts(self, scheme: int, known: Knowledge) -> Iterator[Row]:
        for ref, (person, fact) in enumerate(known.about_people("post")):
            yield {
                "scheme": scheme,
                "person": self.people.number((scheme, person)),
                "district": self.districts.number(fact.says["district"]),
                **vars(fact.period()),
                "post_ref": ref,
            }

    def leaves(self, scheme: int, known: Knowledge) -> Iterator[Row]:
        for person, fact in known.about_people("leave"):
            yield {"person": self.people.number((scheme, person)), **vars(fact.period())}

    def rates(self, scheme: int, known: Knowledge) -> Iterator[Row]:
        for ref, fact in enumerate(known.facts):
            if fact.type == "rate":
                district = fact.says["district"]
                everywhere = district == WHOLE_CITY
                yield {
                    "scheme": scheme,
                    "level": LEVEL_RANKS[fact.says["level"]],
                    "district": None if everywhere else self.districts.number(district),
                    **vars(fact.period()),
                    "rate_fen": fact.says["amount"],
                    "rate_ref": ref,
                }

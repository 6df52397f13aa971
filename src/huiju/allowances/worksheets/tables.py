"""The facts of a run as rows of the rules' tables, with integers for names."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from huiju.allowances.enums import LEVEL_RANKS, Circumstance
from huiju.allowances.rules import PLAIN, Terms, calendar, months_computed
from huiju.allowances.rules.facts import CIRCUMSTANCES
from huiju.allowances.worksheets.cases import WHOLE_CITY, Case, Fact, Run
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

    def certificates(
        self, scheme: int, known: Knowledge, ranks: dict[str, int] = LEVEL_RANKS
    ) -> Iterator[Row]:
        for ref, (person, fact) in enumerate(known.about_people("cert")):
            yield {
                "person": self.people.number((scheme, person)),
                "level": ranks[fact.says["level"]],
                "starts_on": fact.says["date"],
                "ends_on": fact.says["revoked_on"],
                "cert_ref": ref,
            }

    def posts(self, scheme: int, known: Knowledge, terms: Terms = PLAIN) -> Iterator[Row]:
        for ref, (person, fact) in enumerate(known.about_people("post")):
            if terms.employer_kinds and fact.says["employer_kind"] not in terms.employer_kinds:
                continue
            if terms.establishment and fact.says["establishment"] != terms.establishment:
                continue
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

    def rates(
        self, scheme: int, known: Knowledge, ranks: dict[str, int] = LEVEL_RANKS
    ) -> Iterator[Row]:
        for ref, fact in enumerate(known.facts):
            if fact.type == "rate":
                district = fact.says["district"]
                everywhere = district == WHOLE_CITY
                yield {
                    "scheme": scheme,
                    "level": ranks[fact.says["level"]],
                    "district": None if everywhere else self.districts.number(district),
                    **vars(fact.period()),
                    "rate_fen": fact.says["amount"],
                    "rate_ref": ref,
                }

    def circumstances(self, scheme: int, case: Case, known: Knowledge) -> Iterator[Row]:
        """Facts only some shapes ask for; a band speaks of a district, an index of the year after its own."""
        for ref, fact in enumerate(known.facts):
            row: Row = {"scheme": scheme, "kind": fact.type, "ref": ref}
            if fact.type == "band":
                district = self.districts.number(fact.says["district"])
                row |= {"kind": Circumstance.INDEX, "code": "band", "amount_fen": fact.says["pct"]}
                yield blank(row | {"district": district})
            elif fact.type == Circumstance.INDEX:
                year = fact.says["year"] + 1
                row |= {"starts_on": date(year, 1, 1), "ends_on": date(year + 1, 1, 1)}
                yield blank(row | {"code": fact.says["index"], "amount_fen": fact.says["amount"]})
            elif fact.type in Circumstance.values:
                person = known.identities.of(fact.says["person"])
                if person not in known.held:
                    yield self._circumstance(row, fact, (scheme, person), case)

    def _circumstance(self, row: Row, fact: Fact, who: tuple[int, str], case: Case) -> Row:
        says = fact.says
        first = next(iter(says))
        row |= {"person": self.people.number(who), "code": says[first]}
        if "from" in says:
            row |= vars(fact.period())
        else:
            row |= {"starts_on": says["date"]}
        if says.get("district"):
            row["district"] = self.districts.number(says["district"])
        if "level" in says:
            row["level"] = case.ranks[says["level"]]
        return blank(row | {"amount_fen": says.get("amount")})


def blank(row: Row) -> Row:
    """The row with a null for what it does not say."""
    return {name: row.get(name) for name in CIRCUMSTANCES.names}

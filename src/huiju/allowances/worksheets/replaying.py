"""Replaying cases: the first run of every case, then the second of every case, and so on.

Cases are independent, so the runs of one round are computed together: each case is a scheme of its own
to the rules.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from huiju.allowances.enums import Shape
from huiju.allowances.rules import Policy, Terms, months_computed
from huiju.allowances.rules.computing import Computer, Rows
from huiju.allowances.rules.shapes.payers import shares
from huiju.allowances.rules.statements import statement_policy
from huiju.allowances.worksheets.cases import Case, Run
from huiju.allowances.worksheets.knowledge import (
    Knowledge,
    Line,
    MergedInCircle,
    Payment,
    knowledge_at,
)
from huiju.allowances.worksheets.tables import FactRows, Names, Row
from huiju.kernel.errors import DomainError

Answer = dict[str, Any]
Kind = tuple[Policy, Shape, Terms]


class RateMissing(DomainError):
    """A run needs a rate on a day on which none is in force."""

    def __init__(self, level: str, district: str, on: date) -> None:
        super().__init__(
            _(
                "Parameter rate (level %(level)s, %(district)s) has no value in force on %(on)s."
                " The run stopped and kept nothing; record the rate and run it again."
            )
            % {"level": level, "district": district, "on": on}
        )
        self.parameter = {"parameter": "rate", "level": level, "district": district, "on": str(on)}


@dataclass
class Sheet:
    """A case being replayed: what its runs have posted so far, and what they answered."""

    number: int
    case: Case
    lines: list[Line] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    stops: dict[str, DomainError] = field(default_factory=dict)


@dataclass
class Turn:
    """One run of one sheet: what is known at it, and what it posts."""

    sheet: Sheet
    run: Run
    knowledge: Knowledge
    lines: list[Line] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)

    @property
    def policy(self) -> Policy:
        return self.sheet.case.policy

    def debts(self) -> Counter[str]:
        """What each person owed before the run, by the payments that stand."""
        debts: Counter[str] = Counter()
        for payment in filter(self.knowledge.stands, self.sheet.payments):
            debts[self.knowledge.identities.of(payment.person)] += payment.debt_growth_fen
        return debts

    def posted(self) -> list[tuple[str, Line]]:
        """The standing lines of the months and people it computes, each with its person."""
        months = {month.first_day for month in months_computed(self.policy, self.run.month)}
        standing = filter(self.knowledge.stands, self.sheet.lines)
        lines = [(self.knowledge.identities.of(line.person), line) for line in standing]
        held = self.knowledge.held
        return [(who, line) for who, line in lines if line.month in months and who not in held]

    def finish(self) -> None:
        """Keep what was posted, and answer for every person of the case."""
        debts = self.debts()
        self.sheet.lines += self.lines
        self.sheet.payments += self.payments
        paid = {payment.person: payment for payment in self.payments}
        nothing = Payment(self.run.name, "", 0, 0)
        self.sheet.answers[self.run.name] = {
            person: {
                "lines": self._lines_of(person),
                "pay": paid.get(person, nothing).pay_fen,
                "debt": debts[person] + paid.get(person, nothing).debt_growth_fen,
                **self._payers(person),
            }
            for person in self.sheet.case.people
        }

    def _lines_of(self, person: str) -> list[list[Any]]:
        own = [line for line in self.lines if line.person == person]
        return sorted([f"{line.month:%Y-%m}", line.district, line.amount_fen] for line in own)

    def _payers(self, person: str) -> Answer:
        """Where the terms name payers: what each of them bears of the person's lines."""
        terms = self.sheet.case.terms
        if not terms.payers:
            return {}
        borne: Counter[str] = Counter()
        for line in (line for line in self.lines if line.person == person):
            borne.update(shares(line.amount_fen, line.district, terms))
        return {"payers": dict(sorted(borne.items()))}


class Replay:
    """Plays rounds of turns, and keeps the integers by which the rules know the names."""

    def __init__(self) -> None:
        self.computer = Computer()
        self.people, self.districts = Names(), Names()
        self.rows = FactRows(self.people, self.districts)

    def play(self, cases: list[Case]) -> list[Sheet]:
        """Every run of every case, in order; the sheets hold the answers, or why a run was stopped."""
        sheets = [Sheet(number, case) for number, case in enumerate(cases)]
        # a ceiling is used up in the order of districts, whatever cases are computed together
        said = {fact.says.get("district") for case in cases for fact in case.facts}
        for district in sorted(name for name in said if name):
            self.districts.number(district)
        for round_of_runs in zip_longest(*(sheet.case.runs for sheet in sheets)):
            pairs = zip(sheets, round_of_runs, strict=True)
            self._play_round([(sheet, run) for sheet, run in pairs if run is not None])
        return sheets

    def _play_round(self, pairs: list[tuple[Sheet, Run]]) -> None:
        turns = list(filter(None, (self._begin(sheet, run) for sheet, run in pairs)))
        due = self._due(turns)
        going = {turn.sheet.number: turn for turn in self._not_stopped(turns, due)}
        posted = [row for turn in going.values() for row in self._posted_rows(turn)]
        standing = [row for row in due if row["scheme"] in going]
        lines = self.computer.differences(standing, posted)
        for row in lines:
            going[row["scheme"]].lines.append(self._line(going[row["scheme"]], row))
        self._settle(going, lines)
        for turn in going.values():
            turn.finish()

    def _begin(self, sheet: Sheet, run: Run) -> Turn | None:
        try:
            return Turn(sheet, run, knowledge_at(sheet.case, run))
        except MergedInCircle as refusal:
            sheet.stops[run.name] = refusal
            return None

    def _due(self, turns: list[Turn]) -> list[Row]:
        """What is due in all turns, computed together where the policies make one statement."""
        groups: dict[Kind, Rows] = defaultdict(lambda: defaultdict(list))
        for turn in turns:
            case, known, scheme = turn.sheet.case, turn.knowledge, turn.sheet.number
            tables = groups[statement_policy(case.policy), case.shape, case.terms]
            tables["months"] += self.rows.months(scheme, case, turn.run)
            tables["certificates"] += self.rows.certificates(scheme, known, case.ranks)
            tables["posts"] += self.rows.posts(scheme, known, case.terms)
            tables["leaves"] += self.rows.leaves(scheme, known)
            tables["rates"] += self.rows.rates(scheme, known, case.ranks)
            tables["circumstances"] += self.rows.circumstances(scheme, case, known)
        return [
            row
            for (policy, shape, terms), tables in groups.items()
            for row in self.computer.due(policy, tables, shape, terms)
        ]

    def _not_stopped(self, turns: list[Turn], due: list[Row]) -> list[Turn]:
        """The turns in which every rate was found; the others are told the first one missing."""
        unrated = [row for row in due if row["unrated_on"] is not None]
        missing: dict[int, RateMissing] = {}
        for row in sorted(
            unrated, key=lambda row: (row["unrated_on"], row["level"], row["person"])
        ):
            level = self._level(turns, row)
            refusal = RateMissing(level, self.districts.names[row["district"]], row["unrated_on"])
            missing.setdefault(row["scheme"], refusal)
        for turn in turns:
            if turn.sheet.number in missing:
                turn.sheet.stops[turn.run.name] = missing[turn.sheet.number]
        return [turn for turn in turns if turn.sheet.number not in missing]

    def _level(self, turns: list[Turn], row: Row) -> str:
        case = next(turn.sheet.case for turn in turns if turn.sheet.number == row["scheme"])
        return next(name for name, rank in case.ranks.items() if rank == row["level"])

    def _posted_rows(self, turn: Turn) -> list[Row]:
        return [
            {
                "scheme": turn.sheet.number,
                "person": self.people.number((turn.sheet.number, person)),
                "month": line.month,
                "district": self.districts.number(line.district),
                "amount_fen": line.amount_fen,
            }
            for person, line in turn.posted()
        ]

    def _line(self, turn: Turn, row: Row) -> Line:
        return Line(
            run=turn.run.name,
            person=self.people.names[row["person"]][1],
            month=row["month"],
            district=self.districts.names[row["district"]],
            amount_fen=row["amount_fen"],
        )

    def _settle(self, going: dict[int, Turn], lines: list[Row]) -> None:
        recoveries = [
            {"scheme": number, "recovery_pct": turn.policy.recovery_pct}
            for number, turn in going.items()
        ]
        owed = {
            self.people.number((number, person)): (number, debt_fen)
            for number, turn in going.items()
            for person, debt_fen in turn.debts().items()
            if person not in turn.knowledge.held
        }
        debts = [
            {"scheme": number, "person": person, "debt_fen": debt_fen}
            for person, (number, debt_fen) in owed.items()
        ]
        for row in self.computer.settlement(lines, debts, recoveries):
            turn = going[row["scheme"]]
            before = owed.get(row["person"], (0, 0))[1]
            person = self.people.names[row["person"]][1]
            growth = row["debt_fen"] - before
            turn.payments.append(Payment(turn.run.name, person, row["pay_fen"], growth))

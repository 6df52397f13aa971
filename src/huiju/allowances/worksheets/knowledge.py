"""What the office knows at a run: who is whom, whom it holds back, what the bank returned."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from huiju.allowances.worksheets.cases import Case, Fact, Run
from huiju.kernel.errors import DomainError


class MergedInCircle(DomainError):
    """People are merged into one another in a circle, so no one of them is the person."""

    def __init__(self, person: str) -> None:
        super().__init__(
            _("The merges of %(person)s lead back to the same person; void one of them.")
            % {"person": person}
        )


@dataclass(frozen=True)
class Line:
    """A line as it was posted, under the name the person had in that run."""

    run: str
    person: str
    month: date
    district: str
    amount_fen: int


@dataclass(frozen=True)
class Payment:
    """What a run paid a person, and by how much the person's debt grew in it."""

    run: str
    person: str
    pay_fen: int
    debt_growth_fen: int


class Identities:
    """A merged person is the one they were merged into, at the end of the chain.

    Of two merges of one person the one recorded last counts. Raises MergedInCircle.
    """

    def __init__(self, known: Iterable[Fact]) -> None:
        merges = [fact.says for fact in known if fact.type == "merge"]
        self.into = {merge["from_person"]: merge["into_person"] for merge in merges}
        for person in self.into:
            self.of(person)

    def of(self, person: str) -> str:
        passed = {person}
        while person in self.into:
            person = self.into[person]
            if person in passed:
                raise MergedInCircle(person)
            passed.add(person)
        return person


@dataclass(frozen=True)
class Knowledge:
    """The facts known at a run, with the person each speaks of."""

    facts: list[Fact]
    identities: Identities
    held: frozenset[str]
    returned: frozenset[tuple[str, str]]

    def about_people(self, kind: str) -> list[tuple[str, Fact]]:
        """The facts of one type about people for whom the run computes, oldest knowledge first."""
        facts = [(self.identities.of(f.says["person"]), f) for f in self.facts if f.type == kind]
        return [(person, fact) for person, fact in facts if person not in self.held]

    def stands(self, posted: Line | Payment) -> bool:
        """Whether something posted was not sent back by the bank."""
        return (self.identities.of(posted.person), posted.run) not in self.returned


def knowledge_at(case: Case, run: Run) -> Knowledge:
    """What is known at the end of the run's day. Raises MergedInCircle."""
    known = case.known(run.on)
    one = Identities(known)
    holds = [fact for fact in known if fact.type == "hold" and run.on in fact.period()]
    returns = [fact.says for fact in known if fact.type == "returned"]
    return Knowledge(
        facts=known,
        identities=one,
        held=frozenset(one.of(fact.says["person"]) for fact in holds),
        returned=frozenset((one.of(says["person"]), says["run"]) for says in returns),
    )

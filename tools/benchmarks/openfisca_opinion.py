"""The second opinion: the same allowance in OpenFisca-core, run in an environment of its own.

    openfisca_opinion.py FOLDER PEOPLE

The policy: whoever on the 15th holds a certificate, is in post and not on leave gets the month's rate of
the highest level, a district's own rate before the city's. Timed: the pivot of facts into monthly arrays, which
OpenFisca asks of its user, and the calculation of twelve months; the least of three. Reading the
number files is not.
"""

import json
import sys
import time
from datetime import date
from pathlib import Path

import numpy
from openfisca_core.entities import Entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import MONTH
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

EPOCH = date(2000, 1, 1)
OWN_DISTRICT = 4

person = Entity("person", "persons", "A person in post", "")


class level(Variable):  # noqa: N801 -- OpenFisca names variables by their class
    value_type, entity, definition_period, default_value = int, person, MONTH, -1


class district(Variable):  # noqa: N801
    value_type, entity, definition_period, default_value = int, person, MONTH, -1


class allowance(Variable):  # noqa: N801
    value_type, entity, definition_period = int, person, MONTH

    def formula(people, period, parameters):  # noqa: N805 -- OpenFisca's signature
        held, where = people("level", period), people("district", period)
        rates = parameters(period).rates
        city = numpy.array([rates.city.l0, rates.city.l1, rates.city.l2])
        own = numpy.array([rates.own.l0, rates.own.l1, rates.own.l2])
        rate = numpy.where(where == OWN_DISTRICT, own[held], city[held])
        return numpy.where((held >= 0) & (where >= 0), rate, 0)


def system() -> TaxBenefitSystem:
    def since(day: str, fen: int, before: int = 0) -> dict:
        values = {"2014-01-01": {"value": before or fen}, day: {"value": fen}}
        return {"values": values}

    made = TaxBenefitSystem([person])
    city = {f"l{n}": since("2014-01-01", 20000 + 10000 * n) for n in range(3)}
    own = {f"l{n}": since("2025-07-01", 25000 + 10000 * n, 20000 + 10000 * n) for n in range(3)}
    made.parameters = ParameterNode("", data={"rates": {"city": city, "own": own}})
    made.add_variables(level, district, allowance)
    return made


def read(folder: Path, name: str) -> numpy.ndarray:
    return numpy.fromfile(folder / f"{name}.i64", dtype="<i8")


def pivot(facts: dict, people: int, on: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Level held and district of the post on a day for each person; -1 for none or on leave."""
    held = numpy.full(people, -1, dtype=numpy.int64)
    there = facts["certificates.starts_on"] <= on
    numpy.maximum.at(held, facts["certificates.person"][there], facts["certificates.level"][there])
    where = numpy.full(people, -1, dtype=numpy.int64)
    in_post = (facts["posts.starts_on"] <= on) & (on < facts["posts.ends_on"])
    where[facts["posts.person"][in_post]] = facts["posts.district"][in_post]
    away = (facts["leaves.starts_on"] <= on) & (on < facts["leaves.ends_on"])
    where[facts["leaves.person"][away]] = -1
    return held, where


def main(folder: Path, people: int) -> None:
    names = [path.name.removesuffix(".i64") for path in folder.glob("*.i64")]
    facts = {name: read(folder, name) for name in names}
    simulated = [simulation_of(facts, people) for _again in range(3)]
    print(
        json.dumps({"seconds": min(took for took, _sums in simulated), "by_month": simulated[0][1]})
    )


def simulation_of(facts: dict, people: int) -> tuple[float, dict[str, int]]:
    started = time.perf_counter()
    simulation = SimulationBuilder().build_default_simulation(system(), count=people)
    by_month = {}
    for number in range(1, 13):
        month = f"2025-{number:02d}"
        held, where = pivot(facts, people, (date(2025, number, 15) - EPOCH).days)
        simulation.set_input("level", month, held)
        simulation.set_input("district", month, where)
        by_month[month] = int(simulation.calculate("allowance", month).astype("int64").sum())
    seconds = time.perf_counter() - started
    return seconds, by_month


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

"""Schemes and computed months for tests."""

from datetime import UTC, date, datetime
from typing import Any

from huiju.allowances import services
from huiju.allowances.models import Run, RunLine, Scheme
from huiju.allowances.services import RunOrder
from huiju.directory.models import Place, User
from huiju.directory.tests.factories import make_user, place
from huiju.kernel.periods import Month
from huiju.policies.enums import Confidence, Unit, ValueState
from huiju.policies.models import Aspect, Document, Parameter, ParameterValue
from huiju.registry.tests.factories import make_person

AT = datetime(2015, 11, 2, 4, 0, tzinfo=UTC)
OCTOBER = Month(2015, 10)


def make_document() -> Document:
    aspect, _made = Aspect.objects.get_or_create(title="激励保障", defaults={"position": 3})
    document: Document = Document.objects.get_or_create(
        number="厦民〔2014〕1号",
        defaults={
            "title": "津贴办法",
            "issuer": "厦门市民政局",
            "year": 2014,
            "government": "city",
            "aspect": aspect,
            "confidence": Confidence.SECONDARY,
            "recorded_at": datetime(2014, 1, 2, tzinfo=UTC),
            "recorded_by": make_user(),
        },
    )[0]
    return document


def make_rate(level: str, fen: int, **fields: Any) -> ParameterValue:
    """A confirmed monthly rate of the test scheme for the whole city since 2014."""
    parameter, _made = Parameter.objects.get_or_create(
        code=f"test_allowance.rate.{level}",
        defaults={"name": f"津贴·{level}", "unit": Unit.FEN, "owner": "市民政局"},
    )
    defaults: dict[str, Any] = {
        "place": place("350200"),
        "starts_on": date(2014, 1, 1),
        "document": make_document(),
        "article": "第七条",
        "confidence": Confidence.SECONDARY,
        "state": ValueState.CONFIRMED,
        "proposed_at": datetime(2014, 1, 2, tzinfo=UTC),
        "recorded_at": datetime(2014, 1, 3, tzinfo=UTC),
    }
    people = {"proposed_by": make_user(), "decided_by": make_user()}
    made: ParameterValue = ParameterValue.objects.create(
        parameter=parameter, value=fen, **defaults | people | fields
    )
    return made


def make_scheme(*, rates: bool = True, **fields: Any) -> Scheme:
    """200 yuan for assistants and 300 for social workers in community posts, since 2014."""
    if rates:
        make_rate("assistant", 20000)
        make_rate("intermediate", 30000)
    defaults: dict[str, Any] = {
        "code": "test",
        "name": "社区在岗津贴",
        "shape": "monthly_by_level",
        "place": place("350200"),
        "first_month": date(2014, 1, 1),
        "employer_kinds": ["community"],
        "rate_code": "test_allowance.rate",
        "granularity": "month",
        "month_rule": "any_day",
        "level_pick": "highest",
        "cert_effect": "same_day",
        "post_effect": "same_day",
        "lookback_months": 12,
        "recovery_pct": 50,
        "confidence": Confidence.SECONDARY,
    }
    made: Scheme = Scheme.objects.create(**defaults | fields)
    return made


def compute(
    scheme: Scheme,
    month: Month = OCTOBER,
    *,
    at: datetime = AT,
    by: User | None = None,
    where: str = "350203",
) -> Run:
    """The run of a month in one district, made by its official."""
    by = by or make_user("district", where)
    order = RunOrder(scheme, [place(where)], month, at)
    run: Run = services.compute_runs(order=order, by=by, at=at)[0]
    return run


def make_run(**fields: Any) -> Run:
    """An empty draft of 思明区 for October 2015."""
    defaults = {"place": place(), "month": OCTOBER.first_day, "revision": 1, "known_at": AT}
    scheme = fields.pop("scheme", None) or make_scheme()
    made: Run = Run.objects.create(
        scheme=scheme, computed_by=make_user(), computed_at=AT, **defaults | fields
    )
    return made


def make_run_line(run: Run | None = None, **fields: Any) -> RunLine:
    """A correction of 200 yuan downwards in 思明区: it names no facts."""
    run = run or make_run()
    at: Place = run.place
    defaults = {"month": run.month, "place": at, "step_due_fen": 0, "step_posted_fen": 20000}
    person = fields.pop("person", None) or make_person()
    made: RunLine = RunLine.objects.create(
        run=run, person=person, **defaults | {"amount_fen": -20000} | fields
    )
    return made

"""Schemes and computed months for tests."""

import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from huiju.allowances import services
from huiju.allowances.models import (
    Finding,
    Funding,
    FundingLine,
    Hold,
    Notice,
    Objection,
    Payment,
    Recovery,
    Run,
    RunLine,
    RunStep,
    Scenario,
    Scheme,
)
from huiju.allowances.queries import digest_of_lines
from huiju.allowances.services import RunOrder
from huiju.budgets.models import Line
from huiju.budgets.tests.factories import make_line as make_budget_line
from huiju.directory.models import Place, User
from huiju.directory.tests.factories import make_user, place
from huiju.kernel.periods import Month
from huiju.policies.enums import Confidence, Unit, ValueState
from huiju.policies.models import Aspect, Document, Parameter, ParameterValue
from huiju.registry.tests.factories import make_account, make_person

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


def make_notice_days(days: int = 5) -> ParameterValue:
    """Lists are shown for five days in the whole city since 2014."""
    return make_days("allowance.notice_days", days)


def make_days(code: str, days: int) -> ParameterValue:
    """A number of days in force in the whole city since 2014."""
    parameter, _made = Parameter.objects.get_or_create(
        code=code, defaults={"name": code, "unit": Unit.DAY, "owner": "市民政局"}
    )
    made: ParameterValue = ParameterValue.objects.create(
        parameter=parameter,
        value=days,
        place=place("350200"),
        starts_on=date(2014, 1, 1),
        document=make_document(),
        confidence=Confidence.SECONDARY,
        state=ValueState.CONFIRMED,
        proposed_at=datetime(2014, 1, 2, tzinfo=UTC),
        recorded_at=datetime(2014, 1, 3, tzinfo=UTC),
        proposed_by=make_user(),
        decided_by=make_user(),
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


def make_step(run: Run, step: str, **fields: Any) -> RunStep:
    """A step of the run's round by somebody new, over its lines as they are."""
    digest = digest_of_lines(run)
    defaults = {"round": run.round, "at": AT, "digest": digest, "note": ""}
    by = fields.pop("by", None) or make_user()
    made: RunStep = RunStep.objects.create(run=run, step=step, by=by, **defaults | fields)
    return made


def make_reviewed_run(run: Run | None = None, **fields: Any) -> Run:
    """A run that lacks its last signature alone, as the database has it; no service was asked."""
    run = run or make_run(**fields)
    if not run.steps.filter(step="computed", round=run.round).exists():
        make_step(run, "computed", by=run.computed_by)
    for step in ("checked", "noticed"):
        make_step(run, step)
        _move(run, step)
    make_step(run, "reviewed")
    _move(run, "reviewed")
    return run


def make_approved_run(run: Run | None = None, *, people: Sequence[Any] = (), **fields: Any) -> Run:
    """An approved run that pays 200 yuan to each of these people who have an account."""
    run = make_reviewed_run(run, **fields)
    with transaction.atomic():
        for person in people:
            pay(run, person)
        approved(run)
    return run


def approved(run: Run) -> None:
    """The last signature, in the transaction that made the payments."""
    make_step(run, "approved")
    _move(run, "approved")


def make_payment(person: Any = None, **fields: Any) -> Payment:
    """A payment of 200 yuan that is due, in an approved run of its own."""
    account = fields.pop("account", None)
    person = person or (account.person if account else make_person())
    run = make_reviewed_run(fields.pop("run", None))
    with transaction.atomic():
        made = pay(run, person, account=account, **fields)
        approved(run)
    return made


def pay(run: Run, person: Any, **fields: Any) -> Payment:
    """A payment of a reviewed run, 200 yuan to the person's account; approve it in the same transaction."""
    if fields.get("state") == "no_account":
        fields["account"] = None
    else:
        known = fields.get("account") or person.accounts.order_by("-pk").first()
        fields["account"] = known or make_account(person)
    defaults: dict[str, Any] = {"amount_fen": 20000, "credit_fen": 20000, "taken_fen": 0}
    defaults |= {"debt_growth_fen": 0, "state": "due", "made_at": AT, "changed_at": AT}
    key = {name: getattr(run, name) for name in ("scheme", "place", "month", "revision")}
    by = make_user()
    made: Payment = Payment.objects.create(
        run=run, person=person, changed_by=by, **key | defaults | fields
    )
    return made


def _move(run: Run, state: str) -> None:
    run.state = state
    run.save(update_fields=["state"])


def make_notice(run: Run | None = None, **fields: Any) -> Notice:
    """Five days of notice from 2 November 2015."""
    run = run or make_run()
    defaults = {"round": run.round, "opens_on": date(2015, 11, 2), "closes_on": date(2015, 11, 6)}
    people = {"token": secrets.token_urlsafe(32), "published_by": make_user(), "published_at": AT}
    made: Notice = Notice.objects.create(run=run, **defaults | people | fields)
    return made


def make_objection(notice: Notice | None = None, **fields: Any) -> Objection:
    """Somebody says a neighbour has left."""
    about = fields.get("payment") or fields.get("recovery")
    if about is None:
        notice = notice or make_notice()
    where = notice.run.place if notice else about.place
    defaults = {"place": where, "text": "名单上有人已经离岗。", "made_at": AT}
    made: Objection = Objection.objects.create(notice=notice, **defaults | fields)
    return made


def make_debt(person: Any = None, fen: int = 20000, **fields: Any) -> Payment:
    """October, or a later month, took 200 yuan of September back from somebody and granted nothing."""
    person = person or make_person()
    scheme = fields.pop("scheme", None) or Scheme.objects.first() or make_scheme()
    month = OCTOBER.plus(Run.objects.count()).first_day
    run = fields.pop("run", None) or make_run(scheme=scheme, **{"month": month} | fields)
    make_run_line(run, person=person, month=date(2015, 9, 1), amount_fen=-fen, step_posted_fen=fen)
    make_reviewed_run(run)
    with transaction.atomic():
        nothing = {"amount_fen": 0, "credit_fen": 0, "debt_growth_fen": fen, "state": "paid"}
        made = pay(run, person, **nothing)
        approved(run)
    return made


def make_recovery(debt: Payment | None = None, **fields: Any) -> Recovery:
    """All of a debt asked back, objections until 9 November 2015; approved by somebody else where `state` says so."""
    debt = debt or make_debt()
    defaults: dict[str, Any] = {
        "person": debt.person,
        "scheme": debt.scheme,
        "place": debt.place,
        "amount_fen": debt.debt_growth_fen,
        "reason": "9月已离岗，多发一个月。",
        "objections_until": date(2015, 11, 9),
        "proposed_at": AT,
        "proposed_by": fields.pop("proposed_by", None) or make_user(),
    }
    if fields.get("state", "proposed") != "proposed":
        defaults |= {"decided_by": make_user(), "decided_at": AT, "words": "同意。"}
    made: Recovery = Recovery.objects.create(**defaults | fields)
    return made


def make_hold(person: Any = None, **fields: Any) -> Hold:
    """Nothing is computed for somebody from October 2015 on."""
    scheme = fields.pop("scheme", None) or make_scheme()
    defaults = {"starts_on": OCTOBER.first_day, "reason": "身份待核实", "placed_at": AT}
    made: Hold = Hold.objects.create(
        person=person or make_person(), scheme=scheme, placed_by=make_user(), **defaults | fields
    )
    return made


def make_finding(person: Any = None, **fields: Any) -> Finding:
    """思明区 has granted somebody two months after a death."""
    person = person or make_person()
    defaults: dict[str, Any] = {
        "kind": "death",
        "subject": f"{person.pk}",
        "place": place(),
        "detail": "2015-10、2015-11",
        "first_seen_at": AT,
    }
    made: Finding = Finding.objects.create(person=person, **defaults | fields)
    return made


def make_funding(scheme: Scheme | None = None, line: Line | None = None, **fields: Any) -> Funding:
    """One line of the district's budget of 2015 pays everything in 思明区."""
    where = fields.pop("place", None) or place()
    line = line or make_budget_line(government=where.code, amount_fen=100_000_000)
    defaults = {"year": line.fiscal_year.year, "recorded_by": make_user(), "recorded_at": AT}
    made: Funding = Funding.objects.create(
        scheme=scheme or make_scheme(), place=where, **defaults | fields
    )
    FundingLine.objects.create(funding=made, payer=line.payer, line=line)
    return made


def make_scenario(scheme: Scheme | None = None, **fields: Any) -> Scenario:
    """What 思明区 kept: 250 yuan for assistants from November 2015 on."""
    scheme = scheme or make_scheme()
    asked = {
        "scheme": scheme.code,
        "first_month": "2015-09",
        "recorded_until": "2015-10",
        "last_month": "2015-12",
        "rates": [{"level": "assistant", "from": "2015-11-01", "fen": 25000}],
    }
    defaults = {"name": "提高助理标准", "asked": asked, "total_fen": 0, "before_fen": 0}
    defaults |= {"digest": "0" * 64, "known_at": AT, "made_at": AT}
    made: Scenario = Scenario.objects.create(
        scheme=scheme,
        place=fields.pop("place", None) or place(),
        made_by=fields.pop("made_by", None) or make_user(),
        **defaults | fields,
    )
    return made

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from django_tables2 import A

from huiju.budgets import queries
from huiju.budgets.enums import STAGE_STEPS, Account, ConsentState
from huiju.budgets.forms import LINE_STEPS, LineFilterForm, PeriodFilterForm, PlanForm
from huiju.budgets.listings import amounts_of
from huiju.budgets.models import Line, Posting
from huiju.budgets.permissions import (
    may_change,
    may_manage_somewhere,
    may_request_override,
    may_spend,
)
from huiju.budgets.views.previewing import answered
from huiju.directory.access import change, page, reader
from huiju.kernel import clock, money
from huiju.ui import tables

YEAR_KINDS = {"planning": "wait", "open": "good", "closed": ""}
CONSENT_KINDS = {"requested": "wait", "approved": "good", "refused": "bad", "withdrawn": ""}


def bar(budget: int, paid: int, due: int, committed: int) -> SafeString:
    """A quiet bar of what is paid, due and committed; the numbers stand beside it."""
    shares = [max(0, 100 * fen // budget) if budget > 0 else 0 for fen in (paid, due, committed)]
    return format_html(
        '<span class="stage-bar" aria-hidden="true"><i style="width:{}%"></i><i style="width:{}%"></i>'
        '<i style="width:{}%"></i></span>',
        *shares,
    )


class LineTable(tables.ListTable):
    year = tables.Column(
        verbose_name=gettext_lazy("Fiscal year"),
        accessor="fiscal_year__year",
        attrs=tables.UNBROKEN,
    )
    name = tables.Column(
        verbose_name=gettext_lazy("Budget line"), linkify=("budgets:line", [A("pk")])
    )
    payer = tables.Column(
        verbose_name=gettext_lazy("Payer"), order_by=("payer__place__path", "payer__kind")
    )
    place = tables.Column(verbose_name=gettext_lazy("Serves"), order_by=("place__path",))
    subject = tables.Column(
        verbose_name=gettext_lazy("Budget subject"), order_by=("subject__code",)
    )
    budget_fen = tables.MoneyColumn(verbose_name=gettext_lazy("Budget"), total=True)
    available_fen = tables.MoneyColumn(verbose_name=gettext_lazy("Available"), total=True)
    committed_fen = tables.MoneyColumn(verbose_name=gettext_lazy("Committed"), total=True)
    due_fen = tables.MoneyColumn(verbose_name=gettext_lazy("Payable"), total=True)
    paid_fen = tables.MoneyColumn(verbose_name=gettext_lazy("Paid"), total=True)
    used = tables.Column(verbose_name=gettext_lazy("Progress"), accessor="pk", orderable=False)

    def render_used(self, record: Any) -> SafeString:
        return bar(record.budget_fen, record.paid_fen, record.due_fen, record.committed_fen)


class ChangeTable(tables.ListTable):
    on = tables.date_column(
        verbose_name=gettext_lazy("Day"),
        accessor="entry__on",
        linkify=lambda record: reverse("budgets:entry", args=[record.entry_id]),
    )
    kind = tables.Column(
        verbose_name=gettext_lazy("What was done"),
        accessor="entry__get_kind_display",
        orderable=False,
    )
    line = tables.Column(
        verbose_name=gettext_lazy("Budget line"),
        linkify=lambda record: reverse("budgets:line", args=[record.line_id]),
        orderable=False,
    )
    payer = tables.Column(
        verbose_name=gettext_lazy("Payer"), accessor="line__payer", orderable=False
    )
    account = tables.Column(verbose_name=gettext_lazy("Stage of money"), orderable=False)
    before = tables.Column(
        verbose_name=gettext_lazy("Before"),
        accessor="pk",
        orderable=False,
        attrs=tables.MoneyColumn.attrs,
    )
    amount_fen = tables.Column(
        verbose_name=gettext_lazy("Change"), orderable=False, attrs=tables.MoneyColumn.attrs
    )
    after = tables.Column(
        verbose_name=gettext_lazy("After"),
        accessor="pk",
        orderable=False,
        attrs=tables.MoneyColumn.attrs,
    )
    by = tables.Column(verbose_name=gettext_lazy("By"), accessor="entry__by", orderable=False)
    recorded_at = tables.date_column(
        verbose_name=gettext_lazy("Recorded"), accessor="entry__recorded_at"
    )
    memo = tables.Column(
        verbose_name=gettext_lazy("Reason"), accessor="entry__memo", orderable=False
    )
    document = tables.Column(
        verbose_name=gettext_lazy("Document"), accessor="entry__document", orderable=False
    )

    def render_account(self, record: Posting) -> str:
        return str(Account(record.account).label)

    def render_before(self, record: Posting) -> str:
        return money.yuan(amounts_of(record)[0])

    def render_amount_fen(self, record: Posting) -> str:
        fen = amounts_of(record)[1]
        return f"+{money.yuan(fen)}" if fen > 0 else money.yuan(fen)

    def render_after(self, record: Posting) -> str:
        return money.yuan(amounts_of(record)[2])


@page("budgets.view")
def lines(request: HttpRequest) -> HttpResponse:
    user, today = reader(request), clock.today()
    form = LineFilterForm(request.GET, today=today)
    found = queries.lines_asked_for(queries.lines_visible_to(user, on=today), form.asked)
    rows = queries.with_stages(found).order_by("-fiscal_year__year", "payer__place__path", "pk")
    context = {
        "filters": form,
        "table": tables.listed(request, LineTable(rows), folded=("year", "subject")),
        "may_plan": may_manage_somewhere(user, on=today),
        "may_export": user.holds("transfers.export"),
        "waiting": len(queries.consents_to_decide(user, on=today)),
    }
    return render(request, "budgets/lines.html", context)


@page("budgets.view")
def line(request: HttpRequest, pk: int) -> HttpResponse:
    user, today = reader(request), clock.today()
    found = get_object_or_404(queries.lines_visible_to(user, on=today), pk=pk)
    stages = queries.stages_of([found.pk])[found.pk]
    context = {
        "line": found,
        "stages": stages,
        "bar": bar(stages.budget, stages.paid, stages.due, stages.committed),
        "room_fen": queries.override_room([found.pk])[found.pk],
        "year_kind": YEAR_KINDS[found.fiscal_year.state],
        "rows": list(reversed(queries.statement_of(found))),
        "overrides": _overrides(found),
        "continued_by": Line.objects.filter(continues=found).first(),
        **_steps(request, found),
    }
    return render(request, "budgets/line.html", context)


def _overrides(found: Line) -> list[tuple[Any, str]]:
    asked = found.consents.select_related("requested_by", "decided_by").order_by("-pk")
    return [(each, CONSENT_KINDS[each.state]) for each in asked]


def _steps(request: HttpRequest, found: Line) -> dict[str, Any]:
    user, today = reader(request), clock.today()
    waiting = found.consents.filter(state=ConsentState.REQUESTED).count()
    return {
        "changes": [(step.value, step.label) for step in LINE_STEPS],
        "payments": [(step.value, step.label) for step in STAGE_STEPS],
        "may_change": may_change(user, found, on=today),
        "may_spend": may_spend(user, found, on=today),
        "may_override": may_request_override(user, found, on=today),
        "waiting": waiting,
    }


@page("budgets.manage")
def line_new(request: HttpRequest) -> HttpResponse:
    form = PlanForm(initial={"year": clock.today().year})
    return render(request, "budgets/line_form.html", {"form": form})


@change("budgets.manage")
def plan_line(request: HttpRequest) -> HttpResponse:
    form, at = PlanForm(request.POST), clock.now()
    made, context = answered(request, form, at)
    if made is None:
        status = 200 if context.get("preview") else 422
        return render(request, "budgets/line_form.html", context, status=status)
    return redirect("budgets:line", made.pk)


@page("budgets.view")
def report(request: HttpRequest) -> HttpResponse:
    user, today = reader(request), clock.today()
    form = PeriodFilterForm(request.GET, today=today)
    rows = queries.changes_visible_to(user, form.asked, on=today).order_by("-entry_id", "pk")
    context = {
        "filters": form,
        "table": tables.listed(request, ChangeTable(rows), folded=("payer",)),
        "may_export": user.holds("transfers.export"),
    }
    return render(request, "budgets/report.html", context)

"""A run's papers: the list that is paid, and the masked one for the notice board, as sheets for A4."""

from collections import Counter
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from huiju.allowances.models import Notice, Payment, Run, RunLine
from huiju.allowances.queries.notices import public_notice
from huiju.audit import queries as audit
from huiju.budgets.enums import Account
from huiju.budgets.models import Line, Posting
from huiju.directory.access import acting_as_system
from huiju.kernel import clock, money
from huiju.kernel.periods import Month
from huiju.ui.printing import Column, Part, Sheet
from huiju.ui.templatetags.ui import cn_date


def payment_sheet(run: Run) -> Sheet:
    """Everybody a run pays, with the signatures, the files of the bank and what each budget line paid.

    A payment that was issued anew is shown once, as it ended.
    """
    with acting_as_system():
        payments = list(
            run.payments.exclude(state="reissued")
            .select_related("person", "account")
            .order_by("person__pinyin", "person", "issue")
        )
        last = _last_lines(run)
        rows = [
            _payment_row(place, payment, last.get(payment.person_id))
            for place, payment in enumerate(payments, 1)
        ]
        parts = [_signatures(run), _files(run), _shares(run)]
    amounts = [payment.amount_fen for payment in payments]
    paid = sum(payment.amount_fen for payment in payments if payment.state == "paid")
    return Sheet(
        title=_("%(scheme)s: payments of %(month)s")
        % {"scheme": run.scheme, "month": Month.of(run.month)},
        subtitle=f"{run.place} · {run.get_state_display()}",
        issuer=str(run.place),
        day=clock.day_of(run.steps.latest("at").at),
        columns=(
            Column(_("No."), is_number=True),
            Column(_("Name of the person"), 3),
            Column(_("Employer"), 6),
            Column(_("Level"), 4),
            Column(_("Account paid to"), 4),
            Column(_("State"), 3),
            Column(_("Yuan"), 2, is_number=True),
        ),
        rows=rows,
        amounts_fen=amounts,
        sums=(
            _("%(count)d payments, %(yuan)s yuan, %(capital)s")
            % _amount(len(payments), sum(amounts)),
            _("Of this paid: %(yuan)s yuan, %(capital)s") % _amount(0, paid),
        ),
        parts=[part for part in parts if part.rows],
        foot=f"{run.scheme} {run.place} {Month.of(run.month)}",
    )


def notice_sheet(notice: Notice) -> Sheet:
    """The list of a notice as it hangs on the board: masked, like the public page."""
    shown, run = public_notice(notice), notice.run
    rows = [
        (
            str(place),
            *(person.name, person.employer, person.level, person.months),
            money.yuan(person.amount_fen),
        )
        for place, person in enumerate(shown.people, 1)
    ]
    days = {"first": cn_date(notice.opens_on), "last": cn_date(notice.closes_on)}
    return Sheet(
        title=_("Public notice: %(scheme)s of %(month)s")
        % {"scheme": run.scheme, "month": Month.of(run.month)},
        subtitle=str(run.place),
        issuer=str(run.place),
        day=notice.opens_on,
        lead=(
            _("From %(first)s to %(last)s. Whoever finds the list wrong may say so to the office.")
            % days,
        ),
        columns=(
            Column(_("No."), is_number=True),
            Column(_("Name of the person"), 2),
            Column(_("Employer"), 5),
            Column(_("Level"), 3),
            Column(_("Months"), 4),
            Column(_("Yuan"), 2, is_number=True),
        ),
        rows=rows,
        amounts_fen=[person.amount_fen for person in shown.people],
        sums=(
            _("%(count)d people, %(yuan)s yuan, %(capital)s") % _amount(len(rows), shown.total_fen),
        ),
        foot=f"{run.scheme} {run.place} {Month.of(run.month)}",
    )


def _amount(count: int, fen: int) -> dict[str, object]:
    return {"count": count, "yuan": money.yuan(fen), "capital": money.capital_yuan(fen)}


def _last_lines(run: Run) -> dict[int, RunLine]:
    """The latest line of each person: it tells employer and level."""
    lines: Iterable[RunLine] = run.lines.select_related("post__employer", "post__place").order_by(
        "month"
    )
    return {line.person_id: line for line in lines}


def _payment_row(place: int, payment: Payment, line: RunLine | None) -> tuple[str, ...]:
    post = line.post if line else None
    return (
        str(place),
        payment.person.name,
        str(post.employer or post.place) if post else "",
        str(line.get_level_display()) if line and line.level else "",
        payment.account.masked if payment.account else "",
        str(payment.get_state_display()),
        money.yuan(payment.amount_fen),
    )


def _signatures(run: Run) -> Part:
    steps = run.steps.filter(round=run.round).select_related("by").order_by("at", "pk")
    rows = [
        (
            str(step.get_step_display()),
            str(step.by),
            f"{timezone.localtime(step.at):%Y-%m-%d %H:%M}",
            step.digest[:16],
        )
        for step in steps
    ]
    heads = (_("What was done"), _("By"), _("When"), _("Digest of the list"))
    return Part(_("Who signed what"), heads, rows)


def _files(run: Run) -> Part:
    rows = [
        (
            file.number,
            str(file.count),
            money.yuan(file.total_fen),
            str(file.get_state_display()),
            file.digest[:16],
        )
        for file in run.bank_files.order_by("sequence")
    ]
    heads = (_("File for the bank"), _("Number of payments"), _("Yuan"), _("State"), "SHA-256")
    return Part(_("Files for the bank"), heads, rows)


def _shares(run: Run) -> Part:
    paid = Counter[int]()
    postings = Posting.objects.filter(entry__purpose=audit.reference(run), account=Account.PAID)
    for line, fen in postings.values_list("line", "amount_fen"):
        paid[line] += fen
    lines = Line.objects.select_related("payer").in_bulk(paid)
    rows = [
        (str(lines[line].payer), str(lines[line]), money.yuan(fen))
        for line, fen in sorted(paid.items())
    ]
    return Part(_("What the budget bears"), (_("Payer"), _("Budget line"), _("Yuan")), rows)

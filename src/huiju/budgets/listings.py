"""Lists of the budget that can be taken out as files."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiju.budgets import queries
from huiju.budgets.enums import Account
from huiju.budgets.forms import LineFilterForm, PeriodFilterForm
from huiju.budgets.models import Posting
from huiju.directory.models import User
from huiju.kernel import clock, money
from huiju.transfers.rules.listings import Listing
from huiju.ui.templatetags.ui import cn_date

CHUNK = 2000


def line_rows(owner: User, filters: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    """The rows of the list of lines, in its order, amounts in yuan."""
    today = clock.today()
    asked = LineFilterForm(filters, today=today).asked
    lines = queries.lines_asked_for(queries.lines_visible_to(owner, on=today), asked)
    rows = queries.with_stages(lines).order_by("-fiscal_year__year", "payer__place__path", "pk")
    for line in rows.iterator(chunk_size=CHUNK):
        found: Any = line
        amounts = (
            *(found.budget_fen, found.available_fen, found.committed_fen),
            *(found.due_fen, found.paid_fen),
        )
        yield (
            *(line.fiscal_year.year, str(line.payer), str(line.place)),
            *(line.subject.code, line.subject.name, line.name),
            *(money.yuan(fen) for fen in amounts),
            line.document.citation if line.document else "",
        )


def change_rows(owner: User, filters: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    """The rows of the report of changes, oldest first, amounts in yuan."""
    today = clock.today()
    asked = PeriodFilterForm(filters, today=today).asked
    rows = queries.changes_visible_to(owner, asked, on=today).order_by("entry_id", "pk")
    for posting in rows.iterator(chunk_size=CHUNK):
        entry, line = posting.entry, posting.line
        before, change, after = amounts_of(posting)
        yield (
            *(entry.on, cn_date(entry.recorded_at), str(entry.by), str(entry.get_kind_display())),
            *(
                line.fiscal_year.year,
                str(line.payer),
                line.name,
                str(posting.get_account_display()),
            ),
            *(money.yuan(before), money.yuan(change), money.yuan(after)),
            *(entry.memo, entry.document.citation if entry.document else "", entry.key),
        )


def amounts_of(posting: Posting) -> tuple[int, int, int]:
    """Before, change and after of an annotated posting; the budget is shown positive."""
    found: Any = posting
    sign = -1 if posting.account == Account.APPROPRIATED else 1
    return sign * found.before_sum, sign * posting.amount_fen, sign * found.after_sum


LINES = Listing(
    code="budget_lines",
    title=_("Budget lines"),
    headings=(
        *(_("Fiscal year"), _("Payer"), _("Serves"), _("Subject code"), _("Budget subject")),
        *(_("Budget line"), _("Budget"), _("Available"), _("Committed"), _("Payable"), _("Paid")),
        _("Document it rests on"),
    ),
    rows=line_rows,
    action="budgets.view",
)

CHANGES = Listing(
    code="budget_changes",
    title=_("Changes of the budget and its money"),
    headings=(
        *(_("Day"), _("Recorded"), _("By"), _("What was done"), _("Fiscal year"), _("Payer")),
        *(_("Budget line"), _("Stage of money"), _("Before"), _("Change"), _("After")),
        *(_("Reason"), _("Document"), _("Business key")),
    ),
    rows=change_rows,
    action="budgets.view",
)

"""Reads of runs and lines, in the reader's scope."""

from huiju.allowances.queries.banking import (
    StateSum,
    bank_files_visible_to,
    items_of,
    payments_by_state,
    waiting_payments,
)
from huiju.allowances.queries.banktemplates import bank_template, bank_templates
from huiju.allowances.queries.checks import unexplained_lines
from huiju.allowances.queries.comparison import Comparison, compared_with_month_before
from huiju.allowances.queries.derivation import Derivation, derivation_of
from huiju.allowances.queries.digests import digest_of_lines
from huiju.allowances.queries.known import known_facts, posted_before
from huiju.allowances.queries.ledger import recounted_ledger
from huiju.allowances.queries.notices import (
    PublicNotice,
    notice_is_open,
    open_notice,
    public_notice,
)
from huiju.allowances.queries.outlays import unexplained_payments
from huiju.allowances.queries.papers import notice_sheet, payment_sheet
from huiju.allowances.queries.person import (
    YearTotals,
    lines_about,
    own_lines,
    own_payments,
    totals_by_year,
)
from huiju.allowances.queries.recoveries import (
    Owed,
    approved_recoveries,
    debts_visible_to,
    lines_owed,
    objections_to_money,
    outstanding,
    owed_by,
    own_recoveries,
    parts_standing,
    recoveries_to_decide,
    recoveries_visible_to,
)
from huiju.allowances.queries.runs import (
    LineFilter,
    computable_districts,
    lines_asked_for,
    lines_of,
    run_totals,
    runs_to_move,
    runs_visible_to,
)
from huiju.allowances.queries.schemes import SchemePage, scheme_page, schemes
from huiju.allowances.queries.slips import (
    ConfirmedSlip,
    confirmed_slip,
    slip_code,
    slip_sheet,
)
from huiju.allowances.queries.watching import (
    Cause,
    causes_in_facts,
    findings_visible_to,
    months_told,
    returned_too_long,
)

__all__ = [
    "Cause",
    "Comparison",
    "ConfirmedSlip",
    "Derivation",
    "LineFilter",
    "Owed",
    "PublicNotice",
    "SchemePage",
    "StateSum",
    "YearTotals",
    "approved_recoveries",
    "bank_files_visible_to",
    "bank_template",
    "bank_templates",
    "causes_in_facts",
    "compared_with_month_before",
    "computable_districts",
    "confirmed_slip",
    "debts_visible_to",
    "derivation_of",
    "digest_of_lines",
    "findings_visible_to",
    "items_of",
    "known_facts",
    "lines_about",
    "lines_asked_for",
    "lines_of",
    "lines_owed",
    "months_told",
    "notice_is_open",
    "notice_sheet",
    "objections_to_money",
    "open_notice",
    "outstanding",
    "owed_by",
    "own_lines",
    "own_payments",
    "own_recoveries",
    "parts_standing",
    "payment_sheet",
    "payments_by_state",
    "posted_before",
    "public_notice",
    "recounted_ledger",
    "recoveries_to_decide",
    "recoveries_visible_to",
    "returned_too_long",
    "run_totals",
    "runs_to_move",
    "runs_visible_to",
    "scheme_page",
    "schemes",
    "slip_code",
    "slip_sheet",
    "totals_by_year",
    "unexplained_lines",
    "unexplained_payments",
    "waiting_payments",
]

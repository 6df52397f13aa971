"""Accounts of a line, kinds of entries, and the lives of a year and of a consent."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class YearState(TextChoices):
    """Whether a government's year is being planned, spent, or over."""

    PLANNING = "planning", _("Being planned")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


YEAR_MOVES: dict[str, set[str]] = {
    YearState.PLANNING: {YearState.OPEN},
    YearState.OPEN: {YearState.CLOSED},
    YearState.CLOSED: {YearState.OPEN},
}


class PayerKind(TextChoices):
    """Whose money it is: a level of government, or a fund."""

    CITY = "city", _("City budget")
    DISTRICT = "district", _("District budget")
    LOTTERY = "lottery", _("Welfare lottery fund")
    EARMARKED = "earmarked", _("Earmarked transfer from above")


class Account(TextChoices):
    """Where the money of a line stands. Appropriated is the source of the others, kept negative."""

    APPROPRIATED = "appropriated", _("Budget")
    AVAILABLE = "available", _("Available")
    COMMITTED = "committed", _("Committed")
    DUE = "due", _("Payable")
    PAID = "paid", _("Paid")


STAGES = (Account.AVAILABLE, Account.COMMITTED, Account.DUE, Account.PAID)


class Kind(TextChoices):
    """What an entry does."""

    PLAN = "plan", _("Initial budget")
    SUPPLEMENT = "supplement", _("Supplement")
    CUT = "cut", _("Cut")
    TRANSFER = "transfer", _("Transfer")
    CARRY = "carry", _("Carried forward")
    COMMIT = "commit", _("Commit")
    RELEASE = "release", _("Release")
    MAKE_DUE = "make_due", _("Make due")
    PAY = "pay", _("Pay")
    TAKE_BACK = "take_back", _("Returned payment")
    RECOVER = "recover", _("Paid back by the payee")
    REVERSE = "reverse", _("Reversal")


STEPS: dict[str, tuple[Account, Account]] = {
    Kind.SUPPLEMENT: (Account.APPROPRIATED, Account.AVAILABLE),
    Kind.CUT: (Account.AVAILABLE, Account.APPROPRIATED),
    Kind.COMMIT: (Account.AVAILABLE, Account.COMMITTED),
    Kind.RELEASE: (Account.COMMITTED, Account.AVAILABLE),
    Kind.MAKE_DUE: (Account.COMMITTED, Account.DUE),
    Kind.PAY: (Account.DUE, Account.PAID),
    Kind.TAKE_BACK: (Account.PAID, Account.DUE),
    Kind.RECOVER: (Account.PAID, Account.AVAILABLE),
}
"""Kind → the account an amount leaves and the one it reaches. Those not here are composed."""

STAGE_STEPS = (
    Kind.COMMIT,
    Kind.RELEASE,
    Kind.MAKE_DUE,
    Kind.PAY,
    Kind.TAKE_BACK,
    Kind.RECOVER,
)


class ConsentKind(TextChoices):
    """What needs a second person."""

    OVERRIDE = "override", _("Commit beyond the budget")
    REOPEN = "reopen", _("Reopen a closed year")


class ConsentState(TextChoices):
    """Whether the second person has agreed."""

    REQUESTED = "requested", _("Awaiting approval")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Not approved")
    WITHDRAWN = "withdrawn", _("Leave withdrawn")


CONSENT_MOVES: dict[str, set[str]] = {
    ConsentState.REQUESTED: {ConsentState.APPROVED, ConsentState.REFUSED},
    ConsentState.APPROVED: {ConsentState.WITHDRAWN},
}


class BudgetReason(TextChoices):
    """What can be wrong with a row of a budget sheet, beside what can be wrong with any row."""

    YEAR_INVALID = "YEAR_INVALID", _("The year is not a year.")
    PAYER_UNKNOWN = "PAYER_UNKNOWN", _("The source of the money is none that is known.")
    PLACE_UNKNOWN = "PLACE_UNKNOWN", _("The place is neither the city nor a district of it.")
    AMOUNT_INVALID = "AMOUNT_INVALID", _("An amount is not an amount of whole fen.")
    UNIT_UNKNOWN = "UNIT_UNKNOWN", _("Nothing says whether amounts are yuan or ten thousand yuan.")
    LINE_TWICE = "LINE_TWICE", _("The same line stands in the file twice.")
    EXECUTION = "EXECUTION", _("More was spent than the line had.")


BUDGET_SUGGESTIONS = {
    BudgetReason.YEAR_INVALID: _("Write the year with four digits, such as 2015."),
    BudgetReason.PAYER_UNKNOWN: _("Write 市级, 区级, 福彩公益金 or 专项转移支付."),
    BudgetReason.PLACE_UNKNOWN: _("Write the name or the code of the city or of a district."),
    BudgetReason.AMOUNT_INVALID: _("Write a plain number, at most two decimals of a yuan."),
    BudgetReason.UNIT_UNKNOWN: _("Write （元） or （万元） into the heading of the column."),
    BudgetReason.LINE_TWICE: _("Add the rows up, or give the projects different names."),
    BudgetReason.EXECUTION: _("Check the amounts; enter supplements in their own column."),
}

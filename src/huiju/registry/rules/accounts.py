"""Account numbers as banks write them, and a row of a list of accounts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from huiju.registry.enums import AccountReason
from huiju.registry.rules.identity import EXACT_DIGITS, QUOTES, SCIENTIFIC
from huiju.registry.rules.matching import named_person, warned
from huiju.transfers.enums import RowReason
from huiju.transfers.rules.cells import narrow, text
from huiju.transfers.rules.drafts import Draft
from huiju.transfers.rules.records import Record, Verdict

FEWEST_DIGITS, MOST_DIGITS = 12, 25
UNIONPAY = "62"
CARD_LENGTHS = range(16, 20)
DASHES = str.maketrans("", "", "-–—−.·")


@dataclass(frozen=True)
class AccountTerms:
    """The day a list stands for, and every word for a bank with the bank's name."""

    on: date
    banks: Mapping[str, str]


def account_number(cell: Any) -> tuple[str, AccountReason | None]:
    """The digits of a number, and what is wrong or odd with it. Spaces and dashes are read over.

    A number of 16 digits and more that a spreadsheet kept as an amount has lost its last digits
    and is refused, as is 1.2E+18. `ACCOUNT_CHECK_DIGIT` alone only warns: not every bank keeps to it.
    """
    number = narrow(text(cell)).strip(QUOTES).translate(DASHES).upper()
    is_amount = isinstance(cell, int | float) and not isinstance(cell, bool)
    raw = narrow(text(cell)).strip(QUOTES).upper()
    if (is_amount and abs(cell) >= 10**EXACT_DIGITS) or SCIENTIFIC.fullmatch(raw):
        return "", AccountReason.ACCOUNT_LOST_DIGITS
    if not re.fullmatch(r"[0-9]*", number):
        return number, AccountReason.ACCOUNT_FORMAT
    if not FEWEST_DIGITS <= len(number) <= MOST_DIGITS:
        return number, AccountReason.ACCOUNT_LENGTH
    if number.startswith(UNIONPAY) and len(number) in CARD_LENGTHS and not passes_luhn(number):
        return number, AccountReason.ACCOUNT_CHECK_DIGIT
    return number, None


def passes_luhn(number: str) -> bool:
    """Whether the last digit of a card's number fits the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0


def masked_account(number: str) -> str:
    """An account number as every page shows it: the last four digits."""
    return "*" * (len(number) - 4) + number[-4:]


def judge(record: Record, terms: AccountTerms) -> Verdict:
    """The verdict on one row; without a day the account counts from the day of the list."""
    draft = Draft(record)
    warnings = named_person(draft, terms.on)
    draft.choice("bank", terms.banks)
    draft.text("branch")
    draft.code("number", needed=True)
    if draft.values["number"]:
        draft.values["number"], fault = account_number(record.cell("number"))
        if fault == AccountReason.ACCOUNT_CHECK_DIGIT:
            warnings.append(fault)
        elif fault:
            draft.refuse(fault)
    draft.text("holder")
    draft.values["holder"] = draft.values["holder"] or draft.values["name"]
    if draft.values["holder"] != draft.values["name"]:
        warnings.append(AccountReason.ACCOUNT_HOLDER)
    draft.date("starts_on")
    draft.values["starts_on"] = draft.values["starts_on"] or terms.on.isoformat()
    draft.date("ends_on")
    if draft.values["ends_on"] and draft.values["ends_on"] < draft.values["starts_on"]:
        draft.refuse(RowReason.DATE_INVALID)
    draft.text("shared_reason")
    return warned(draft.verdict(), warnings)

"""Accounts: where somebody's money goes, one on each day."""

from csv import DictReader
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory.access import acting_as_system
from huiju.kernel.encrypted import search_digest
from huiju.kernel.periods import Period
from huiju.registry import permissions
from huiju.registry.models import BankAccount, Person
from huiju.registry.rules.accounts import masked_account
from huiju.registry.services.changes import need_reason
from huiju.registry.services.facts import Entry, Refused, Revision, next_version
from huiju.registry.services.statements import Holding, Kind

BANKS = Path(__file__).resolve().parents[1] / "data" / "banks.csv"


class AccountEndsBeforeStart(Refused):
    """The last day lies before the first."""

    code = "ACCOUNT_ENDS_BEFORE_START"


class AccountsOverlap(Refused):
    """Another account of the person counts on some of the days."""

    code = "ACCOUNT_OVERLAP"


class AccountShared(Refused):
    """Somebody else is paid into the same account, and no reason was given."""

    code = "ACCOUNT_SHARED"


@dataclass(frozen=True)
class AccountStatement:
    """An account from a day on. `ends_on` is the first day it no longer counts; None states no end."""

    bank: str
    number: str
    holder: str
    starts_on: date
    ends_on: date | None = None
    branch: str = ""
    shared_reason: str = ""

    @property
    def days(self) -> Period:
        return Period(self.starts_on, self.ends_on)


@cache
def banks() -> dict[str, str]:
    """Every word for a bank, with the bank's name; banks are data."""
    with BANKS.open(newline="", encoding="utf-8") as rows:
        return {
            word: row["name"]
            for row in DictReader(rows)
            for word in (row["name"], *row["aliases"].split())
        }


def reveal_account(*, account: BankAccount, entry: Entry) -> str:
    """The whole number of an account, for a reason that goes on record.

    Raises NotPermitted or ReasonMissing.
    """
    by: Any = entry.by
    permissions.may_reveal_account(by, account.person).require()
    need_reason(entry)
    audit.record(
        actor=by,
        action="registry.account_revealed",
        subject=account.person,
        account=account.pk,
        reason=entry.reason,
    )
    number: str = account.number
    return number


def _check(holding: Holding, stated: AccountStatement, known: BankAccount | None) -> None:
    if stated.ends_on is not None and stated.ends_on <= stated.starts_on:
        raise AccountEndsBeforeStart(
            _("The account ends before it begins on %(day)s. Check both dates.")
            % {"day": stated.starts_on}
        )
    for other in holding.others(known):
        is_followed = known is None and _is_followed(other, stated)
        if not is_followed and Period(other.starts_on, other.ends_on).overlaps(stated.days):
            raise AccountsOverlap(
                _(
                    "The account %(number)s counts from %(day)s, and a person has one account on a"
                    " day. Let the new one begin later, or correct that one."
                )
                % {"number": other.masked, "day": other.starts_on}
            )
    if not (stated.shared_reason or (known and known.shared_reason)):
        _refuse_shared(holding, stated)


def _refuse_shared(holding: Holding, stated: AccountStatement) -> None:
    digest = number_digest(stated.number)
    with acting_as_system():
        rows = BankAccount.objects.current().filter(number_digest=digest)
        records = Person.objects.in_files_of([holding.person])
        is_shared = rows.exclude(person__in=records.values("pk")).exists()
    if is_shared:
        raise AccountShared(
            _(
                "Somebody else is paid into this account. Compare the number with the card; if both"
                " do share it, give the reason."
            )
        )


def _same(holding: Holding, stated: AccountStatement) -> Any:
    """The account of this number that counts on the first day stated, or begins on it."""
    digest = number_digest(stated.number)
    return next(
        (
            held
            for held in holding.facts
            if held.number_digest == digest
            and stated.starts_on in Period(held.starts_on, held.ends_on)
        ),
        None,
    )


def _is_followed(held: Any, stated: AccountStatement) -> bool:
    """Whether a new account takes the place of an open one from its first day on."""
    return held.ends_on is None and held.starts_on < stated.starts_on


def _before(holding: Holding, stated: AccountStatement, entry: Entry) -> list[Revision]:
    """The open account ends on the day the new one begins."""
    return [
        Revision(held, next_version(held, entry, ends_on=stated.starts_on))
        for held in holding.facts
        if _is_followed(held, stated)
    ]


def number_digest(number: str) -> str:
    """The keyed digest under which an account number is compared."""
    return search_digest(BankAccount, "number", number)


def _values(stated: AccountStatement) -> dict[str, Any]:
    return {
        **vars(stated),
        "number_digest": number_digest(stated.number),
        "masked": masked_account(stated.number),
    }


ACCOUNTS = Kind(
    model=BankAccount,
    word="account",
    check=_check,
    same=_same,
    values=_values,
    before=_before,
)

"""Identity documents: GB 11643 numbers and the permits of people from elsewhere.

A number is checked by its length, form, day of birth and check digit. Its place code only warns:
codes are abolished and re-cut, and people keep their number. 350201 marks invented persons.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from operator import mul
from typing import Any, NamedTuple

from stdnum import numdb

from huiju.registry.enums import IdentityType, RosterReason, Sex
from huiju.transfers.rules.cells import narrow, text

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ASCII_ZEROS = ord("0") * sum(WEIGHTS)
CHECK_DIGITS = "10X98765432"
QUOTES = "'’‘`´\"“”＂＇"

CARD = re.compile(r"\d{17}[\dX]")
OLD_CARD = re.compile(r"\d{15}")
OLD_FOREIGN_CARD = re.compile(r"[A-Z]{3}\d{12}")
HM_PERMIT = re.compile(r"[HM]\d{8}(\d{2})?")
TAIWAN_PERMIT = re.compile(r"\d{8}|\d{10}([A-Z]|\([A-Z]\))?|(?=.*\d)(?![HM]\d)[A-Z0-9]{10,12}")
SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+")
HMT_PLACES = {"810000": "港澳", "820000": "港澳", "830000": "台湾"}
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
    ]
)
EXACT_DIGITS = 15
"""A spreadsheet keeps this many digits of a number; the others become zeros."""

RESIDENT, HMT_CARD = IdentityType.RESIDENT_ID, IdentityType.HMT_RESIDENCE_PERMIT
HM, TAIWAN = IdentityType.HM_TRAVEL_PERMIT, IdentityType.TAIWAN_TRAVEL_PERMIT
FOREIGN = IdentityType.FOREIGN_RESIDENCE_PERMIT

TYPE_WORDS: Mapping[str, IdentityType] = {
    word: kind
    for kind, words in {
        RESIDENT: "居民身份证 身份证 二代身份证 第二代身份证 第二代居民身份证 中华人民共和国居民身份证 大陆身份证"
        " 大陆居民身份证 内地身份证 内地居民身份证 二代证 身份证件 身份证号 身份证号码",
        HMT_CARD: "港澳台居民居住证 港澳居民居住证 台湾居民居住证 港澳台居住证 港澳居住证 台湾居住证"
        " 香港居民居住证 澳门居民居住证 中华人民共和国港澳居民居住证 中华人民共和国台湾居民居住证",
        HM: "港澳居民来往内地通行证 港澳居民通行证 来往内地通行证 回乡证 港澳通行证 港澳居民往来内地通行证",
        TAIWAN: "台湾居民来往大陆通行证 台湾居民通行证 来往大陆通行证 台胞证 台湾通行证 台湾居民往来大陆通行证",
        FOREIGN: "外国人永久居留身份证 外国人永久居留证 永久居留身份证 永久居留证 中华人民共和国外国人永久居留身份证",
    }.items()
    for word in words.split()
}


class Identity(NamedTuple):
    """What a document type and a number say; `number` is normalised also where it is refused."""

    type: str | None
    number: str | None
    refusals: tuple[RosterReason, ...] = ()
    warnings: tuple[RosterReason, ...] = ()
    born_on: date | None = None
    sex: str | None = None


def check_digit(number: str) -> str:
    """The last sign that belongs to a card's first seventeen digits."""
    return CHECK_DIGITS[(sum(map(mul, WEIGHTS, number[:17].encode())) - ASCII_ZEROS) % 11]


def in_eighteen_digits(number: str) -> str:
    """The 18 signs into which a card's number of 15 digits was changed; any other number as it is.

    Until 1999 numbers had the year of birth in two digits, always of the 1900s, and no check digit.
    """
    if not OLD_CARD.fullmatch(number):
        return number
    body = f"{number[:6]}19{number[6:]}"
    return body + check_digit(body)


def normalised(cell: Any) -> str:
    """A number without spaces and quotation marks, in half-width capitals."""
    if type(cell) is str and cell.isascii() and cell.isdigit():
        return cell
    return narrow(text(cell)).strip(QUOTES).upper()


def identity(type_words: str, cell: Any, *, on: date) -> Identity:
    """Judge the number in a cell; without words for its type the number's form tells it."""
    number = normalised(cell)
    declared = TYPE_WORDS.get(type_words)
    if type_words and declared is None:
        return Identity(None, number, (RosterReason.ID_TYPE_UNSUPPORTED,))
    if is_rounded(cell, number):
        return Identity(declared or RESIDENT, number, (RosterReason.ID_PRECISION_LOST,))
    found = _type_of_form(number)
    kind = declared or (found if found not in (None, TAIWAN) else None) or RESIDENT
    if found is not None and found != kind and not (found == TAIWAN and declared is None):
        return Identity(kind, number, (RosterReason.ID_TYPE_MISMATCH,))
    if kind == HMT_CARD and declared and _is_of_other_shore(type_words, number):
        return Identity(kind, number, (RosterReason.ID_TYPE_MISMATCH,))
    if kind in (HM, TAIWAN) or OLD_FOREIGN_CARD.fullmatch(number):
        return Identity(kind, number, () if found else (_misshapen(kind, number),))
    return _card(kind, number, on)


def is_rounded(cell: Any, number: str) -> bool:
    """Whether a spreadsheet has taken a long number for an amount and lost its last digits."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return bool(abs(cell) >= 10**EXACT_DIGITS)
    if number.endswith("000"):
        return bool(CARD.fullmatch(number)) and check_digit(number) != number[17]
    return "E" in number and bool(SCIENTIFIC.fullmatch(number))


def _type_of_form(number: str) -> IdentityType | None:
    if CARD.fullmatch(number):
        if number[:6] in HMT_PLACES:
            return HMT_CARD
        return FOREIGN if number[0] == "9" and number[1:3] in PROVINCES else RESIDENT
    if OLD_CARD.fullmatch(number):
        return RESIDENT
    if OLD_FOREIGN_CARD.fullmatch(number):
        return FOREIGN
    if HM_PERMIT.fullmatch(number):
        return HM
    return TAIWAN if TAIWAN_PERMIT.fullmatch(number) else None


def _is_of_other_shore(type_words: str, number: str) -> bool:
    """A Taiwan card under a Hong Kong and Macau number, or the other way round."""
    shore = HMT_PLACES.get(number[:6], "")
    if "港澳台" in type_words or not shore:
        return False
    return bool(("台湾" in type_words) != (shore == "台湾"))


def _misshapen(kind: IdentityType, number: str) -> RosterReason:
    lengths = {9, 11} if kind == HM else {8, 10, 11, 12}
    return RosterReason.ID_FORMAT if len(number) in lengths else RosterReason.ID_LENGTH


def _card(kind: IdentityType, number: str, on: date) -> Identity:
    if kind == RESIDENT and OLD_CARD.fullmatch(number):
        return Identity(kind, number, (RosterReason.ID_15_DIGIT,))
    if len(number) != 18:
        return Identity(kind, number, (RosterReason.ID_LENGTH,))
    if not CARD.fullmatch(number):
        return Identity(kind, number, (RosterReason.ID_FORMAT,))
    born_on = day_of_birth(number[6:14])
    refusals = []
    if born_on is None or not date(1900, 1, 1) <= born_on <= on:
        refusals.append(RosterReason.ID_DATE)
    if check_digit(number) != number[17]:
        refusals.append(RosterReason.ID_CHECK_DIGIT)
    warned = kind == RESIDENT and not is_place_code(number[:6])
    warnings = (RosterReason.ID_PLACE,) if warned else ()
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return Identity(kind, number, tuple(refusals), warnings, born_on, sex)


@lru_cache(maxsize=40_000)
def day_of_birth(digits: str) -> date | None:
    """The day eight digits name; None where there is no such day."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


PLAIN_CARD = re.compile(r"[0-9]{17}[0-9X]")


def is_plain_card(number: str) -> bool:
    """Whether a text is, sign by sign, a resident's number of a known place; its day of birth apart."""
    return (
        PLAIN_CARD.fullmatch(number) is not None
        and _is_residents(number[:6])
        and check_digit(number) == number[17]
    )


@lru_cache(maxsize=8_000)
def _is_residents(code: str) -> bool:
    return _type_of_form(code.ljust(18, "0")) == RESIDENT and is_place_code(code)


@lru_cache(maxsize=8_000)
def is_place_code(code: str) -> bool:
    """Whether six digits have ever been a county's code, whatever the year."""
    parts = numdb.get("cn/loc").info(code)
    return len(parts) == 2 and bool(parts[1][1])

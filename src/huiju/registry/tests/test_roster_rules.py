"""What holds for every number, date, level and name, not only for the examples."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from huiju.registry.enums import IdentityType, Level, RosterReason
from huiju.registry.rules.identity import check_digit, identity
from huiju.registry.rules.levels import LEVELS, level
from huiju.registry.rules.names import name
from huiju.transfers.enums import RowReason
from huiju.transfers.rules.cells import read_date

ON = date(2026, 11, 1)
DAYS = st.dates(date(1930, 1, 1), date(2010, 12, 31))
NUMBERS = st.builds(
    lambda born, serial: f"350203{born:%Y%m%d}{serial:03}", DAYS, st.integers(0, 999)
).map(lambda first: first + check_digit(first))


@given(NUMBERS)
def test_a_right_number_is_taken_however_it_is_typed(number):
    typed = f" '{number[:6]} {number[6:].lower()}　".translate({ord("1"): "１"})

    told = identity("", typed, on=ON)

    assert (told.type, told.number, told.refusals) == (IdentityType.RESIDENT_ID, number, ())
    assert told.born_on == date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


@given(NUMBERS, st.integers(0, 16), st.integers(1, 9))
def test_any_wrong_digit_is_noticed(number, place, shift):
    wrong = str((int(number[place]) + shift) % 10)

    told = identity("", number[:place] + wrong + number[place + 1 :], on=ON)

    assert told.refusals or told.type != IdentityType.RESIDENT_ID


@given(NUMBERS, st.integers(0, 15))
def test_two_neighbouring_digits_exchanged_are_noticed(number, place):
    left, right = number[place], number[place + 1]
    exchanged = number[:place] + right + left + number[place + 2 :]

    told = identity("", exchanged, on=ON)

    assert left == right or told.refusals or told.type != IdentityType.RESIDENT_ID


@given(NUMBERS)
def test_a_number_kept_as_an_amount_is_refused(number):
    amount = float(number[:17] + "0")

    told = identity("居民身份证", amount, on=ON)

    assert told.refusals == (RosterReason.ID_PRECISION_LOST,)


@given(st.dates(date(1930, 1, 1), date(2099, 1, 1)))
def test_a_day_is_the_same_in_every_manner_of_writing(day):
    serial = (day - date(1899, 12, 30)).days
    manners = [
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y/%m/%d} 00:00:00",
        f"{day:%Y%m%d}",
        int(f"{day:%Y%m%d}"),
        ["d", day.isoformat()],
        serial,
        str(serial),
    ]

    assert {read_date(manner) for manner in manners} == {(day, None)}


@given(st.dates(date(1930, 1, 1), date(2099, 1, 1)))
def test_a_1904_workbook_shifts_its_serials(day):
    serial = (day - date(1904, 1, 1)).days

    read, _ = read_date(serial, epoch_1904=True)

    assert read == day or serial < 10_000
    assert read_date(["m", day.isoformat()]) == (None, RowReason.DATE_PRECISION)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1950, 2026))
def test_a_day_with_two_readings_is_never_guessed(first, second, year):
    read, fault = read_date(f"{first:02}/{second:02}/{year}")

    assert (read is None) == (first != second)
    assert fault == (RowReason.DATE_AMBIGUOUS if first != second else None)


@given(st.text(max_size=30))
def test_no_text_upsets_the_readers(text):
    day, fault = read_date(text)
    found, reason = level(text)
    _, doubt = name(text, foreign=False)
    told = identity(text, text, on=ON)

    assert day is None or fault is None
    assert found is None or reason is None
    assert doubt is None or isinstance(doubt, RosterReason)
    assert told.number is not None


def test_no_word_for_the_assistant_level_is_read_as_another():
    words = {word for word in LEVELS if "助理" in word or "初级" in word}

    assert {LEVELS[word] for word in words} == {Level.ASSISTANT}
    assert len(words) > 100


def test_dates_of_tomorrow_s_children_are_refused():
    tomorrow = ON + timedelta(days=1)
    first = f"350203{tomorrow:%Y%m%d}001"

    told = identity("", first + check_digit(first), on=ON)

    assert told.refusals == (RosterReason.ID_DATE,)

from datetime import UTC, date, datetime

import pytest

from huiju.ui.templatetags import ui


def test_amounts_are_yuan_with_two_decimals_and_thousands():
    assert [ui.yuan(fen) for fen in (0, 5, 123450, -20000, 163550000, None)] == [
        "0.00",
        "0.05",
        "1,234.50",
        "-200.00",
        "1,635,500.00",
        "",
    ]


def test_numbers_are_grouped_by_three_in_every_language(settings):
    settings.LANGUAGE_CODE = "zh-hans"

    assert [ui.grouped(number) for number in (702, 11265, 1234567, None)] == [
        "702",
        "11,265",
        "1,234,567",
        "",
    ]


def test_instants_are_shown_in_the_time_of_the_office():
    assert ui.cn_date(datetime(2015, 10, 30, 16, 30, tzinfo=UTC)) == "2015-10-31 00:30"


def test_days_and_months_are_shown_as_offices_write_them():
    day = date(2015, 10, 31)

    assert (ui.cn_date(day), ui.cn_month(day), ui.cn_date(None)) == ("2015-10-31", "2015-10", "")


def test_a_half_open_end_is_shown_as_its_last_day():
    assert (ui.last_day(date(2015, 11, 1)), ui.last_day(None)) == ("2015-10-31", "")


@pytest.mark.parametrize(
    ("shown", "whole", "masked"),
    [
        (ui.masked_id, "350201199003071236", "3502**********1236"),
        (ui.masked_id, "35020119900307123X", "3502**********123X"),
        (ui.masked_phone, "13806001234", "138****1234"),
        (ui.masked_name, "张晓三", "张*三"),
        (ui.masked_name, "欧阳建国", "欧**国"),
        (ui.masked_name, "李四", "李*"),
        (ui.masked_id, "12345678", "********"),
        (ui.masked_id, "", ""),
    ],
)
def test_personal_numbers_and_names_hide_their_middle(shown, whole, masked):
    assert shown(whole) == masked

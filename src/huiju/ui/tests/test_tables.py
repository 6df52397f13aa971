import pytest
from django.test import RequestFactory

from huiju.directory.models import Place
from huiju.directory.tests.factories import make_place
from huiju.ui import tables

pytestmark = pytest.mark.django_db


class PlaceTable(tables.ListTable):
    code = tables.Column(verbose_name="代码")
    name = tables.Column(verbose_name="名称")
    amount = tables.MoneyColumn(verbose_name="金额", accessor="id", total=True)


def listed(address, rows, **options):
    return tables.listed(RequestFactory().get(address), PlaceTable(rows), **options)


def shown(table):
    return [row.get_cell("name") for row in table.paginated_rows]


def communities(count):
    for number in range(count):
        make_place(code=f"350203001{900 + number}", name=f"社区{number:02d}")
    return Place.objects.filter(code__startswith="3502030019")


def test_list_is_sorted_and_cut_as_the_address_says():
    table = listed("/?sort=-name&page=2&per_page=10", communities(13))

    assert shown(table) == ["社区02", "社区01", "社区00"]


def test_list_passes_over_a_page_an_order_and_a_column_that_do_not_exist():
    table = listed("/?sort=nonsense&page=99&per_page=7&column=nonsense", communities(13))

    assert (table.page.number, table.page.paginator.per_page, len(shown(table))) == (1, 20, 13)


def test_list_order_ends_in_the_key_so_that_pages_neither_repeat_nor_lose_a_row():
    rows = communities(13)
    rows.update(name="同名")

    pages = [listed(f"/?sort=name&per_page=10&page={page}", rows) for page in (1, 2)]

    keys = [row.record.pk for table in pages for row in table.paginated_rows]
    assert keys == sorted(rows.values_list("pk", flat=True))


def test_list_shows_the_columns_chosen_and_folds_the_others_away():
    rows = communities(1)

    names = [
        [column.name for column in listed(address, rows, folded=("code",)).columns]
        for address in ("/", "/?column=name&column=code")
    ]

    assert names == [["name", "amount"], ["code", "name"]]


def test_total_is_of_the_whole_filter_not_of_the_page():
    rows = communities(13)

    table = listed("/?per_page=10", rows)

    total = sum(rows.values_list("pk", flat=True))
    assert table.columns["amount"].footer == f"{total // 100:,}.{total % 100:02d}"

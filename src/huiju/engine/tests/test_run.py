"""Reading fact tables out of PostgreSQL."""

import pytest
from django.db import connection

from huiju.engine.run import read_facts
from huiju.engine.schemas import TEXT, WHOLE, FactTable

pytestmark = pytest.mark.django_db
NUMBERS = FactTable(name="number", key="number", columns={"number": WHOLE, "word": TEXT})


@pytest.fixture(autouse=True)
def numbers() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP VIEW fact_number AS"
            " SELECT number, CASE number % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE '社工,“一”' END AS word"
            " FROM generate_series(1, 5000) AS number"
        )


def test_read_facts_keeps_null_empty_and_quoted_text_apart():
    rows = read_facts(NUMBERS, where="number < 4").to_pylist()

    assert rows == [
        {"number": 1, "word": ""},
        {"number": 2, "word": "社工,“一”"},
        {"number": 3, "word": None},
    ]


def test_read_facts_of_no_rows_has_the_described_columns():
    table = read_facts(NUMBERS, where="false")

    assert (table.num_rows, table.column_names) == (0, ["number", "word"])


def test_read_facts_makes_few_chunks_however_many_rows():
    table = read_facts(NUMBERS)

    assert (table.num_rows, table["number"].num_chunks) == (5000, 1)

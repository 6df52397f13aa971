"""What the bulletin says of the year's budgets."""

from datetime import date

import pytest

from huiju.budgets.tests.factories import SIMING, make_entry, make_line
from huiju.kernel import clock
from huiju.statistics.bulletin.content import compose

pytestmark = pytest.mark.django_db


def sections():
    report = compose(2015, today=date(2026, 1, 1), known_at=clock.now())
    return [
        section for section in report.sections if section.grids and len(section.grids[0].heads) == 4
    ]


def test_the_year_s_budgets_by_payer_with_what_was_paid():
    line = make_line(amount_fen=120_000_000)
    make_line(government=SIMING, amount_fen=30_000_000)
    for kind in ("commit", "make_due", "pay"):
        make_entry(line, 75_000_000, kind)

    (section,) = sections()

    text = "".join(run.text for run in section.paragraphs[0])
    assert "50.0%" in text
    rows = [[run.text for run in row] for row in section.grids[0].rows]
    assert [row[1:] for row in rows] == [
        ["1,200,000.00", "0.00", "750,000.00"],
        ["300,000.00", "0.00", "0.00"],
        ["1,500,000.00", "0.00", "750,000.00"],
    ]


def test_a_year_without_budgets_has_no_such_section():
    assert sections() == []

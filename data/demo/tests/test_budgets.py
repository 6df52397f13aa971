"""The budget sheets of the rehearsal city, imported and settled as the demo does."""

import io
import json

import pytest

from huiju.budgets import queries
from huiju.budgets.models import FiscalYear, Line
from huiju.config.management.commands.demo_city import Command
from huiju.directory.tests.factories import make_user

pytestmark = pytest.mark.django_db

DESKS = [
    *[("city", "350200", "city"), ("siming", "350203", "district")],
    *[("huli", "350206", "district"), ("finance", "350200", "finance")],
]


def test_budgets_since_2011_come_in_close_and_are_carried(city, settings, tmp_path):
    settings.HUIJU_FILES = tmp_path / "files"
    for name, where, role in DESKS:
        make_user(role, where, username=name)
    manifest = json.loads((city / "manifest.json").read_text(encoding="utf-8"))
    files = [file for file in manifest["files"] if file["kind"] == "budgets"]
    command = Command(stderr=io.StringIO())

    for file in files:
        command.import_file(city / file["file"], file)
    command.settle_budget_years()

    assert (len(files), min(FiscalYear.objects.values_list("year", flat=True))) == (3, 2011)
    assert set(FiscalYear.objects.filter(year__lt=2026).values_list("state", flat=True)) == {
        "closed"
    }
    assert set(FiscalYear.objects.filter(year=2026).values_list("state", flat=True)) == {"open"}
    first = Line.objects.get(name="首批政府购买社会工作服务项目")
    awards = Line.objects.filter(name="优秀社会工作项目奖励")
    paid = sum(
        stages.paid for stages in queries.stages_of(awards.values_list("pk", flat=True)).values()
    )
    assert queries.stages_of([first.pk])[first.pk].paid == 163_550_000
    assert paid == 45_000_000
    assert Line.objects.exclude(continues=None).count() > 0
    assert queries.ledger_check()["differences"] == []

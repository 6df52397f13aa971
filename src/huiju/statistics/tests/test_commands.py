"""The public commands: figures, figure, publish, bulletin, lake."""

import json
import sys
from datetime import date
from importlib.machinery import ModuleSpec
from io import StringIO
from types import ModuleType

import pytest
from django.core.management import CommandError, call_command

from huiju.engine.lake import changed_files
from huiju.kernel.figures import digest_of
from huiju.statistics.catalogue import FIGURES
from huiju.statistics.models import Publication
from huiju.statistics.tests.factories import LATER, make_certificate, make_certified

pytestmark = pytest.mark.django_db


def printed(*words: str) -> object:
    out = StringIO()
    call_command(*words, stdout=out)
    return json.loads(out.getvalue())


def test_figures_lists_every_figure():
    listed = printed("figures")

    assert {each["code"]: each["by"] for each in listed} == {
        code: list(figure.by) for code, figure in FIGURES.items()
    }


@pytest.mark.parametrize("engine", ["postgres", "duckdb"])
def test_figure_prints_the_public_form(engine):
    here, there = make_certified(), make_certified("intermediate", "350206")

    answer = printed(
        "figure", "registry.certified", "--on", "2015-12-31", "--by", "district", "--engine", engine
    )

    assert answer == {
        "code": "registry.certified",
        "on": "2015-12-31",
        "value": 2,
        "unit": "person",
        "by": {"思明区": 1, "湖里区": 1},
        "definition": str(FIGURES["registry.certified"].definition),
        "digest": digest_of([here.pk, there.pk]),
        "engine": engine,
    }


def test_figure_without_a_dimension_has_no_parts():
    assert printed("figure", "registry.certified", "--on", "2015-12-31", "--json")["by"] == {}


def test_figure_as_known_on_a_day_passes_over_what_came_later():
    late = make_certified()
    make_certificate(late, "senior", recorded_at=LATER)
    question = ["figure", "registry.certified", "--on", "2015-12-31", "--by", "level"]

    answers = [
        printed(*question, "--as-known-on", day)["by"] for day in ("2016-05-31", "2016-06-01")
    ]

    assert answers == [{"assistant": 1}, {"senior": 1}]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["registry.unknown", "--on", "2015-12-31"], "registry.unknown"),
        (["registry.certified", "--on", "2015-12-31", "--by", "colour"], "colour"),
        (
            ["registry.certified", "--on", "2015-12-31", "--engine", "duckdb", "--lake", "."],
            "fact_",
        ),
    ],
)
def test_figure_says_in_chinese_what_it_cannot_judge(words, said):
    with pytest.raises(CommandError) as refusal:
        call_command("figure", *words)

    assert refusal.value.returncode == 2
    assert said in str(refusal.value)
    assert "。" in str(refusal.value)


PYSPARK = ModuleType("pyspark")
PYSPARK.__spec__ = ModuleSpec("pyspark", None)


@pytest.mark.parametrize(
    ("pyspark", "said"), [(None, "make setup-spark"), (PYSPARK, "Java 17")], ids=["package", "java"]
)
def test_figure_says_what_to_install_before_spark_computes(pyspark, said, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyspark", pyspark)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(CommandError) as refusal:
        call_command("figure", "registry.certified", "--on", "2015-12-31", "--engine", "spark")

    assert refusal.value.returncode == 2
    assert said in str(refusal.value)
    assert "请" in str(refusal.value)


def test_publish_keeps_the_figures_of_several_days():
    make_certified()

    printed("publish", "--on", "2014-12-31", "--on", "2015-12-31")

    days = Publication.objects.order_by("on").values_list("on", "title")
    assert list(days) == [
        (date(2014, 12, 31), "2014年12月31日数字"),
        (date(2015, 12, 31), "2015年12月31日数字"),
    ]


def test_bulletin_is_printed_and_written(tmp_path):
    make_certified()
    out = StringIO()

    call_command(
        "bulletin", "2015", "--pdf", tmp_path / "b.pdf", "--docx", tmp_path / "b.docx", stdout=out
    )

    assert "截至2015年12月31日，全市持证社会工作者1人，上年末为1人。" in out.getvalue()
    assert (tmp_path / "b.pdf").read_bytes().startswith(b"%PDF-")
    assert (tmp_path / "b.docx").read_bytes().startswith(b"PK")


def test_lake_is_written_whole_and_notices_a_changed_file(tmp_path):
    make_certified()

    manifest = printed("lake", str(tmp_path))
    whole = changed_files(tmp_path, city="350200")
    path = manifest["tables"][0]["files"][0]["path"]
    (tmp_path / path).write_bytes(b"PAR1")

    assert (whole, changed_files(tmp_path, city="350200")) == ([], [path])
    rows = {table["name"]: table["rows"] for table in manifest["tables"]}
    assert (rows["person"], rows["certificate"], rows["post"]) == (1, 1, 1)

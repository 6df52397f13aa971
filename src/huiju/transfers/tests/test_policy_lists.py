"""Lists of policies, from cells to the library."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from huiju.directory.tests.factories import make_user, place
from huiju.kernel import clock
from huiju.policies import queries, services, terms
from huiju.policies.models import Document, Parameter, ParameterValue, Target
from huiju.policies.tests.factories import CITY, city_official, make_document
from huiju.transfers.reading import box
from huiju.transfers.reading.grid import Limits
from huiju.transfers.rules.library import judge_relation, judge_target
from huiju.transfers.rules.policies import (
    ValuesAcross,
    judge_document,
    judge_parameter,
)
from huiju.transfers.rules.records import Record, Staged
from huiju.transfers.rules.rows import Judging
from huiju.transfers.sheets.library import (
    RELATIONS,
    TARGETS,
    apply_relations,
    apply_targets,
)
from huiju.transfers.sheets.policies import (
    DOCUMENTS,
    PARAMETERS,
    apply_documents,
    apply_parameters,
    policy_terms,
)

pytestmark = pytest.mark.django_db

AT = clock.noon_of(date(2026, 3, 5))
DOCUMENT = {
    "number": "厦民〔2014〕156号", "title": "通知", "issuer": "厦门市民政局", "year": "2014",
    "government": "市", "place": "厦门市", "aspect": "激励保障", "confidence": "O",
}  # fmt: skip
PARAMETER = {
    "code": "a.rate", "name": "津贴标准", "unit": "元", "owner": "厦门市民政局", "place": "思明区",
    "value": "200", "starts_on": "2014-01-01", "document": "厦民〔2014〕156号", "confidence": "O",
}  # fmt: skip


def record(cells):
    words = {name: text for name, text in cells.items() if text}
    return Record(dict(words), words)


def judged(judge, cells):
    verdict = judge(record(cells), policy_terms(None, date(2026, 3, 5)))
    return verdict, (str(verdict.outcome), [str(reason) for reason in verdict.reasons])


def staged(judge, cells):
    verdict, (outcome, reasons) = judged(judge, cells)
    assert (outcome, reasons) == ("accepted", [])
    return Staged(
        json.loads(json.dumps(verdict.values)), json.loads(json.dumps(verdict.details)), []
    )


def apply(function, judge, *rows, by=None):
    made = function(
        [staged(judge, row) for row in rows], by=by or city_official(), at=AT, import_id=1
    )
    return [(str(applied.outcome), applied.reason) for applied in made]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": ""}, "REQUIRED_MISSING"),
        ({"year": ""}, "REQUIRED_MISSING"),
        ({"year": "14"}, "DATE_INVALID"),
        ({"government": "县"}, "VALUE_INVALID"),
        ({"aspect": "其他"}, "VALUE_INVALID"),
        ({"confidence": "X"}, "VALUE_INVALID"),
        ({"place": "杏林区"}, "PLACE_UNKNOWN"),
        ({"issued_on": "14.6.22"}, "DATE_AMBIGUOUS"),
    ],
)
def test_wrong_document_row_is_refused_by_name(change, reason):
    assert judged(judge_document, DOCUMENT | change)[1] == ("refused", [reason])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"owner": ""}, "REQUIRED_MISSING"),
        ({"starts_on": ""}, "REQUIRED_MISSING"),
        ({"document": ""}, "REQUIRED_MISSING"),
        ({"last_day": "2014-12-31"}, "REQUIRED_MISSING"),
        ({"unit": "万元"}, "VALUE_INVALID"),
        ({"value": "约200"}, "NUMBER_INVALID"),
        ({"last_day": "2013-12-31", "after": "废止"}, "DATE_INVALID"),
        ({"place": "杏林区"}, "PLACE_UNKNOWN"),
    ],
)
def test_wrong_parameter_row_is_refused_by_name(change, reason):
    outcome, reasons = judged(judge_parameter, PARAMETER | change)[1]

    assert (outcome, reasons[0]) == ("refused", reason)


def compared(*changes):
    across = ValuesAcross()
    for number, change in enumerate(changes):
        across.add(("", number), judged(judge_parameter, PARAMETER | change)[0])
    return {
        number: (str(outcome), [str(reason) for reason in reasons])
        for (_, number), (_, outcome, reasons) in across.corrections().items()
    }


def test_gap_between_two_rates_is_named():
    found = compared(
        {"last_day": "2014-06-30", "after": "废止"}, {"value": "250", "starts_on": "2014-10-01"}
    )

    assert found == {0: ("warned", ["VALUE_GAP"])}


@pytest.mark.parametrize(
    "older",
    [
        {"last_day": "2014-09-30", "after": "废止"},
        {"last_day": "2014-06-30", "after": "不明"},
    ],
)
def test_days_that_are_covered_or_declared_unknown_are_no_gap(older):
    assert compared(older, {"value": "250", "starts_on": "2014-10-01"}) == {}


def test_two_rates_for_one_day_are_both_refused():
    found = compared({}, {"value": "250", "starts_on": "2014-10-01"})

    assert found == {
        0: ("refused", ["VALUES_OVERLAP"]),
        1: ("refused", ["VALUES_OVERLAP"]),
    }


def test_rates_of_two_districts_do_not_meet():
    assert compared({}, {"place": "湖里区"}) == {}


def test_document_comes_in_once_and_is_brought_up_to_date():
    found = [
        apply(apply_documents, judge_document, row)
        for row in (DOCUMENT, DOCUMENT, DOCUMENT | {"title": "津贴通知"})
    ]

    assert found == [[("created", "")], [("unchanged", "")], [("changed", "")]]
    document = Document.objects.get()
    assert (document.title, document.place, document.year) == ("津贴通知", place(CITY), 2014)


def test_parameter_comes_in_once_and_waits_for_a_second_person():
    make_document(number="厦民〔2014〕156号")

    found = [apply(apply_parameters, judge_parameter, PARAMETER) for _ in range(2)]

    value = ParameterValue.objects.get()
    assert [outcome for [(outcome, _)] in found] == ["created", "unchanged"]
    assert (value.state, value.value, value.place) == ("proposed", 20000, place("350203"))


def test_unknown_value_only_defines_the_parameter():
    apply(apply_parameters, judge_parameter, PARAMETER | {"value": "不明", "starts_on": ""})

    assert (Parameter.objects.get().code, ParameterValue.objects.count()) == ("a.rate", 0)


def test_what_the_library_refuses_is_told_row_by_row():
    make_document(number="厦民〔2014〕156号")
    rows = [
        staged(judge_parameter, PARAMETER | {"document": cited})
        for cited in ("无此文号", "厦民〔2014〕156号")
    ]

    found = apply_parameters(rows, by=make_user("district", "350203"), at=AT, import_id=1)

    assert [applied.reason for applied in found] == ["NotPermitted", "NotPermitted"]
    assert "您不能录入该地区的政策" in found[1].message


def test_import_without_a_person_is_refused():
    found = apply_documents([staged(judge_document, DOCUMENT)], by=None, at=AT, import_id=1)

    assert (found[0].outcome, Document.objects.count()) == ("refused", 0)


def test_the_demo_lists_come_in_whole_and_say_what_is_unknown(tmp_path):
    build = Path(__file__).resolve().parents[4] / "data" / "demo" / "build_city.py"
    subprocess.run([sys.executable, str(build), str(tmp_path)], check=True)
    lines = json.loads((tmp_path / "manifest.json").read_text())["files"]
    author, second = city_official(), city_official()

    sheets = {sheet.code: sheet for sheet in (DOCUMENTS, PARAMETERS, RELATIONS, TARGETS)}
    for line in [line for line in lines if line["kind"] in sheets]:
        sheet = sheets[line["kind"]]
        at = clock.noon_of(date.fromisoformat(line["as_of"]))
        source = box.read(tmp_path / line["file"], line["file"], sheet.familiar, Limits())
        verdicts = [
            v for _, _, v in Judging(sheet, sheet.context(author, clock.day_of(at)), source)
        ]
        rows = [Staged(v.values, v.details, []) for v in verdicts if v.outcome == "accepted"]
        applied = sheet.apply(rows, by=author, at=at, import_id=1)
        assert [result for result in applied if result.outcome == "refused"] == []
        assert len(rows) == line["expects"]["accepted"]
        for value in queries.values_awaiting():
            services.confirm_value(value=value, by=second, at=at)

    rate = "community_allowance.rate."
    assert terms.value_at(rate + "assistant", on=date(2015, 10, 31), place=place()) == 20000
    with pytest.raises(terms.NoValueInForce, match="高级社会工作师"):
        terms.value_at(rate + "senior", on=date(2015, 10, 31), place=place())
    with pytest.raises(terms.NoValueInForce, match="2010-01-01"):
        terms.value_at("community_pay.step.01", on=date(2015, 10, 31), place=place())
    standing = {
        number: queries.validities([document], on=date(2023, 6, 1))[document.pk].kind
        for number in (
            "厦民〔2017〕26号",
            "厦民规〔2022〕1号",
            "民发〔2009〕44号",
            "厦民〔2009〕32号",
        )
        if (document := queries.document_cited(number))
    }
    assert standing == {
        "厦民〔2017〕26号": "unknown",
        "厦民规〔2022〕1号": "in_force",
        "民发〔2009〕44号": "in_force",
        "厦民〔2009〕32号": "unknown",
    }
    pilot = queries.document_cited("政府购买社会工作服务试点工作实施意见")
    days = (date(2016, 6, 30), date(2016, 7, 1))
    assert [queries.validities([pilot], on=day)[pilot.pk].kind for day in days] == [
        "in_force",
        "expired",
    ]
    assert sorted(Target.objects.values_list("value", "figure")) == [
        (100, ""),
        (2500, "registry.certified"),
        (7000, "registry.certified"),
        (12000, "registry.certified"),
    ]


RELATION = {
    "document": "厦民〔2022〕1号",
    "kind": "替代",
    "target": "厦民〔2017〕26号",
    "confidence": "O",
}
TARGET = {
    "title": "持证目标", "unit": "人", "value": "2,500", "due_on": "2015-12-31", "confidence": "S",
    "document": "厦民〔2022〕1号", "figure": "registry.certified", "place": "厦门市",
}  # fmt: skip


@pytest.mark.parametrize(
    ("judge", "row", "change", "reason"),
    [
        (judge_relation, RELATION, {"target": ""}, "REQUIRED_MISSING"),
        (judge_relation, RELATION, {"kind": "取代了"}, "VALUE_INVALID"),
        (judge_relation, RELATION, {"since": "22.3.9"}, "DATE_AMBIGUOUS"),
        (judge_target, TARGET, {"value": "约2500"}, "NUMBER_INVALID"),
        (judge_target, TARGET, {"due_on": ""}, "REQUIRED_MISSING"),
        (judge_target, TARGET, {"baseline_value": "1565"}, "REQUIRED_MISSING"),
        (judge_target, TARGET, {"place": "杏林区"}, "PLACE_UNKNOWN"),
    ],
)
def test_wrong_relation_or_target_row_is_refused_by_name(judge, row, change, reason):
    assert judged(judge, row | change)[1] == ("refused", [reason])


def test_relations_and_targets_come_in_once_and_are_brought_up_to_date():
    for number in (RELATION["document"], RELATION["target"]):
        make_document(number=number)

    related = [
        apply(apply_relations, judge_relation, row)
        for row in (RELATION, RELATION, RELATION | {"article": "第三十条"})
    ]
    set_ = [
        apply(apply_targets, judge_target, row)
        for row in (TARGET, TARGET, TARGET | {"value": "2600"})
    ]

    once = [[("created", "")], [("unchanged", "")], [("changed", "")]]
    assert (related, set_) == (once, once)
    back = RELATION | {"document": RELATION["target"], "target": RELATION["document"]}
    assert apply(apply_relations, judge_relation, back) == [("refused", "RelationInvalid")]

"""The replay command: its answers against an independent reading of the contract, and what it refuses."""

import json
from random import Random

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from huiju.allowances.tests import oracle
from huiju.allowances.tests.worksheet_cases import random_case
from huiju.allowances.worksheets import replay, replay_file

CASE = {
    "id": "W01",
    "title": "a month of an assistant",
    "policy": {
        "scheme_start": "2025-01",
        "granularity": "month",
        "month_rule": {"kind": "full_month"},
        "level_pick": "highest",
        "cert_effect": "same_day",
        "post_effect": "next_month",
        "lookback_months": None,
        "recovery": {"kind": "offset", "pct": 50},
    },
    "people": ["p"],
    "facts": [
        {
            "id": "r1",
            "type": "rate",
            "level": "assistant",
            "district": "*",
            "from": "2020-01-01",
            "to": None,
            "amount": 20000,
            "recorded": "2024-12-01",
            "void": False,
        },
        {
            "id": "c1",
            "type": "cert",
            "person": "p",
            "level": "assistant",
            "date": "2019-06-22",
            "revoked_on": None,
            "recorded": "2024-12-01",
            "void": False,
        },
        {
            "id": "j1",
            "type": "post",
            "person": "p",
            "district": "思明区",
            "from": "2024-01-01",
            "to": None,
            "recorded": "2024-12-01",
            "void": False,
        },
    ],
    "runs": [{"run": "R1", "month": "2025-01", "on": "2025-01-25"}],
}
ANSWER = {"R1": {"p": {"lines": [["2025-01", "思明区", 20000]], "pay": 20000, "debt": 0}}}


def changed(*path, to):
    """The case with one value replaced."""
    case = json.loads(json.dumps(CASE))
    place = case
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return case


def written(folder, content):
    file = folder / "cases.json"
    file.write_text(content, encoding="utf-8")
    return file


def stops_marked(answers):
    """The answers with only the fact left that a run was stopped."""
    return {
        name: {
            run: "stopped" if {"error", "stopped"} & set(found) else found
            for run, found in answer.items()
        }
        for name, answer in answers.items()
    }


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 10**9))
def test_replay_agrees_with_a_day_by_day_reading_of_the_contract(seed):
    random = Random(seed)
    cases = [{"id": f"W{n}", **random_case(random)} for n in range(60)]

    answers = replay(cases)

    assert stops_marked(answers) == stops_marked(oracle.replay(cases))


def test_replay_file_prints_the_answer_of_the_contract(tmp_path, capsys):
    status = replay_file(written(tmp_path, json.dumps([CASE])))

    printed = capsys.readouterr()
    assert (status, json.loads(printed.out), printed.err) == (0, {"W01": ANSWER}, "")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[", "不是 UTF-8 编码的 JSON"),
        ("{}", "不是案例列表"),
        ("[1]", "第 1 个案例没有 id"),
        ('[{"id": "A", "id": "B"}]', "“id”出现了两次"),
        (json.dumps([CASE, CASE]), "有两个案例的 id 相同"),
    ],
)
def test_replay_file_says_why_a_file_cannot_be_judged(tmp_path, capsys, content, sentence):
    with translation.override("zh-hans"):
        status = replay_file(written(tmp_path, content))

    printed = capsys.readouterr()
    assert (status, printed.out, sentence in printed.err) == (2, "", True)


def test_replay_file_names_a_file_that_is_not_there(tmp_path, capsys):
    with translation.override("zh-hans"):
        status = replay_file(tmp_path / "none.json")

    assert (status, "无法读取" in capsys.readouterr().err) == (2, True)


REFUSED = [
    (("policy", "granularity"), "week", "policy.granularity"),
    (("policy", "month_rule"), {"kind": "half_month"}, "policy.month_rule.kind"),
    (("policy", "month_rule"), {"kind": "on_day"}, "policy.month_rule.day"),
    (("policy", "month_rule"), {"kind": "on_day", "day": 32}, "policy.month_rule.day"),
    (("policy", "month_rule"), {"kind": "min_days", "days": 0}, "policy.month_rule.days"),
    (("policy", "month_rule"), {"kind": "any_day", "days": 3}, "policy.month_rule.days"),
    (("policy", "month_rule"), None, "policy.month_rule"),
    (("policy", "level_pick"), "lowest", "policy.level_pick"),
    (("policy", "cert_effect"), "next_year", "policy.cert_effect"),
    (("policy", "post_effect"), True, "policy.post_effect"),
    (("policy", "lookback_months"), -1, "policy.lookback_months"),
    (("policy", "lookback_months"), 1.0, "policy.lookback_months"),
    (("policy", "recovery"), {"kind": "forgive"}, "policy.recovery.kind"),
    (("policy", "recovery"), {"kind": "offset", "pct": 101}, "policy.recovery.pct"),
    (("policy", "recovery"), {"kind": "offset"}, "policy.recovery.pct"),
    (("policy", "recovery"), "offset", "policy.recovery"),
    (("policy", "scheme_start"), "2025-1", "policy.scheme_start"),
    (("policy", "scheme_start"), "2025-13", "policy.scheme_start"),
    (("policy", "rounding"), "up", "policy.rounding"),
    (("people",), "p", "people"),
    (("people",), ["p", "p"], "people"),
    (("facts", 0, "type"), "bonus", "facts[1].type"),
    (("facts", 0, "amount"), 200.0, "facts[1].amount"),
    (("facts", 0, "amount"), -1, "facts[1].amount"),
    (("facts", 0, "amount"), 10**30, "facts[1].amount"),
    (("facts", 1, "level"), "助理社会工作师", "facts[2].level"),
    (("facts", 1, "date"), "2019-02-29", "facts[2].date"),
    (("facts", 1, "void"), "no", "facts[2].void"),
    (("facts", 2, "district"), "", "facts[3].district"),
    (("facts", 2), {"id": "b", "type": "returned", "person": "p", "run": "R9", "recorded": "2025-01-01"}, "facts[3].run"),
    (("facts", 2), 7, "facts[3]"),
    (("runs", 0, "month"), "January", "runs[1].month"),
    (("runs",), {}, "runs"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "field"), REFUSED)
def test_a_case_that_cannot_be_judged_names_its_field_and_spares_the_others(
    tmp_path, capsys, path, value, field
):
    wrong = {**changed(*path, to=value), "id": "W02"}
    with translation.override("zh-hans"):
        status = replay_file(written(tmp_path, json.dumps([wrong, CASE])))

    printed = capsys.readouterr()
    answers = json.loads(printed.out)
    assert (status, answers["W01"], answers["W02"]["error"]["field"]) == (2, ANSWER, field)
    assert f"案例 W02：字段 {field}：" in printed.err


def test_a_stopped_run_is_wrong_but_judged(tmp_path, capsys):
    case = changed("facts", 0, "from", to="2025-02-01")

    with translation.override("zh-hans"):
        status = replay_file(written(tmp_path, json.dumps([case])))

    assert (
        status,
        "案例 W01 R1：参数 rate（级别 assistant，思明区）" in capsys.readouterr().err,
    ) == (1, True)


def test_people_merged_in_a_circle_stop_the_run():
    merges = [
        {
            "id": one,
            "type": "merge",
            "from_person": one,
            "into_person": other,
            "recorded": "2025-01-02",
        }
        for one, other in [("p", "q"), ("q", "p")]
    ]

    with translation.override("zh-hans"):
        answer = replay([changed("facts", to=[*CASE["facts"], *merges])])

    message = "p 的合并关系绕成了一圈，请作废其中一条。"
    assert answer == {"W01": {"R1": {"error": {"message": message}}}}


def test_fields_that_mean_nothing_may_be_missing():
    case = changed("policy", "granularity", to="day")
    for field in ("month_rule", "level_pick", "lookback_months"):
        del case["policy"][field]

    assert replay([case]) == {"W01": ANSWER}

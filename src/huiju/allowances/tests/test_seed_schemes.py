"""The seed schemes are readable by the rules, say how sure they are, and make no figure up."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from huiju.allowances.models import Scheme
from huiju.allowances.shape_terms.reading import read_terms, unknown_terms
from huiju.allowances.terms import RuleUnknown
from huiju.allowances.tests.factories import compute, make_document
from huiju.directory.tests.factories import make_user

SEEDS = Path(__file__).resolve().parents[4] / "data" / "schemes"
XIAMEN = json.loads((SEEDS / "xiamen.json").read_text(encoding="utf-8"))
EXAMPLES = json.loads((SEEDS / "examples.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("scheme", XIAMEN + EXAMPLES, ids=lambda scheme: scheme["code"])
def test_a_seed_has_terms_its_shape_takes_and_says_what_is_unknown(scheme):
    read_terms(scheme["shape"], scheme["terms"], lookback_months=scheme["lookback_months"])

    assert scheme["confidence"] in {"O", "S", "I", "K"}
    assert scheme["unknowns"]
    assert scheme["owner"]


def test_what_nobody_has_seen_is_unknown_and_no_figure():
    unknown = {
        scheme["code"]: unknown_terms(scheme["terms"])
        for scheme in XIAMEN + EXAMPLES
        if unknown_terms(scheme["terms"])
    }

    assert unknown == {
        "xm_exam_refund": ["ceiling_fen"],
        "xm_pay_guide": ["percents"],
        "ex_beijing": ["grades"],
    }


def test_examples_are_of_other_cities():
    assert not [scheme for scheme in EXAMPLES if scheme["place"].startswith("3502")]
    assert all(scheme["name"].startswith("示例：") for scheme in EXAMPLES)


@pytest.mark.django_db
def test_the_city_s_seeds_are_loaded_and_those_unknown_are_refused_in_words(capsys):
    document = make_document()
    type(document).objects.filter(pk=document.pk).update(number="厦民〔2017〕243号")
    make_user("city", "350200", username="clerk")

    call_command("allowances_scheme", SEEDS / "xiamen.json", user="clerk")

    assert Scheme.objects.count() == len(XIAMEN)
    with pytest.raises(
        RuleUnknown, match=r"考试费用报销.*起始月份、最高限额.*请向厦门市民政局核实"
    ):
        compute(Scheme.objects.get(code="xm_exam_refund"))
    with pytest.raises(RuleUnknown, match=r"薪酬指导.*各级别百分比.*请向厦门市民政局核实"):
        compute(Scheme.objects.get(code="xm_pay_guide"))

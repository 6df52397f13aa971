import json
from datetime import date
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import translation

from huiju.allowances.models import Run, Scheme
from huiju.allowances.services.schemes import SchemeInvalid
from huiju.allowances.tests.factories import make_document, make_scheme
from huiju.directory.queries import WhereUnknown
from huiju.directory.tests.factories import make_user
from huiju.kernel.errors import DomainError
from huiju.registry.tests.factories import make_certificate, make_person, make_post

pytestmark = pytest.mark.django_db
DEMO = settings.PACKAGE.parent.parent / "data" / "demo" / "schemes.json"


def answer(*words):
    output = StringIO()
    with translation.override("zh-hans"):
        call_command(*words, stdout=output)
    return json.loads(output.getvalue())


def test_compute_prints_the_runs():
    make_scheme()
    person = make_person()
    make_certificate(person)
    make_post(person)
    make_user("district", "350203", username="siming")

    runs = answer("allowances_compute", "2015-10", "--as", "siming", "--as-of", "2015-11-02")

    assert runs == [
        {
            "run": Run.objects.get().pk,
            "scheme": "test",
            "place": "思明区",
            "month": "2015-10",
            "revision": 1,
            "people": 1,
            "lines": 1,
            "amount_fen": 20000,
        }
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--as", "nobody"], "没有用户“nobody”"),
        (["--as", "siming", "--scheme", "other"], "请用 --scheme"),
        (["--as", "siming", "--place", "湖里区"], "您不负责计算湖里区的津贴"),
    ],
)
def test_compute_says_why_not(words, sentence):
    make_scheme()
    make_user("district", "350203", username="siming")

    with pytest.raises(DomainError, match=sentence):
        answer("allowances_compute", "2015-10", *words)

    assert Run.objects.count() == 0


def test_the_rehearsal_citys_scheme_is_set_up_once():
    make_user("city", "350200", username="city1")
    words = ["allowances_scheme", str(DEMO), "--as", "city1", "--as-of", "2014-03-24"]

    codes = [answer(*words), answer(*words)]

    scheme = Scheme.objects.get()
    assert codes == [["community_allowance"], ["community_allowance"]]
    assert (scheme.first_month, scheme.rate_parameter("assistant"), scheme.confidence) == (
        date(2014, 1, 1),
        "community_allowance.rate.assistant",
        "S",
    )


def test_a_scheme_with_computed_months_keeps_its_method(tmp_path):
    make_user("city", "350200", username="city1")
    file = tmp_path / "schemes.json"
    entry = json.loads(DEMO.read_text(encoding="utf-8"))[0]
    words = ["allowances_scheme", str(file), "--as", "city1"]
    file.write_text(json.dumps([entry]), encoding="utf-8")
    answer(*words)
    call_command("allowances_compute", "2015-10", "--as", "city1", stdout=StringIO())
    file.write_text(json.dumps([entry | {"month_rule": "full_month"}]), encoding="utf-8")

    with pytest.raises(DomainError, match="已有计算过的月份"):
        answer(*words)

    assert Scheme.objects.get().month_rule == "any_day"


@pytest.mark.parametrize(
    ("change", "refused", "said"),
    [
        ({"month_rule": "never"}, SchemeInvalid, "计发月份"),
        ({"place": "999999"}, WhereUnknown, "999999"),
        ({"colour": "red"}, CommandError, "第 1 个方案有不认识的字段“colour”"),
        ({"first_month": "2014"}, CommandError, "“2014”不是月份"),
    ],
)
def test_a_scheme_that_cannot_be_is_refused(tmp_path, change, refused, said):
    make_user("city", "350200", username="city1")
    make_document()
    entry = json.loads(DEMO.read_text(encoding="utf-8"))[0]
    file = tmp_path / "schemes.json"
    file.write_text(json.dumps([entry | change]), encoding="utf-8")

    with pytest.raises(refused, match=said):
        answer("allowances_scheme", str(file), "--as", "city1")

    assert Scheme.objects.count() == 0

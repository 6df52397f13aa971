"""Small numbers of foreign areas are told nowhere: page, API, publication, bulletin."""

from datetime import date

import pytest
from django.urls import reverse

from huiju.api import services as tokens
from huiju.directory.tests.factories import make_user
from huiju.kernel import clock
from huiju.policies.tests.factories import make_parameter, make_value
from huiju.statistics.bulletin import issuing
from huiju.statistics.tests.factories import LATER, ON, make_certified

pytestmark = pytest.mark.django_db
FIGURE = reverse("statistics:figure", args=["registry.certified"])


@pytest.fixture
def least(db):
    parameter = make_parameter(code="statistics.small_number", unit="person")
    make_value(parameter, date(2008, 1, 1), value=5)


@pytest.fixture
def town(db):
    """Of 22 certified people three are senior: two in 湖里区 and one in 思明区."""
    for level, number in (("assistant", 12), ("intermediate", 7), ("senior", 2)):
        for _ in range(number):
            make_certified(level, "350206")
    make_certified("senior", "350203")


def levels(client, code, role="district", **asked):
    """The levels as the page of the figure shows them to a reader."""
    client.force_login(make_user(role, code))
    page = client.get(FIGURE, {"on": ON.isoformat(), **asked})
    splits = {split["dimension"]: split["rows"] for split in page.context["splits"]}
    return {row["label"]: row["value"] or row["hidden"] for row in splits.get("级别", [])}


@pytest.mark.usefixtures("least", "town")
def test_who_holds_the_city_sees_every_number(client):
    assert levels(client, "350200", "city") == {
        "助理社会工作师": 12,
        "社会工作师": 7,
        "高级社会工作师": 3,
    }


@pytest.mark.usefixtures("least", "town")
def test_who_holds_nothing_of_it_is_told_fewer_and_one_more_is_covered(client):
    assert levels(client, "350205") == {
        "助理社会工作师": 12,
        "社会工作师": "不单列",
        "高级社会工作师": "少于5",
    }


@pytest.mark.usefixtures("least", "town")
def test_who_knows_a_part_of_it_is_not_told_fewer(client):
    assert levels(client, "350203")["高级社会工作师"] == "不单列"


@pytest.mark.usefixtures("least", "town")
def test_own_district_is_told_and_another_one_is_not_split(client):
    own = levels(client, "350203", district="思明区")
    foreign = levels(client, "350203", district="湖里区")

    assert (own, foreign) == ({"高级社会工作师": 1}, {})


@pytest.mark.usefixtures("town")
def test_without_a_threshold_nothing_finer_is_told(client):
    assert levels(client, "350205") == {}
    assert levels(client, "350200", "city")["高级社会工作师"] == 3


@pytest.mark.usefixtures("least", "town")
def test_parts_that_may_not_be_asked_for_do_not_open(client):
    client.force_login(make_user("district", "350205"))
    page = client.get(FIGURE, {"on": ON.isoformat()}).content.decode()

    assert "level=assistant" not in page
    assert '<option value="senior"' not in page
    assert "district=%E6%B9%96%E9%87%8C%E5%8C%BA" in page


@pytest.mark.usefixtures("least", "town")
def test_dashboard_of_the_city_hides_the_same(client):
    client.force_login(make_user("district", "350205"))

    page = client.get(reverse("statistics:dashboard"), {"place": "350200", "on": ON.isoformat()})

    charts = {chart["id"]: chart for chart in page.context["charts"]}
    shown = [row["hidden"] or row["value"] for row in charts["certified-by-level"]["rows"]]
    drawn = charts["certified-by-level"]["option"]["series"][0]["data"]
    assert shown == [12, "不单列", "少于5"]
    assert [point["value"] for point in drawn] == [12]


@pytest.mark.usefixtures("least", "town")
@pytest.mark.parametrize(
    ("role", "code", "by"),
    [
        ("city", "350200", {"assistant": 12, "intermediate": 7, "senior": 3}),
        ("district", "350203", {"senior": 1}),
        ("district", "350205", {}),
    ],
)
def test_api_counts_the_records_its_caller_sees_and_no_others(client, role, code, by):
    user = make_user(role, code)
    _token, text = tokens.create_token(user=user, name="test", days=1, at=clock.now())
    asked = {"on": ON.isoformat(), "by": "level"}

    answer = client.get(
        "/api/v1/figures/registry.certified", asked, headers={"Authorization": f"Bearer {text}"}
    )

    assert answer.json()["by"] == by


@pytest.mark.usefixtures("least", "town")
def test_published_parts_are_listed_to_the_city_and_sums_to_everybody(client):
    made = issuing.issue_figures(ON, by=None, at=LATER)
    listed = {}
    for role, code in (("city", "350200"), ("district", "350205")):
        client.force_login(make_user(role, code))
        page = client.get(reverse("statistics:publication", args=[made.pk]))
        group = next(g for g in page.context["groups"] if g["code"] == "registry.certified")
        listed[role] = [row["part"] for row in group["rows"]]

    assert {"高级社会工作师", "湖里区"} <= set(listed["city"])
    assert listed["district"] == ["全市", "湖里区", "思明区"]


@pytest.mark.usefixtures("least", "town")
def test_bulletin_says_fewer_and_its_table_leaves_the_levels_out():
    made = issuing.issue_bulletin(2015, by=None, at=LATER)
    workforce = next(s for s in made.body["sections"] if "持证" in s["heading"])
    text = "".join(run["text"] for run in workforce["paragraphs"][0])
    (grid,) = workforce["grids"]

    assert "高级社会工作师少于5人" in text
    assert "社会工作师（不单列）" in text
    assert grid["heads"][:2] == ["区", "合计"]
    assert not made.values.filter(filters__has_key="level", value__lt=5).exists()

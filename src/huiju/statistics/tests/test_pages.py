"""Pages of statistics: what they show, to whom, and with how many questions to the database."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huiju.allowances.tests.factories import compute, make_scheme
from huiju.directory.tests.factories import make_user
from huiju.kernel import clock
from huiju.kernel.figures import digest_of
from huiju.kernel.periods import Month
from huiju.registry import figures as registry
from huiju.registry.models import Certificate, Post
from huiju.statistics.catalogue import FIGURES
from huiju.statistics.models import Publication
from huiju.statistics.tests.factories import (
    LATER,
    ask,
    make_certificate,
    make_certified,
    make_publication,
)

pytestmark = pytest.mark.django_db
TAG = re.compile(r'<(?:"[^"]*"|[^">])*>')
BOOKKEEPING = ("SAVEPOINT", "RELEASE", "SET TRANSACTION", "set_config", "current_setting")


@pytest.fixture
def city(client):
    client.force_login(make_user("city", "350200"))
    return client


@pytest.fixture
def district(client):
    client.force_login(make_user("district", "350203"))
    return client


def figure_url(code=registry.certified.code, **asked):
    query = "&".join(f"{name}={value}" for name, value in {"on": "2015-12-31", **asked}.items())
    return f"{reverse('statistics:figure', args=[code])}?{query}"


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def test_figure_page_shows_value_digest_citation_and_records(city):
    person = make_certified()

    page = text_of(city.get(figure_url()))

    assert person.name in page
    assert str(registry.certified.definition) in page
    assert digest_of([person.pk]) in page
    assert "本数字由1条记录统计而来，您可查看其中1条。" in page
    assert "口径 registry.certified 第1版" in page


def test_figure_page_names_only_records_of_the_readers_area(district):
    mine, theirs = make_certified(), make_certified(where="350206")

    page = text_of(district.get(figure_url()))

    assert mine.name in page
    assert theirs.name not in page
    assert "本数字由2条记录统计而来，您可查看其中1条。" in page


def test_figure_page_refuses_parts_of_another_district(district):
    make_certified(where="350206")

    answers = [
        district.get(figure_url(district=name, level="assistant")).status_code
        for name in ("湖里区", "思明区")
    ]

    assert answers == [403, 200]


def test_figure_page_is_asked_as_known_on_a_day(city):
    make_certificate(make_certified(), "senior", recorded_at=LATER)

    pages = [
        text_of(city.get(figure_url(level="senior", known_on=day)))
        for day in ("2016-05-31", "2016-06-01")
    ]

    assert ["本数字由1条记录统计而来" in page for page in pages] == [False, True]


AFTERNOON = datetime(2016, 6, 1, 14, 3, 5, 123456, tzinfo=clock.CITY_ZONE)
NUMBER = re.compile(r'href="([^"]*registry.certified/[^"]*)"')


@pytest.mark.parametrize("where", ["bulletin", "publication", "dashboard"])
def test_published_number_opens_to_itself_after_a_record_of_the_same_minute(city, where):
    person = make_certified()
    with clock.fixed(AFTERNOON):
        city.post(reverse("statistics:bulletin_publish", args=[2015]))
        make_publication(ask(on=AFTERNOON.date()), at=AFTERNOON)
    late = make_certified()
    soon = AFTERNOON + timedelta(seconds=9)
    Certificate.objects.filter(person=late).update(recorded_at=soon)
    Post.objects.filter(person=late).update(recorded_at=soon)
    address = {
        "bulletin": reverse("statistics:bulletin", args=[2015]),
        "publication": reverse("statistics:publication", args=[first_bulletin()]),
        "dashboard": reverse("statistics:dashboard"),
    }[where]

    found = NUMBER.findall(text_of(city.get(address)).replace("&amp;", "&"))
    opened = text_of(city.get(next(url for url in found if "known_at" in url)))

    assert person.name in opened
    assert late.name not in opened
    assert "2016-06-01 14:03" in opened
    assert "本数字由1条记录统计而来" in opened
    parts = [url for url in NUMBER.findall(opened.replace("&amp;", "&")) if "level=" in url]
    assert parts
    assert all("known_at=2016-06-01T14%3A03%3A05.123456" in url for url in parts)


def first_bulletin():
    return Publication.objects.get(kind="bulletin").pk


def test_day_that_is_entered_goes_before_the_instant_of_the_link(city):
    make_certificate(make_certified(), "senior", recorded_at=LATER)
    instant = (LATER - timedelta(1)).isoformat().replace("+", "%2B")

    values = [
        city.get(figure_url(level="senior", known_at=instant, **day)).context["value"]
        for day in ({}, {"known_on": ""}, {"known_on": "2016-06-01"})
    ]

    assert values == [0, 0, 1]


@pytest.mark.parametrize("code", FIGURES)
def test_every_figure_has_a_page(city, code):
    make_certified()

    assert text_of(city.get(figure_url(code)))


def test_unknown_figure_is_not_found(city):
    assert city.get(reverse("statistics:figure", args=["registry.unknown"])).status_code == 404


def test_catalogue_lists_every_figure(city):
    page = text_of(city.get(reverse("statistics:catalogue")))

    assert all(code in page for code in FIGURES)


def test_dashboard_of_the_city_and_of_a_district_count_their_own(city):
    make_certified()
    make_certified(where="350206")

    url = reverse("statistics:dashboard")
    contexts = [
        city.get(url, {"on": "2015-12-31", "place": code}).context for code in ("350200", "350206")
    ]

    assert [context["cards"][0]["value"] for context in contexts] == [2, 1]
    assert [row["value"] for row in contexts[0]["charts"][0]["rows"]] == [1, 1]


def test_dashboard_opens_on_the_readers_own_district(district):
    assert "思明区" in text_of(district.get(reverse("statistics:dashboard")))
    response = district.get(reverse("statistics:dashboard"))
    assert response.context["scope"].place.code == "350203"


def test_dashboard_draws_the_published_series(city):
    make_certified()
    make_publication(ask(on=LATER.date()))
    make_publication(ask())

    response = city.get(reverse("statistics:dashboard"), {"place": "350200"})

    assert [row["value"] for row in response.context["trend"]["rows"]] == [1, 1]


def test_city_publishes_and_district_is_told_why_not(city):
    make_certified()

    response = city.post(reverse("statistics:publish"), {"on": "2015-12-31"}, follow=True)

    assert "2015年12月31日数字" in text_of(response)
    assert Publication.objects.count() == 1
    city.force_login(make_user("district", "350203"))
    assert "数字由市级统一发布，请联系市级主管人员。" in text_of(
        city.get(reverse("statistics:publications"))
    )
    assert city.post(reverse("statistics:publish"), {"on": "2015-12-31"}).status_code == 403


def test_publish_without_a_date_says_so(city):
    response = city.post(reverse("statistics:publish"), {"on": ""}, follow=True)

    assert "请填写要发布哪一天的数字。" in text_of(response)


def test_check_page_names_records_that_came_as_far_as_the_reader_sees(district):
    make_certified()
    publication = make_publication(ask())
    came = make_certified(where="350206")
    url = reverse("statistics:check", args=[publication.pk])

    seen_by_district = text_of(district.get(url))
    district.force_login(make_user("city", "350200"))
    seen_by_city = text_of(district.get(url))

    assert (came.name in seen_by_district, came.name in seen_by_city) == (False, True)
    assert "另有1条" in seen_by_district


def test_bulletin_page_links_every_number_and_stays_when_published(city):
    make_certified()
    url = reverse("statistics:bulletin", args=[2015])

    draft = text_of(city.get(url))
    city.post(reverse("statistics:bulletin_publish", args=[2015]))
    make_certified()
    published = text_of(city.get(url))

    assert "2015年度（草稿）" in draft
    assert "（草稿）" not in published
    assert "草稿，未发布" in draft
    assert "全市持证社会工作者" in draft
    assert draft.count("registry.certified/?on=2015-12-31") > 3
    assert "全市持证社会工作者<a" in published
    assert '">1</a>人，上年末为' in published
    assert "草稿，未发布" not in published


def test_bulletin_tells_rates_with_their_parameter_and_the_amount_computed(city):
    make_certified()
    compute(make_scheme(), Month(2015, 12), at=LATER)

    page = TAG.sub("", text_of(city.get(reverse("statistics:bulletin", args=[2015]))))

    assert "社区在岗津贴标准为：助理社会工作师每月200元；社会工作师每月300元。" in page
    assert "2015年度截至12月，已核算津贴1笔、200元（核算草稿，尚未审批发放）。" in page


def test_bulletin_calls_no_award_that_is_paid_once_a_monthly_rate(city):
    make_certified()
    make_scheme(shape="once_by_level", terms={})

    page = TAG.sub("", text_of(city.get(reverse("statistics:bulletin", args=[2015]))))

    assert "社区在岗津贴标准为" not in page


def test_money_is_shown_in_yuan(city):
    make_certified()
    compute(make_scheme(), Month(2015, 12), at=LATER)

    page = text_of(city.get(figure_url("allowances.amount")))

    assert '<b class="number">200.00</b> 元' in page


@pytest.mark.parametrize(
    ("name", "kind"),
    [("bulletin_pdf", "application/pdf"), ("bulletin_docx", "application/vnd.openxmlformats")],
)
def test_bulletin_is_downloaded(district, name, kind):
    make_certified()

    response = district.get(reverse(f"statistics:{name}", args=[2015]))

    assert response.headers["Content-Type"].startswith(kind)
    assert "attachment" in response.headers["Content-Disposition"]


@pytest.mark.parametrize("year", [2007, 2999])
def test_bulletin_of_a_year_without_records_is_not_found(city, year):
    assert city.get(reverse("statistics:bulletin", args=[year])).status_code == 404


PAGES = [
    ("statistics:dashboard", [], 12),
    ("statistics:catalogue", [], 12),
    ("statistics:figure", ["registry.certified"], 12),
    ("statistics:publications", [], 12),
    ("statistics:bulletin", [2015], 22),
]


@pytest.mark.parametrize(("name", "arguments", "questions"), PAGES)
def test_pages_ask_the_database_few_questions(city, name, arguments, questions):
    for _ in range(3):
        make_certified()
    make_publication(ask())
    url = reverse(name, args=arguments)
    with clock.fixed(LATER + timedelta(1)):
        city.get(url)

        with CaptureQueriesContext(connection) as captured:
            text_of(city.get(url))

    asked = [
        query["sql"]
        for query in captured.captured_queries
        if not any(word in query["sql"] for word in BOOKKEEPING)
    ]
    assert len(asked) <= questions, "\n".join(asked)


def test_dashboard_draws_districts_where_the_instance_has_a_drawing(city, settings, tmp_path):
    make_certified()
    settings.HUIJU_HOME = tmp_path
    url = reverse("statistics:dashboard")
    without = city.get(url, {"place": "350200"}).context["charts"][0]

    (tmp_path / "districts.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    page = city.get(url, {"place": "350200"})

    drawn = page.context["charts"][0]
    (district,) = drawn["option"]["series"][0]["data"]
    assert (without["option"]["series"][0]["type"], without.get("map")) == ("bar", None)
    assert (drawn["rows"], district["name"], district["value"]) == (without["rows"], "思明区", 1)
    assert district["url"] == drawn["rows"][0]["url"]
    assert 'data-map="districts-drawn"' in text_of(page)

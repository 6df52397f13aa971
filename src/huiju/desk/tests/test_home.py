from datetime import date

import pytest
from django.urls import reverse

from huiju.desk.queries import area, guide
from huiju.directory.enums import Role
from huiju.directory.tests.factories import make_grant, make_user, place
from huiju.kernel import clock
from huiju.registry.tests.factories import make_certificate, make_person

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("role", "where", "name"),
    [
        ("city", "350200", "厦门市"),
        ("district", "350206", "湖里区"),
        ("street", "350203001", "思明区"),
        ("reviewer", "350200", None),
    ],
)
def test_area_of_a_desk_is_the_city_or_the_district_around_it(role, where, name):
    found = area.area_of(make_user(role, where), on=ON)

    assert (found and found.name) == name


def test_key_figures_of_a_district_are_the_districts_and_open_on_their_page():
    make_certificate(make_person(place=place("350203001")))
    make_certificate(make_person(place=place("350206001")))

    figures = area.key_figures(place("350203"), on=clock.today())

    certified = figures[0]
    assert (str(certified.title), certified.value, str(certified.unit)) == (
        "持证社会工作者",
        1,
        "人",
    )
    assert certified.url.startswith(reverse("statistics:figure", args=["registry.certified"]))


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_shown_where_to_begin_and_may_open_it(client, role):
    user = make_user(role, "350200")
    client.force_login(user)

    steps = guide.steps_for(user, on=ON)

    assert steps
    assert [client.get(step.url).status_code for step in steps] == [200] * len(steps)


def test_a_step_of_two_roles_is_shown_once():
    user = make_user("city", "350200")
    make_grant(user, "district", "350203")

    steps = guide.steps_for(user, on=ON)

    assert len(steps) == len(set(steps))

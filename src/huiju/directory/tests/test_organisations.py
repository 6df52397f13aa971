from datetime import date

import pytest

from huiju.audit.models import Event
from huiju.directory import services
from huiju.directory.models import Organisation
from huiju.directory.rules import plain
from huiju.directory.services import OrganisationStatement
from huiju.directory.tests.factories import make_organisation, place

pytestmark = pytest.mark.django_db
CODE = "91350100M000100Y43"
OTHER_CODE = "5235020074M0001007"


def stated(**fields: object) -> OrganisationStatement:
    defaults = {"name": "厦门市霞辉社工中心", "kind": "agency", "place": place("350206")}
    return OrganisationStatement(**defaults | fields)


def on_file(**fields: object) -> Organisation:
    """The organisation after this was stated."""
    return services.state_organisation(stated=stated(**fields), by=None).organisation


def test_an_organisation_is_recorded_once():
    first = on_file(field="老人社会服务")
    again = on_file()

    assert first == again
    assert Event.objects.filter(subject=f"directory.Organisation:{first.pk}").count() == 1


def test_what_is_stated_later_is_filled_in_and_what_is_not_stays():
    on_file(field="老人社会服务")

    filled = on_file(uscc=CODE, starts_on=date(2012, 5, 1), aliases=("霞辉",))

    assert (filled.uscc, filled.field, filled.starts_on, filled.aliases) == (
        CODE,
        "老人社会服务",
        date(2012, 5, 1),
        ["霞辉"],
    )


def test_an_organisation_is_found_by_an_alias_in_its_district_only():
    known = make_organisation(
        name="厦门市霞辉社会工作服务中心", aliases=["霞辉社工"], place=place("350206001")
    )

    same = on_file(name="霞辉 社工")
    other = on_file(name="霞辉社工", place=place("350203"))

    assert (same, Organisation.objects.count()) == (known, 2)
    assert other.name == "霞辉社工"


def test_an_organisation_of_the_whole_city_is_found_from_every_district():
    bureau = make_organisation(name="厦门市民政局", kind="government", place=place("350200"))

    same = on_file(name="厦门市民政局", kind="", place=bureau.place)

    assert (same, Organisation.objects.count()) == (bureau, 1)


def test_a_renamed_organisation_keeps_its_former_name_among_the_others():
    on_file(uscc=CODE)

    renamed = on_file(uscc=CODE, name="厦门市霞光社工中心")

    assert (renamed.name, renamed.aliases) == ("厦门市霞光社工中心", ["厦门市霞辉社工中心"])
    assert renamed.pinyin == "xiamenshixiaguangshegongzhongxin"


def test_a_name_under_another_credit_code_is_refused():
    make_organisation(name="厦门市霞辉社工中心", uscc=CODE, place=place("350206"))

    with pytest.raises(services.OrganisationConflict):
        on_file(uscc=OTHER_CODE)


def test_a_credit_code_with_a_wrong_check_character_is_refused():
    with pytest.raises(services.CreditCodeInvalid):
        on_file(uscc=CODE[:-1] + "4")

    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    ("written", "kept"), [("Ａ 社工(湖里)", "A社工（湖里）"), ("霞辉　社工", "霞辉社工"), ("", "")]
)
def test_names_are_kept_without_blanks_and_with_chinese_brackets(written, kept):
    assert plain(written) == kept

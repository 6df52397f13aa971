import pytest

from huiju.desk.enums import FindingKind
from huiju.desk.queries import search
from huiju.directory.access import reading_as
from huiju.directory.tests.factories import make_organisation, make_user, place
from huiju.kernel import clock
from huiju.policies.tests.factories import make_document
from huiju.registry.tests.factories import make_person

pytestmark = pytest.mark.django_db


def titles(user, text):
    groups = search.found(user, text, on=clock.today())
    return {group.kind: [finding.title for finding in group.findings] for group in groups}


@pytest.mark.parametrize("text", ["晓明", "林晓", "linxiaoming", "lxm", " 林晓明 "])
def test_person_is_found_by_characters_pinyin_and_initials(text):
    make_person(name="林晓明")
    make_person(name="陈月英")

    assert titles(make_user("city", "350200"), text) == {FindingKind.PERSON: ["林晓明"]}


def test_person_of_another_district_is_not_found():
    make_person(name="林晓明", place=place("350206001"))
    official = make_user("district", "350203")

    with reading_as(official):
        found = titles(official, "林晓明")

    assert found == {}


def test_organisations_that_begin_with_the_text_come_first():
    make_organisation(name="湖里区霞辉中心")
    make_organisation(name="霞辉社工站")

    found = titles(make_user("city", "350200"), "霞辉")

    assert found == {FindingKind.ORGANISATION: ["霞辉社工站", "湖里区霞辉中心"]}


def test_policy_is_found_by_a_word_of_its_number():
    make_document(title="职业津贴办法", number="厦民〔2017〕243号")

    found = titles(make_user("worker", "350203"), "243")

    assert found == {FindingKind.DOCUMENT: ["职业津贴办法"]}


def test_who_may_not_search_people_finds_policies_only():
    make_person(name="津贴")
    make_document(title="津贴办法")

    assert titles(make_user("reviewer", "350200"), "津贴") == {FindingKind.DOCUMENT: ["津贴办法"]}


def test_an_empty_question_finds_nothing():
    make_document(title="职业津贴办法")

    assert titles(make_user("city", "350200"), "  ") == {}


def test_more_than_twenty_are_cut_and_said_to_be_more():
    for number in range(21):
        make_document(title=f"津贴办法{number}")

    (group,) = search.found(make_user("city", "350200"), "津贴办法", on=clock.today())

    assert (len(group.findings), group.more) == (20, True)

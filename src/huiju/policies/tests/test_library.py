"""Recording documents, finding them, and attaching their texts."""

from datetime import date

import pytest

from huiju.audit.models import Event
from huiju.directory.tests.factories import make_user, place
from huiju.documents.services import open_file
from huiju.kernel.errors import NotPermitted
from huiju.policies import queries, services
from huiju.policies.models import Document
from huiju.policies.queries import DocumentFilter
from huiju.policies.services import DocumentInvalid
from huiju.policies.tests.factories import AT, city_official, document_entry, make_document

pytestmark = pytest.mark.django_db


def record(entry):
    return services.record_document(entry=entry, by=city_official(), at=AT)


def test_same_document_again_changes_nothing():
    entry = document_entry()
    first = record(entry)
    events = Event.objects.count()

    again = record(entry)

    assert (again.pk, Document.objects.count(), Event.objects.count()) == (first.pk, 1, events)


def test_document_of_the_same_number_is_brought_up_to_date():
    record(document_entry(number="厦民〔2014〕156号", title="（标题未见原文）"))

    changed = record(document_entry(number="厦民〔2014〕156号", title="通知"))

    assert [str(document) for document in Document.objects.all()] == ["通知（厦民〔2014〕156号）"]
    assert Event.objects.filter(action="policies.document_changed").count() == 1
    assert changed.recorded_at == AT


def test_unnumbered_documents_are_told_apart_by_title_issuer_and_year():
    record(document_entry(number="", title="试行办法", year=2014))
    record(document_entry(number="", title="试行办法", year=2015))
    record(document_entry(number="", title="试行办法", year=2015))

    assert Document.objects.count() == 2


@pytest.mark.parametrize("taken", ["厦委办〔2012〕36号", "厦委办发〔2012〕36号"])
def test_no_number_or_alias_names_two_documents(taken):
    record(document_entry(number="厦委办〔2012〕36号", aliases=["厦委办发〔2012〕36号"]))

    with pytest.raises(DocumentInvalid, match="36"):
        record(document_entry(aliases=[taken]))


def test_year_and_day_of_issue_must_agree():
    with pytest.raises(DocumentInvalid):
        record(document_entry(year=2014, issued_on=date(2015, 1, 1)))


def test_district_records_its_own_documents_only():
    official = make_user("district", "350203")
    own = document_entry(place=place("350203"), government="district")

    services.record_document(entry=own, by=official, at=AT)

    with pytest.raises(NotPermitted):
        services.record_document(entry=document_entry(), by=official, at=AT)


def test_document_is_found_by_an_alias():
    document = record(document_entry(number="厦委办〔2012〕36号", aliases=["厦委办发〔2012〕36号"]))

    assert queries.document_cited("厦委办发〔2012〕36号") == document


@pytest.mark.parametrize(
    "asked",
    [
        DocumentFilter(words="津贴 156"),
        DocumentFilter(year=2014, government="city"),
        DocumentFilter(issuer="财政"),
        DocumentFilter(words="民发〔2014〕1号"),
    ],
)
def test_library_finds_by_each_of_its_filters(asked):
    wanted = record(
        document_entry(
            number="厦民〔2014〕156号",
            aliases=["民发〔2014〕1号"],
            title="津贴通知",
            issuer="厦门市民政局、厦门市财政局",
            year=2014,
        )
    )
    record(document_entry(year=2016, government="nation", title="意见", number="民发〔2016〕186号"))

    assert list(queries.documents(asked)) == [wanted]


def test_attached_text_is_open_to_everybody(settings, tmp_path):
    settings.HUIJU_FILES = tmp_path
    document = make_document()

    attachment = services.attach_file(
        document=document, name="原文.pdf", content=b"%PDF-1.7", by=city_official(), at=AT
    )

    assert open_file(attachment.file) == b"%PDF-1.7"
    assert attachment.file.opening.file_id == attachment.file_id

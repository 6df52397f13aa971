import hashlib
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from django.conf import settings

from huiju.audit.models import Event
from huiju.directory.access import reading_as
from huiju.directory.tests.factories import make_user, place
from huiju.documents import services
from huiju.documents.models import StoredFile
from huiju.documents.services import FileDamaged, FileRefused, Keeping
from huiju.documents.tests.factories import PDF, make_file
from huiju.kernel import clock

pytestmark = pytest.mark.django_db

AT = clock.noon_of(date(2026, 3, 5))


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.HUIJU_FILES = tmp_path


def path_of(file: StoredFile) -> Path:
    return Path(settings.HUIJU_FILES) / file.digest[:2] / file.digest


def test_stored_file_opens_with_its_bytes():
    file = make_file(content=PDF + b"text")

    assert services.open_file(file) == PDF + b"text"
    assert (file.media_type, file.size) == ("application/pdf", 13)
    assert file.digest == hashlib.sha256(PDF + b"text").hexdigest()


def test_equal_content_is_kept_once_on_disk():
    first, second = make_file(content=PDF), make_file(content=PDF)

    assert path_of(first) == path_of(second)
    assert [path for path in Path(settings.HUIJU_FILES).rglob("*") if path.is_file()] == [
        path_of(first)
    ]


def test_storing_leaves_an_event_without_the_name():
    file = make_file(name="张三的材料.pdf")

    event = Event.objects.get(action="documents.file_stored")
    assert event.detail == {"digest": file.digest}


def test_retention_ends_with_a_year_or_never():
    keeping = Keeping(retention="procurement", place=place())

    for_years = services.store_file(
        name="标书.pdf", content=PDF, keeping=keeping, by=make_user(), at=AT
    )
    for_good = make_file()

    assert (for_years.kept_until, for_good.kept_until) == (date(2041, 12, 31), None)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.pdf", b""),
        ("程序.exe", b"MZ\x90\x00"),
        ("图片.xlsx", b"\x89PNG\r\n\x1a\n...."),
        ("压缩.zip", b"PK\x03\x04broken"),
        ("乱码.txt", b"\xff\xfe\xff"),
    ],
)
def test_file_that_is_not_what_it_says_is_refused(name, content):
    with pytest.raises(FileRefused):
        make_file(name=name, content=content)

    assert StoredFile.objects.count() == 0


def test_file_over_the_limit_is_refused(settings):
    settings.IMPORT_MAX_BYTES = 10

    with pytest.raises(FileRefused):
        make_file(content=PDF + b"longer")


def test_office_files_are_known_by_their_inner_names(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "book.xlsx")) as book:
        book.add_worksheet()
    content = (tmp_path / "book.xlsx").read_bytes()

    file = make_file(name="表.xlsx", content=content)

    assert file.media_type.endswith("spreadsheetml.sheet")


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("名单.csv", "姓名,级别".encode("gb18030"), "text/plain"),
        ("说明.txt", "说明".encode(), "text/plain"),
        ("旧表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "application/x-ole-storage"),
        ("照片.JPG", b"\xff\xd8\xff\xe0", "image/jpeg"),
    ],
)
def test_office_kinds_are_kept_under_their_own_type(name, content, media_type):
    assert make_file(name=name, content=content).media_type == media_type


def test_damaged_bytes_are_not_handed_out():
    file = make_file()
    path_of(file).write_bytes(b"%PDF-other")

    with pytest.raises(FileDamaged):
        services.open_file(file)


def test_missing_bytes_are_named_as_damage():
    file = make_file()
    path_of(file).unlink()

    with pytest.raises(FileDamaged):
        services.open_file(file)


def test_second_wall_hides_files_of_other_districts_but_not_open_ones():
    reader = make_user("district", "350203")
    own = make_file(in_place="350203")
    make_file(in_place="350206")
    opened = make_file(in_place="350206", everybody=True)

    with reading_as(reader):
        seen = set(StoredFile.objects.values_list("pk", flat=True))

    assert seen == {own.pk, opened.pk}

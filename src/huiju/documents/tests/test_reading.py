"""Words of files of every kind go through the real child process."""

import zipfile
from pathlib import Path

import docx
import pytest
import typst
from pypdf import PdfReader, PdfWriter

from huiju.documents import services
from huiju.documents.reading import box
from huiju.documents.reading.lines import Limits, Unreadable
from huiju.documents.services import TextUnreadable
from huiju.documents.tests.factories import make_file

TEXT = "第一条　为规范登记，制定本办法。\n第七条　审核期限为三十个工作日。"


def refusal(path, media_type, limits=box.LIMITS):
    with pytest.raises(Unreadable) as refused:
        box.read(path, media_type, limits)
    return refused.value.reason


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def pdf(path: Path, *lines: str) -> Path:
    source = '#set text(font: "Noto Sans SC")\n' + "\n\n".join(lines)
    fonts = Path(__file__).parents[2] / "ui" / "fonts"
    return written(path, typst.compile(source.encode(), font_paths=[fonts]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_file_is_read_in_the_encodings_offices_use(tmp_path, encoding):
    path = written(tmp_path / "办法.txt", TEXT.encode(encoding))

    assert box.read(path, box.PLAIN) == TEXT


def test_word_file_gives_its_paragraphs_and_the_cells_of_its_tables(tmp_path):
    made = docx.Document()
    for line in TEXT.splitlines():
        made.add_paragraph(line)
    made.add_table(1, 1).cell(0, 0).text = "初级 200 元"
    made.save(str(tmp_path / "办法.docx"))

    assert box.read(tmp_path / "办法.docx", box.DOCX) == TEXT + "\n初级 200 元"


def test_pdf_gives_the_words_of_its_pages(tmp_path):
    path = pdf(tmp_path / "办法.pdf", *TEXT.splitlines())

    read = box.read(path, box.PDF)

    assert "".join(read.split()) == "".join(TEXT.split())


def test_file_without_words_is_told_from_a_damaged_and_a_locked_one(tmp_path):
    blank, locked = PdfWriter(), PdfWriter(PdfReader(pdf(tmp_path / "a.pdf", "条")))
    blank.add_blank_page(width=100, height=100)
    locked.encrypt("secret", algorithm="RC4-128")
    blank.write(tmp_path / "blank.pdf")
    locked.write(tmp_path / "locked.pdf")
    written(tmp_path / "damaged.pdf", b"%PDF-1.7\nnothing more")

    reasons = [
        refusal(tmp_path / f"{name}.pdf", box.PDF) for name in ("blank", "locked", "damaged")
    ]

    assert reasons == ["NO_TEXT", "PASSWORD", "CORRUPT"]


def test_entities_and_bombs_in_a_word_file_end_the_child_and_nothing_else(tmp_path):
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    head = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    bomb = head + b"<w:p><w:r><w:t>" + b"9" * 60_000_000
    for name, content in (("entity", entity), ("bomb", bomb)):
        with zipfile.ZipFile(tmp_path / f"{name}.docx", "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("word/document.xml", content)
    tight = Limits(memory_bytes=120 * 2**20)

    assert refusal(tmp_path / "entity.docx", box.DOCX) == "CORRUPT"
    assert refusal(tmp_path / "bomb.docx", box.DOCX, tight) in ("TOO_LARGE", "CORRUPT")


def test_other_kinds_and_texts_without_end_are_refused(tmp_path):
    path = written(tmp_path / "a.txt", b"1" * 100)

    assert refusal(path, "image/png") == "UNSUPPORTED"
    assert refusal(path, box.PLAIN, Limits(max_characters=99)) == "TOO_LARGE"
    assert refusal(path, box.PLAIN, Limits(max_bytes=99)) == "TOO_LARGE"


def test_confined_child_cannot_open_another_file(tmp_path, monkeypatch):
    curious = "box._lines = lambda *_: open('/etc/passwd')"
    program = f"from huiju.documents.reading import box\n{curious}\nbox.child()"
    monkeypatch.setattr(box, "COMMAND", [*box.COMMAND[:3], program])

    assert refusal(written(tmp_path / "a.txt", b"1"), box.PLAIN) == "CORRUPT"


@pytest.mark.django_db
def test_stored_file_gives_its_words_or_says_why_not(settings, tmp_path):
    settings.HUIJU_FILES = tmp_path
    text = make_file(name="办法.txt", content=TEXT.encode())
    picture = make_file(name="扫描.png", content=b"\x89PNG\r\n\x1a\n")

    assert services.text_of(text) == TEXT
    with pytest.raises(TextUnreadable, match=r"扫描\.png"):
        services.text_of(picture)

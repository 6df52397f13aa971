"""The guard of the catalogues sees what Django would hide."""

import importlib.util
from pathlib import Path

import polib
import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "messages.py"


@pytest.fixture
def messages():
    spec = importlib.util.spec_from_file_location("messages", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def package(folder, name, *entries):
    catalogue = polib.POFile()
    for context, sentence, words in entries:
        catalogue.append(polib.POEntry(msgctxt=context, msgid=sentence, msgstr=words))
    path = folder / name / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    catalogue.save(str(path))
    return folder / name


def test_two_packages_may_not_translate_a_sentence_differently(messages, tmp_path):
    one = package(tmp_path, "one", (None, "Name", "名称"), (None, "Year", "年份"))
    two = package(tmp_path, "two", (None, "Name", "姓名"), (None, "Year", "年份"))

    found = messages.contradictions([one, two], "zh_Hans")

    assert found == ["zh_Hans 'Name': one 名称; two 姓名"]


def test_a_context_tells_two_meanings_apart(messages, tmp_path):
    one = package(tmp_path, "one", (None, "Name", "名称"))
    two = package(tmp_path, "two", ("of a person", "Name", "姓名"))

    assert messages.contradictions([one, two], "zh_Hans") == []

"""Message catalogues, without GNU gettext. Each package keeps its own under `locale/`.

messages.py              compile every .po into its .mo where it is newer
messages.py --collect    add new sentences to the Chinese catalogues, untranslated
messages.py --hant       draft the traditional catalogues from the simplified ones
messages.py --check      fail when a sentence has no Chinese, or two packages translate it differently
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

PACKAGES = Path(__file__).resolve().parent.parent / "src" / "huiju"
MARKERS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "gettext_noop"}
IN_TEMPLATE = re.compile(r"\bn?gettext\(((?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^()'\"])*)\)")

Sentence = tuple[str, str]  # singular, plural or ""


def sentences_of(package: Path) -> dict[Sentence, str]:
    """Each sentence marked in a package, with the first file that marks it."""
    found: dict[Sentence, str] = {}
    for path in sorted(package.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            for sentence in _in_python(path.read_text(encoding="utf-8")):
                found.setdefault(sentence, str(path.relative_to(PACKAGES)))
    for path in sorted(package.rglob("templates/**/*")):
        if path.is_file() and path.suffix in {".html", ".txt"}:
            for sentence in _in_template(path.read_text(encoding="utf-8")):
                found.setdefault(sentence, str(path.relative_to(PACKAGES)))
    return found


def _in_python(text: str) -> Iterator[Sentence]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
            if name in MARKERS and texts and isinstance(texts[0], str):
                plural = texts[1] if name.startswith("ngettext") and len(texts) > 1 else ""
                yield texts[0], str(plural)


def _in_template(text: str) -> Iterator[Sentence]:
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    from django.utils.translation.template import templatize

    for match in IN_TEMPLATE.finditer(templatize(text)):
        call = ast.parse(f"f({match[1]})", mode="eval").body
        assert isinstance(call, ast.Call)
        texts = [a.value for a in call.args if isinstance(a, ast.Constant)]
        yield str(texts[0]), str(texts[1]) if len(texts) > 1 else ""


def catalogue(package: Path, language: str) -> polib.POFile:
    """The package's catalogue of a language; a new one if there is none."""
    path = package / "locale" / language / "LC_MESSAGES" / "django.po"
    if path.exists():
        return polib.pofile(str(path), wrapwidth=100)
    entries = polib.POFile(wrapwidth=100)
    entries.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    entries.fpath = str(path)
    return entries


def _save(entries: polib.POFile) -> None:
    Path(entries.fpath).parent.mkdir(parents=True, exist_ok=True)
    entries.save(entries.fpath)


def collect(package: Path) -> None:
    """Add the sentences a package marks and its catalogue lacks; drop those nobody marks."""
    marked, entries = sentences_of(package), catalogue(package, "zh_Hans")
    for entry in list(entries):
        if (entry.msgid, entry.msgid_plural or "") not in marked:
            entries.remove(entry)
    known = {(entry.msgid, entry.msgid_plural or "") for entry in entries}
    for singular, plural in marked.keys() - known:
        entry = polib.POEntry(msgid=singular, msgid_plural=plural)
        entry.msgstr_plural = {0: ""} if plural else {}
        entries.append(entry)
    entries.sort(key=lambda entry: entry.msgid)
    if entries:
        _save(entries)


def untranslated(package: Path) -> list[str]:
    """Sentences without Chinese, each with its file."""
    known = {
        (entry.msgid, entry.msgid_plural or "")
        for entry in catalogue(package, "zh_Hans")
        if entry.translated() and "fuzzy" not in entry.flags
    }
    return [f"{where}: {s[0]!r}" for s, where in sentences_of(package).items() if s not in known]


def contradictions(packages: list[Path], language: str) -> list[str]:
    """Sentences that two packages translate differently. Django merges the catalogues, so one of the
    two is never seen: use equal words, or tell the meanings apart in English or by pgettext."""
    said: dict[tuple[str, str], dict[str, list[str]]] = {}
    for package in packages:
        for entry in catalogue(package, language):
            words = entry.msgstr or " / ".join(entry.msgstr_plural.values())
            by_words = said.setdefault((entry.msgctxt or "", entry.msgid), {})
            by_words.setdefault(words, []).append(package.name)
    return [
        f"{language} {msgid!r}: "
        + "; ".join(f"{' '.join(names)} {words}" for words, names in by_words.items())
        for (_context, msgid), by_words in said.items()
        if len(by_words) > 1
    ]


def traditional(package: Path) -> None:
    """Draft zh_Hant by characters (not phrases: those rename districts), keeping corrections."""
    import opencc

    convert = opencc.OpenCC("s2tw").convert
    simplified, drafted = catalogue(package, "zh_Hans"), catalogue(package, "zh_Hant")
    kept = {entry.msgid: entry for entry in drafted if "corrected" in (entry.comment or "")}
    drafted.clear()
    for entry in simplified:
        if entry.msgid in kept:
            drafted.append(kept[entry.msgid])
            continue
        plural = {number: convert(text) for number, text in entry.msgstr_plural.items()}
        drafted.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=convert(entry.msgstr),
                msgid_plural=entry.msgid_plural,
                msgstr_plural=plural,
            )
        )
    if drafted:
        _save(drafted)


def compile_all() -> None:
    """Write each catalogue's .mo where its .po is newer."""
    for source in PACKAGES.rglob("*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(compiled))


def main(words: list[str]) -> int:
    packages = sorted(path for path in PACKAGES.iterdir() if (path / "__init__.py").exists())
    if "--collect" in words:
        for package in packages:
            collect(package)
    if "--hant" in words:
        for package in packages:
            traditional(package)
    compile_all()
    if "--check" not in words:
        return 0
    missing = [line for package in packages for line in untranslated(package)]
    if missing:
        print(f"没有中文的句子（{len(missing)} 条）：", *missing, sep="\n  ")
    torn = [line for name in ("zh_Hans", "zh_Hant") for line in contradictions(packages, name)]
    if torn:
        print(f"各包译法不同的句子（{len(torn)} 条）：", *torn, sep="\n  ")
    return 1 if missing or torn else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

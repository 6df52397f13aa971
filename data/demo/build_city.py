"""Write the rehearsal city: `python data/demo/build_city.py OUTDIR`.

OUTDIR receives the spreadsheets and `manifest.json`, which lists them in the order of import with the
day they stand for, the account that imports them, and what the import must say of their rows. The
same call always writes the same bytes.
"""

import json
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import budgets
import registrations
import regulations
from careers import SEED, City, Entry, Life, entries_of
from desks import ACCOUNT_HEADINGS, DISTRICT_DESKS, accounts
from expected import CERTIFIED, PUBLISHED_LEVELS
from faults import FAULTS, PLACED, TRIAL, Row
from offices import CITY, DISTRICT_STYLES, KINDS, Clerk, Style
from registrations import CREDIT_HEADINGS, REGISTRATION_HEADINGS
from sheets import Written, csv_text, write_budget, write_roster, write_table
from terrain import DISTRICTS, FOUNDED
from yearly import COLLECTIONS, Collection

TRIAL_DISTRICT = "350213"
TRIAL_NAMES = ("翔安区2026名册（待修正）.xlsx", "翔安区2026名册（已修正）.xlsx")
FOUNDATION = date(2008, 1, 1)
BUDGETED = date(2026, 2, 10)


class Builder:
    """Writes files one after another and keeps the manifest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.life = Life(SEED)
        self.city: City = self.life.run()
        self.files: list[dict[str, Any]] = []
        self.trial: list[dict[str, Any]] = []

    def build(self) -> dict[str, Any]:
        """Write everything and return the manifest."""
        check(self.city)
        self._places()
        self._organisations()
        self._accounts()
        self._regulations()
        self._budgets()
        for collection in COLLECTIONS:
            self._collection(collection)
        self._registrations()
        return {
            "seed": SEED,
            "files": sorted(self.files, key=lambda line: line["as_of"]),
            "trial": self.trial,
            "truth": truth(self.city),
        }

    # -- lists that are not rosters

    def _list(self, name: str, kind: str, as_of: date, written: Written) -> None:
        self.files.append(line_of(name, kind, as_of, "city", written))

    def _places(self) -> None:
        lines: list[list[object]] = [
            ["code", "name", "parent_code", "kind", "valid_from", "valid_to"],
            *[
                [place.code, place.name, place.parent, place.kind, FOUNDED.isoformat(), ""]
                for place in self.city.terrain.communities
            ],
        ]
        (self.folder / "社区.csv").write_text(csv_text(lines), encoding="utf-8-sig", newline="")
        written = Written()
        written.aside()
        for _ in lines[1:]:
            written.note(Row({}))
        self._list("社区.csv", "places", FOUNDATION, written)

    def _organisations(self) -> None:
        headings = [
            "统一社会信用代码",
            "单位名称",
            "单位类型",
            "所在地代码",
            "服务领域",
            "成立日期",
        ]
        rows: list[list[object]] = [
            [e.uscc, e.name, KINDS[e.kind], e.community, e.field, ""] for e in self.city.employers
        ]
        written = write_table(
            self.folder / "单位名录.xlsx", "厦门市社会工作相关单位名录", headings, rows
        )
        self._list("单位名录.xlsx", "organisations", FOUNDATION, written)

    def _accounts(self) -> None:
        rows = accounts(self.city)
        written = write_table(self.folder / "演示账号.xlsx", "演示账号", ACCOUNT_HEADINGS, rows)
        self._list("演示账号.xlsx", "accounts", FOUNDATION, written)

    def _regulations(self) -> None:
        for listing in regulations.listings():
            path = self.folder / listing.name
            written = write_table(path, listing.title, listing.headings, listing.rows)
            self._list(listing.name, listing.kind, listing.as_of, written)

    def _budgets(self) -> None:
        for office in budgets.OFFICES:
            name = f"{office.name}社会工作预算{budgets.FIRST_YEAR}-{budgets.LAST_YEAR}.xlsx"
            written = write_budget(self.folder / name, office, SEED)
            desk = DISTRICT_DESKS.get(office.code, "city")
            self.files.append(line_of(name, "budgets", BUDGETED, desk, written))

    def _registrations(self) -> None:
        lists = registrations.listed(self.city, SEED)
        for rows, name, kind, headings in (
            (lists[0], "莲前街道证书登记名单.xlsx", "registrations", REGISTRATION_HEADINGS),
            (lists[1], "莲前街道继续教育学时.xlsx", "credits", CREDIT_HEADINGS),
        ):
            written = write_table(self.folder / name, name.removesuffix(".xlsx"), headings, rows)
            self.files.append(line_of(name, kind, registrations.AS_OF, "siming", written))

    # -- rosters

    def _collection(self, collection: Collection) -> None:
        if not collection.by_district:
            name = f"{collection.as_of:%Y-%m-%d}全市汇总.xlsx"
            rows = self._rows(name, CITY, collection, None, ())
            written = write_roster(self.folder / name, CITY, rows, collection.as_of)
            self.files.append(line_of(name, "roster", collection.as_of, "city", written))
            return
        for district in DISTRICTS:
            if collection is COLLECTIONS[-1] and district == TRIAL_DISTRICT:
                self._trial(collection)
            else:
                self._district(collection, district)

    def _district(self, collection: Collection, district: str) -> None:
        style = DISTRICT_STYLES[district]
        if self._revokes(collection, district):
            style = replace(style, left_out=style.left_out - {"revoked_on"})
        name = f"{collection.as_of:%Y-%m-%d}{DISTRICTS[district]}名册.{style.form}"
        faults = PLACED.get((collection.number, district), ())
        rows = self._rows(name, style, collection, district, faults)
        written = write_roster(self.folder / name, style, rows, collection.as_of)
        desk = DISTRICT_DESKS[district]
        self.files.append(line_of(name, "roster", collection.as_of, desk, written))

    def _revokes(self, collection: Collection, district: str) -> bool:
        return any(e.certificate.revoked_on for e in entries_of(self.city, collection, district))

    def _rows(
        self,
        name: str,
        style: Style,
        collection: Collection,
        district: str | None,
        faults: tuple[str, ...],
    ) -> list[Row]:
        rng = Random(f"{SEED} {name}")
        clerk = Clerk(style, self.city.terrain, rng)
        rows = [Row(clerk.values(entry)) for entry in entries_of(self.city, collection, district)]
        for reason in faults:
            place = rng.randrange(len(rows))
            if reason == "ID_DUP_IN_FILE":
                while rows[place].reason:
                    place = rng.randrange(len(rows))
                rows[place : place + 1] = FAULTS[reason].rows(rows[place].values)
            else:
                values = clerk.values(self._extra(collection, district)) | {"note": ""}
                rows[place:place] = FAULTS[reason].rows(tidy(values))
        return rows

    def _extra(self, collection: Collection, district: str | None) -> Entry:
        """A line about a person who is in no other file."""
        near = next(e for e in entries_of(self.city, collection, district) if e.why == "new")
        person = self.life.people.make(certified_on=near.certificate.approved_on)
        certificate = replace(
            near.certificate,
            management_no=f"9{near.certificate.management_no[1:14]}{person.identity[14:17]}0",
        )
        return Entry(person, certificate, near.post, "new")

    def _trial(self, collection: Collection) -> None:
        """One roster with a fault of nearly every kind, and the same roster put right."""
        style = replace(DISTRICT_STYLES[TRIAL_DISTRICT], dates="iso", lower_x=0)
        clerk = Clerk(style, self.city.terrain, Random(f"{SEED} trial"))
        right = [
            Row(tidy(clerk.values(e))) for e in entries_of(self.city, collection, TRIAL_DISTRICT)
        ]
        fresh = [place for place, row in enumerate(right) if row.values["note"] == ""]
        chosen = dict(zip(fresh[:: len(fresh) // len(TRIAL)], TRIAL, strict=False))
        wrong = [
            new
            for place, row in enumerate(right)
            for new in (FAULTS[chosen[place]].rows(row.values) if place in chosen else [row])
        ]
        for name, rows in zip(TRIAL_NAMES, (wrong, right), strict=True):
            written = write_roster(self.folder / name, style, rows, collection.as_of)
            desk = DISTRICT_DESKS[TRIAL_DISTRICT]
            self.trial.append(line_of(name, "roster", collection.as_of, desk, written))


def tidy(values: dict[str, Any]) -> dict[str, Any]:
    """Cells free of habits, so that in a faulty row only the fault is wrong."""
    return {
        key: cell.strip() if isinstance(cell, str) else cell for key, cell in values.items()
    } | {"id_no": str(values["id_no"]).strip().upper()}


def line_of(name: str, kind: str, as_of: date, by: str, written: Written) -> dict[str, Any]:
    """One line of the manifest."""
    return {
        "file": name,
        "kind": kind,
        "as_of": as_of.isoformat(),
        "by": by,
        "expects": dict(sorted(Counter(written.outcomes).items())),
        "reasons": dict(sorted(Counter(written.reasons).items())),
    }


def check(city: City) -> None:
    """Stop unless the drawn city agrees with the published series."""
    for day, count in CERTIFIED.items():
        found = city.certified_on(day).total()
        if found != count:
            raise SystemExit(f"{day}: {found} certified, {count} expected")
    for day, levels in PUBLISHED_LEVELS.items():
        if dict(city.certified_on(day)) != levels:
            raise SystemExit(f"{day}: levels {dict(city.certified_on(day))}")


def truth(city: City) -> dict[str, Any]:
    """Numbers counted from the drawn lives, after all files and the corrected trial roster."""
    late = [e for e in entries_of(city, COLLECTIONS[-1], TRIAL_DISTRICT) if e.why == "new"]
    return {
        "certified": {day.isoformat(): count for day, count in sorted(CERTIFIED.items())},
        "levels": {
            day.isoformat(): dict(sorted(city.certified_on(day).items()))
            for day in sorted(CERTIFIED)
        },
        "newly_certified_in_trial": len(late),
    }


def main() -> None:
    """Build into the folder named on the command line."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python data/demo/build_city.py OUTDIR")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    manifest = Builder(folder).build()
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    rows = sum(sum(line["expects"].values()) for line in manifest["files"])
    sys.stdout.write(f"{len(manifest['files'])} files, {rows} rows → {folder}\n")


if __name__ == "__main__":
    main()

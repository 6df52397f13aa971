"""Fill an instance with the rehearsal city, through the same imports and services offices use."""

import io
import json
import secrets
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from python_calamine import CalamineWorkbook

from huiju.budgets import services as budgets
from huiju.budgets.enums import YearState
from huiju.budgets.models import FiscalYear
from huiju.directory import services as directory
from huiju.directory.access import acting_as_system
from huiju.directory.models import Organisation, Place, User
from huiju.engine.run import refresh_statistics
from huiju.kernel import clock
from huiju.kernel.encrypted import search_digest
from huiju.kernel.periods import Period
from huiju.policies import queries as policies
from huiju.policies.services import confirm_value
from huiju.registry.models import IdentityDocument

GENERATOR = settings.PACKAGE.parent.parent / "data" / "demo" / "build_city.py"
DISTRICTS_DRAWN = "districts.geojson"
ACCOUNTS = "演示账号.xlsx"
SECOND_PERSON = "city2"
PUBLISHED = ("2014-03-18", "2015-03-03", "2015-10-31", "2017-11-15", "2021-08-26", "2023-03-21")
YEAR_OPENED = date(2026, 2, 16)
COMPUTED = ("2026-09", "2026-10")
File = dict[str, Any]


def desk(username: str) -> User:
    """A demo account."""
    return User.objects.get(username=username)


class Command(BaseCommand):
    help = "Build the rehearsal city; a second call does nothing, an interrupted one is finished."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.HUIJU_HOME / "demo"
        if (folder / "done").exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(GENERATOR.parent / DISTRICTS_DRAWN, settings.HUIJU_HOME / DISTRICTS_DRAWN)
        self.say("正在写演练城市的表格……")
        subprocess.run(  # noqa: S603 -- our own generator
            [sys.executable, str(GENERATOR), str(folder)], check=True, stdout=subprocess.DEVNULL
        )
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        passwords: dict[str, str] = {}
        for number, file in enumerate(manifest["files"], start=1):
            self.say(f"导入 {number}/{len(manifest['files'])}：{file['file']}")
            if file["kind"] == "accounts":
                passwords = self.accounts(folder / file["file"])
            else:
                self.import_file(folder / file["file"], file)
        self.open_the_workers_own_file(folder / ACCOUNTS)
        self.settle_budget_years()
        self.publish_and_compute()
        self.keep_passwords(passwords)
        (folder / "done").touch()

    def say(self, words: str) -> None:
        self.stderr.write(words)
        self.stderr.flush()

    def import_file(self, path: Path, file: File) -> None:
        """Import one file as the office would, and compare with what the rehearsal expects of it."""
        output = io.StringIO()
        known = User.objects.filter(username=file["by"]).exists()
        actor = ["--as", file["by"]] if known else []
        words = [file["kind"], str(path), *actor, "--as-of", file["as_of"], "--json"]
        try:
            call_command("import_file", *words, stdout=output)
        except SystemExit as ending:
            if ending.code not in (0, 1):
                raise CommandError(f"{path.name}：{output.getvalue()}") from ending
        answer = json.loads(output.getvalue())
        found = Counter(row["outcome"] for row in answer["rows"])
        if found != Counter(file["expects"]):
            raise CommandError(f"{path.name}：应为 {file['expects']}，实为 {dict(found)}")
        if file["kind"] == "parameters":
            self.confirm_values(date.fromisoformat(file["as_of"]))

    def confirm_values(self, on: date) -> None:
        """The second person confirms what the first one entered."""
        with acting_as_system():
            for value in policies.values_awaiting():
                confirm_value(value=value, by=desk(SECOND_PERSON), at=clock.noon_of(on))

    def settle_budget_years(self) -> None:
        """Finance closes the years that are over, carries the last one forward and opens the present one."""
        by, at = desk("finance"), clock.noon_of(YEAR_OPENED)
        with acting_as_system():
            years = list(FiscalYear.objects.order_by("year", "place__path"))
            for year in years:
                if year.year < YEAR_OPENED.year and year.state == YearState.OPEN:
                    budgets.close_year(year=year, by=by, at=at)
                elif year.state == YearState.PLANNING:
                    budgets.open_year(year=year, by=by, at=at)
            for year in years:
                if year.year == YEAR_OPENED.year - 1:
                    budgets.carry_forward(year=year, by=by, at=at)

    def publish_and_compute(self) -> None:
        """The figures the city published, a scheme, and drafts of its latest months."""
        days = [word for day in PUBLISHED for word in ("--on", day)]
        refresh_statistics()
        self.say("公布历年数字，计算最近两个月的津贴……")
        scheme = str(GENERATOR.parent / "schemes.json")
        self.run_quietly("allowances_scheme", scheme, "--as", "city")
        for month in COMPUTED:
            self.run_quietly("allowances_compute", month, "--as", "city")
        self.run_quietly("publish", *days, "--by", "city")
        self.run_quietly("publish", "--bulletin", "2015", "--by", "city")

    def run_quietly(self, *words: str) -> None:
        """A command whose answer is meant for programs."""
        call_command(*words, stdout=io.StringIO())

    def open_the_workers_own_file(self, accounts: Path) -> None:
        """Tie the social worker's account to the person with that identity number."""
        with acting_as_system():
            for row in self.desks(accounts):
                if identity := row["本人证件号码"]:
                    digest = search_digest(IdentityDocument, "number", identity)
                    document = IdentityDocument.objects.get(number_digest=digest)
                    users = User.objects.filter(username=row["用户名"])
                    users.update(person_ref=document.person_id)

    def desks(self, path: Path) -> list[dict[str, str]]:
        """The rows of the sheet of demo accounts, by its headings."""
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        first = next(number for number, row in enumerate(rows) if "用户名" in row)
        headings = [str(cell) for cell in rows[first]]
        desks = [dict(zip(headings, map(str, row), strict=False)) for row in rows[first + 1 :]]
        return [desk for desk in desks if desk["角色"]]

    @transaction.atomic
    def accounts(self, path: Path) -> dict[str, str]:
        """The demo desks, each with a fresh password that need not be changed."""
        passwords = {}
        for row in self.desks(path):
            username, uscc = row["用户名"], row["单位统一社会信用代码"]
            if User.objects.filter(username=username).exists():
                continue
            passwords[username] = password = "-".join(secrets.token_hex(2) for _ in range(3))
            user = directory.create_user(
                username=username, label=row["岗位"], password=password, by=None
            )
            User.objects.filter(pk=user.pk).update(must_change_password=False)
            directory.grant_role(
                user=user,
                role=row["角色"],
                where=Organisation.objects.get(uscc=uscc)
                if uscc
                else Place.objects.get(code=row["地区代码"]),
                period=Period(date(2008, 1, 1)),
                reason="演练城市",
                by=None,
            )
        return passwords

    def keep_passwords(self, passwords: dict[str, str]) -> None:
        """Write the accounts where `huiju demo` prints them from."""
        path = settings.HUIJU_HOME / "demo-accounts.txt"
        if path.exists() and not passwords:
            return
        users = {user.username: user for user in User.objects.all()}
        lines = [f"演示账号（{clock.today()} 生成）："]
        for username, password in passwords.items():
            label = users[username].label
            lines.append(f"  {username:<10} {password}    {label}")
        path.touch(mode=0o600)
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")

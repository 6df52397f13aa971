"""Fill an instance with the rehearsal city, through the same imports and services offices use."""

import io
import json
import secrets
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

from huiju.directory import services as directory
from huiju.directory.models import Organisation, Place, User
from huiju.kernel import clock
from huiju.kernel.periods import Period

GENERATOR = settings.PACKAGE.parent.parent / "data" / "demo" / "build_city.py"
File = dict[str, Any]


class Command(BaseCommand):
    help = "Build the rehearsal city; a second call does nothing, an interrupted one is finished."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.HUIJU_HOME / "demo"
        if (folder / "done").exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
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
            call_command("confirm_parameters", "--as", "city2", "--as-of", file["as_of"])

    @transaction.atomic
    def accounts(self, path: Path) -> dict[str, str]:
        """The demo desks, each with a fresh password that need not be changed."""
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        heading = next(n for n, row in enumerate(rows) if row and row[0] == "用户名")
        passwords = {}
        for row in rows[heading + 1 :]:
            username, label, role, code, uscc, _identity = (str(cell) for cell in row)
            if not username or User.objects.filter(username=username).exists():
                continue
            passwords[username] = password = "-".join(secrets.token_hex(2) for _ in range(3))
            user = directory.create_user(username=username, label=label, password=password, by=None)
            User.objects.filter(pk=user.pk).update(must_change_password=False)
            where = Organisation.objects.get(uscc=uscc) if uscc else Place.objects.get(code=code)
            directory.grant_role(
                user=user,
                role=role,
                where=where,
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

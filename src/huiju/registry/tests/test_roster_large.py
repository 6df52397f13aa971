"""A roster as large as is allowed, in processes of their own so that their memory can be told."""

import json
import os
import subprocess
import sys
from itertools import count

import pytest
import xlsxwriter
from django.db import connection

from huiju.registry.rules.identity import check_digit
from huiju.registry.tests.test_roster_sheet import HEADER, person

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MOST = 200_000
MEGABYTES = 300
JUDGE = """
import django, io, json, resource, sys
django.setup()
from django.core.management import call_command
status = 0
try:
    call_command("import_file", "roster", sys.argv[1], "--dry-run")
except SystemExit as end:
    status = end.code
# of this process since it began: ru_maxrss would count the test process it was started from
own = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(json.dumps([status, int(own.split()[1]) // 1024, child]))
"""


def large(path, records):
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("名册")
    sheet.write_row(0, 0, HEADER)
    for at, row in zip(range(1, records + 1), count()):
        first = f"350201{1960 + row // 12000 % 38}{1 + row // 1000 % 12:02}{1 + row // 7 % 28:02}{row % 1000:03}"
        sheet.write_row(at, 0, person(row, id_no=first + check_digit(first)))
    book.close()
    return path


def judged(path):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "huiju.config.settings_test",
        "HUIJU_TEST_DATABASE": connection.settings_dict["NAME"],
    }
    command = [sys.executable, "-c", JUDGE, str(path)]
    return json.loads(
        subprocess.run(command, env=environment, capture_output=True, check=True).stdout
    )


def test_the_largest_roster_stays_within_its_memory(tmp_path):
    status, parent, child = judged(large(tmp_path / "大.xlsx", MOST))

    assert status in (0, 1)
    assert (parent <= MEGABYTES, child <= MEGABYTES) == (True, True), (parent, child)


def test_one_record_more_is_too_large(tmp_path):
    status, _, _ = judged(large(tmp_path / "过大.xlsx", MOST + 1))

    assert status == 1

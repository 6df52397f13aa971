"""Row 8: a roster of N rows read, judged and staged, against reading it with calamine alone.

roster.py ROWS FILE          in the instance of HUIJU_HOME, as the serving role
"""

import json
import resource
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import django
import python_calamine
import xlsxwriter

django.setup()

from huiju.directory.access import acting_as_system  # noqa: E402
from huiju.directory.tests.factories import place  # noqa: E402
from huiju.kernel import clock  # noqa: E402
from huiju.registry.sheets import ROSTER  # noqa: E402
from huiju.transfers import services  # noqa: E402
from huiju.transfers.services import Upload  # noqa: E402

HEADS = (
    "姓名",
    "证件类型",
    "证件号码",
    "级别",
    "批准日期",
    "到岗日期",
    "所属区",
    "街道",
    "工作单位",
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NAMES = "安柏程戴方高何江林苏"


def identity(number: int) -> str:
    """An invented resident number (place code 350201, which nobody holds) with its check digit."""
    born = date(1965, 1, 1) + timedelta(days=number % 11000)
    first = f"350201{born:%Y%m%d}{number // 11000:03d}"
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, WEIGHTS, strict=True)) % 11]


def write(path: Path, rows: int) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("名册")
    sheet.write_row(0, 0, HEADS)
    for number in range(rows):
        name = NAMES[number % 10] + NAMES[number // 10 % 10] + NAMES[number // 100 % 10]
        level = ("助理社会工作师", "社会工作师")[number % 3 // 2]
        cells = (
            name,
            "居民身份证",
            identity(number),
            level,
            "2014-06-22",
            "2015-03-01",
            "思明区",
            "嘉莲街道",
            "演练社区",
        )
        sheet.write_row(number + 1, 0, cells)
    book.close()


def main(rows: int, path: Path) -> dict[str, float]:
    if not path.exists():
        write(path, rows)
    started = time.perf_counter()
    python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    baseline = time.perf_counter() - started
    content = path.read_bytes()
    with acting_as_system():
        upload = Upload(path.name, content, place("350200"), date(2026, 1, 1))
        started = time.perf_counter()
        kept = services.stage_import(upload=upload, sheet=ROSTER, by=None, at=clock.now())
        read = services.read_import(upload=kept, sheet=ROSTER)
        seconds = time.perf_counter() - started
    peaks = [
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    counts = {f"rows_{outcome}": count for outcome, count in read.counts.items()}
    return {"seconds": seconds, "baseline": baseline, "peak_mb": max(peaks) / 1024, **counts}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), Path(sys.argv[2])), ensure_ascii=False))

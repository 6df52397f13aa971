import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from huiju.audit import queries, services, tasks, verifier
from huiju.kernel import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def exported(tmp_path, capfdbinary):
    """Run the export and keep what it wrote as a file."""

    def export(**options):
        capfdbinary.readouterr()
        call_command("audit_export", since=date(2000, 1, 1), **options)
        file = tmp_path / f"log-{len(list(tmp_path.iterdir()))}.jsonl"
        file.write_bytes(capfdbinary.readouterr().out)
        return file

    return export


@pytest.fixture
def anchored(tmp_path):
    """Run the anchoring into a folder and return the file it wrote."""

    def anchor():
        folder = tmp_path / f"anchors-{queries.head()[0]}"
        call_command("audit_anchor", folder=[folder])
        return next(folder.iterdir())

    return anchor


def record_some(number, **detail):
    for count in range(number):
        services.record(actor=None, action="audit.checked", subject=f"thing:{count}", **detail)


def test_what_is_exported_and_anchored_verifies(exported, anchored):
    record_some(5, reason="“核对”\n花名册\u2028\\", nested={"乙": [1, None, True], "甲": -(10**30)})

    log, anchor = exported(), anchored()

    assert verifier.main([str(log), "--anchor", str(anchor)]) == 0


def test_it_does_not_matter_whether_the_anchor_or_the_export_is_made_first(exported, anchored):
    record_some(3)

    anchor, log = anchored(), exported()

    assert verifier.main([str(log), "--anchor", str(anchor)]) == 0


def test_each_line_carries_the_contract_s_fields(exported):
    seq, digest = queries.head()
    record_some(1, rows=3)

    event = json.loads(exported().read_bytes().splitlines()[-1])

    told = {name: event[name] for name in ("seq", "actor", "action", "subject", "detail")}
    assert told == {
        "seq": seq + 1,
        "actor": "system",
        "action": "audit.checked",
        "subject": "thing:0",
        "detail": {"rows": 3},
    }
    assert event["at"].startswith(clock.today().isoformat())
    assert (event["previous"], event["digest"]) == (digest, queries.head()[1])


def test_an_older_export_fails_against_a_newer_anchor(exported, anchored):
    record_some(3)
    log = exported()
    record_some(1)

    assert verifier.main([str(log), "--anchor", str(anchored())]) == 1


def test_an_export_can_end_at_an_anchor_while_work_goes_on(exported, anchored):
    record_some(3)
    anchor = anchored()
    record_some(2)

    log = exported(until_anchor=anchor)

    assert verifier.main([str(log), "--anchor", str(anchor)]) == 0


def test_an_export_since_a_day_without_events_is_empty(capfdbinary):
    record_some(2)

    call_command("audit_export", since=clock.today() + timedelta(days=1))

    assert capfdbinary.readouterr().out == b""


def test_the_hourly_task_keeps_an_anchor_in_every_folder(settings, tmp_path, exported):
    settings.AUDIT_ANCHOR_FOLDERS = [tmp_path / "here", tmp_path / "elsewhere"]
    log = exported()

    tasks.anchor_hourly(timestamp=0)

    kept = [str(file) for file in tmp_path.glob("*/*.anchor")]
    assert len(kept) == 2
    assert [verifier.main([str(log), "--anchor", file]) for file in kept] == [0, 0]


def test_an_anchor_by_sm2_is_refused_by_name():
    with pytest.raises(CommandError, match="SM2"):
        call_command("audit_anchor", algorithm="SM2")

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume, given
from hypothesis import strategies as st

from huiju.audit import verifier
from huiju.audit.tests.factories import OFFICE_KEY, OTHER_KEY, make_anchor, make_log, public_text
from huiju.audit.verifier import GENESIS, canonical, event_digest

LOG = make_log()
HEAD = json.loads(LOG[-1])
ANCHOR = make_anchor(HEAD["seq"], HEAD["digest"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("audit")


def judge(folder, log, *anchors, words=(), key=OFFICE_KEY):
    """Write log and anchors into files, verify them, and return the answer with its status."""
    file = folder / "log.jsonl"
    file.write_bytes(log if isinstance(log, bytes) else b"".join(log))
    arguments = [str(file), "--key", public_text(key), *words]
    for number, anchor in enumerate(anchors or [ANCHOR]):
        (folder / f"{number}.anchor").write_bytes(canonical(anchor) + b"\n")
        arguments += ["--anchor", str(folder / f"{number}.anchor")]
    asked = subprocess.run(
        [sys.executable, "-I", "-S", verifier.__file__, *arguments],
        capture_output=True,
        check=False,
    )
    return {"status": asked.returncode, **json.loads(asked.stdout)}


def fault_of(log, *anchors, since=None):
    """The fault found in a log in memory, or None: the judgement without files and keys."""
    lines = log if isinstance(log, list) else log.splitlines(keepends=True)
    try:
        ends = verifier.check_log(lines, {anchor["seq"] for anchor in anchors or [ANCHOR]}, since)
        verifier.check_anchors(list(anchors or [ANCHOR]), *ends)
    except verifier.Fault as fault:
        return fault.code
    return None


def test_a_whole_log_is_verified_with_nothing_but_this_one_file(folder):
    answer = judge(folder, LOG)

    assert answer == {
        "status": 0,
        "verified": True,
        "first": 1,
        "last": 9,
        "head": HEAD["digest"],
        "anchored": ANCHOR["at"],
    }


def test_the_verifier_stays_under_300_lines_and_imports_the_standard_library_alone():
    lines = Path(verifier.__file__).read_text(encoding="utf-8").splitlines()
    imported = {
        line.split()[1].split(".")[0] for line in lines if line.startswith(("import", "from"))
    }

    assert len(lines) < 300
    assert imported <= sys.stdlib_module_names


def test_an_empty_log_is_verified_against_the_anchor_of_an_empty_chain(folder):
    answer = judge(folder, [], make_anchor(0, GENESIS))

    assert (answer["status"], answer["last"]) == (0, 0)


@given(place=st.integers(0, len(b"".join(LOG)) - 1), byte=st.integers(0, 255))
def test_every_changed_byte_is_caught(place, byte):
    changed = bytearray(b"".join(LOG))
    assume(changed[place] != byte)
    changed[place] = byte

    assert fault_of(bytes(changed)) is not None


@given(place=st.integers(0, len(b"".join(LOG))), inserted=st.binary(min_size=1, max_size=5))
def test_every_inserted_byte_is_caught(place, inserted):
    log = b"".join(LOG)

    assert fault_of(log[:place] + inserted + log[place:]) is not None


@given(start=st.integers(0, len(b"".join(LOG)) - 1), length=st.integers(1, 2000))
def test_every_removed_stretch_is_caught(start, length):
    log = b"".join(LOG)

    assert fault_of(log[:start] + log[start + length :]) is not None


@given(order=st.lists(st.integers(0, len(LOG) - 1), max_size=2 * len(LOG)))
def test_every_other_choice_or_order_of_lines_is_caught(order):
    assume(order != list(range(len(LOG))))

    assert fault_of([LOG[place] for place in order]) is not None


@given(
    place=st.integers(0, len(LOG) - 1),
    field=st.sampled_from(["at", "actor", "action", "subject"]),
    upto=st.integers(0, len(LOG)),
)
def test_every_rewritten_event_is_caught_however_far_the_chain_is_recomputed(place, field, upto):
    rewritten = [json.loads(line) for line in LOG]
    rewritten[place][field] = rewritten[place][field].replace("2", "3") + (
        "" if field == "at" else "!"
    )
    for index in range(place, max(upto, place)):
        if index:
            rewritten[index]["previous"] = rewritten[index - 1]["digest"]
        rewritten[index]["digest"] = event_digest(rewritten[index])
    log = [canonical(event) + b"\n" for event in rewritten]
    assume(log != LOG)

    assert fault_of(log) is not None


@pytest.mark.parametrize(
    ("what", "log", "fault"),
    [
        (
            "an event changed",
            [*LOG[:4], LOG[4].replace(b"User:7", b"User:8"), *LOG[5:]],
            "LINE_CHANGED",
        ),
        ("an event removed", LOG[:4] + LOG[5:], "LINK_BROKEN"),
        ("an event repeated", LOG[:5] + LOG[4:], "LINK_BROKEN"),
        ("two events swapped", [*LOG[:4], LOG[5], LOG[4], *LOG[6:]], "LINK_BROKEN"),
        ("the first event removed", LOG[1:], "START_CUT"),
        ("the last event removed", LOG[:-1], "END_CUT"),
        ("everything removed", [], "END_CUT"),
        ("the file cut in a line", [*LOG[:-1], LOG[-1][:-1]], "LINE_CUT"),
        ("an event added", make_log(events=10), "END_UNANCHORED"),
        ("the whole recomputed", make_log(actor="directory.User:8"), "HEAD_DIFFERS"),
        ("written otherwise", [LOG[0].replace(b":1,", b": 1,"), *LOG[1:]], "LINE_UNREADABLE"),
        ("a field too many", [LOG[0].replace(b"{", b'{"a":1,', 1), *LOG[1:]], "LINE_UNREADABLE"),
        ("no JSON", [b"\xff\xfe\n", *LOG[1:]], "LINE_UNREADABLE"),
        ("nested without end", [b"[" * 100_000 + b"\n", *LOG[1:]], "LINE_UNREADABLE"),
    ],
)
def test_a_fault_is_named(folder, what, log, fault):
    answer = judge(folder, log)

    assert (answer["status"], answer["fault"]) == (1, fault), what


def test_an_older_export_is_not_the_present_one(folder):
    older = make_log(events=7)

    answer = judge(folder, older)

    assert answer == {"status": 1, "verified": False, "fault": "END_CUT", "last": 7, "seq": 9}


def test_an_older_export_with_its_older_anchor_is_refused_by_a_reader_who_asks_for_a_newer(folder):
    older = make_log(events=7)
    anchor = make_anchor(7, json.loads(older[-1])["digest"], at="2026-11-23T12:00:00.000000+08:00")

    answer = judge(folder, older, anchor, words=["--not-before", "2026-11-24T08:00"])

    assert (answer["status"], answer["fault"]) == (1, "ANCHOR_OLD")


@pytest.mark.parametrize(
    ("cut", "since", "fault"),
    [
        (1, "2026-11-23", None),
        (7, "2026-11-24", None),
        (1, "2026-11-24", None),
        (7, "2026-11-23", "START_LATE"),
        (2, "2026-11-23", "START_LATE"),
        (8, "2026-11-24", "START_LATE"),
        (1, None, "START_CUT"),
    ],
)
def test_a_log_exported_since_a_day_holds_every_event_of_it(cut, since, fault):
    assert fault_of(LOG[cut:], since=since) == fault


def test_a_log_passes_through_all_anchors_kept(folder):
    digests = [json.loads(line)["digest"] for line in LOG]
    anchors = [make_anchor(seq, digests[seq - 1]) for seq in (3, 9, 5)]

    answer = judge(folder, LOG, *anchors)

    assert answer["status"] == 0


def test_a_log_recomputed_and_signed_anew_with_the_stolen_key_fails_at_an_older_anchor(folder):
    forged = make_log(actor="directory.User:8")
    head = json.loads(forged[-1])
    kept = make_anchor(3, json.loads(LOG[2])["digest"])

    answer = judge(folder, forged, kept, make_anchor(9, head["digest"]))

    assert (answer["status"], answer["fault"], answer["seq"]) == (1, "HEAD_DIFFERS", 3)


def test_an_anchor_from_before_the_log_cannot_be_compared(folder):
    earlier = make_anchor(3, json.loads(LOG[2])["digest"])

    answer = judge(folder, LOG[7:], earlier, ANCHOR, words=["--since", "2026-11-24"])

    assert (answer["status"], answer["fault"]) == (2, "ANCHOR_BEFORE_LOG")


def test_an_attacker_who_signs_with_a_key_of_their_own_is_refused(folder):
    forged = make_log(actor="directory.User:8")

    answer = judge(folder, forged, make_anchor(9, json.loads(forged[-1])["digest"], key=OTHER_KEY))

    assert (answer["status"], answer["fault"]) == (1, "ANCHOR_UNTRUSTED")


@pytest.mark.parametrize(
    ("change", "status", "fault"),
    [
        ({"seq": 8}, 1, "ANCHOR_FORGED"),
        ({"digest": GENESIS}, 1, "ANCHOR_FORGED"),
        ({"at": "2027-01-01T00:00:00.000000+08:00"}, 1, "ANCHOR_FORGED"),
        ({"key": public_text(OTHER_KEY)}, 1, "ANCHOR_FORGED"),
        ({"key": "AAAA"}, 1, "ANCHOR_FORGED"),
        ({"signature": ""}, 1, "ANCHOR_FORGED"),
        ({"signature": ANCHOR["key"] * 2}, 1, "ANCHOR_FORGED"),
        ({"algorithm": "SM2"}, 2, "ANCHOR_ALGORITHM"),
        ({"kind": "huiju.audit.anchor.2"}, 2, "ANCHOR_UNREADABLE"),
        ({"seq": True}, 2, "ANCHOR_UNREADABLE"),
        ({"note": "…"}, 2, "ANCHOR_UNREADABLE"),
    ],
)
def test_an_anchor_that_was_touched_is_refused(folder, change, status, fault):
    answer = judge(folder, LOG, {**ANCHOR, **change})

    assert (answer["status"], answer["fault"]) == (status, fault)


def test_without_a_key_those_of_the_instance_are_trusted(folder, monkeypatch, capsys):
    judge(folder, LOG)
    (folder / "keys").mkdir()
    (folder / "keys" / "sign-0001.pub").write_text(public_text(OFFICE_KEY) + "\n")
    words = [str(folder / "log.jsonl"), "--anchor", str(folder / "0.anchor")]

    monkeypatch.setenv("HUIJU_HOME", str(folder))
    at_home = verifier.main(words)
    monkeypatch.setenv("HUIJU_HOME", str(folder / "elsewhere"))
    elsewhere = verifier.main(words)

    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (at_home, elsewhere) == (0, 2)
    assert [answer.get("fault") for answer in answers] == [None, "NO_TRUSTED_KEY"]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["nowhere.jsonl", "--anchor", "0.anchor"], "FILE_UNREADABLE"),
        (["log.jsonl", "--anchor", "nowhere.anchor"], "FILE_UNREADABLE"),
        (["log.jsonl", "--anchor", "log.jsonl"], "ANCHOR_UNREADABLE"),
        (["log.jsonl", "--anchor", "0.anchor", "--key", "no key"], "KEY_UNREADABLE"),
    ],
)
def test_what_cannot_be_read_is_not_judged(folder, monkeypatch, capsys, words, fault):
    judge(folder, LOG)
    monkeypatch.chdir(folder)

    status = verifier.main([*words, "--key", public_text(OFFICE_KEY)])

    assert (status, json.loads(capsys.readouterr().out)["fault"]) == (2, fault)


@pytest.mark.parametrize(
    ("key", "message", "signature"),
    [  # RFC 8032, 7.1, tests 1 to 3
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            (
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
                "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            (
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
                "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            (
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290"
                "ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
            ),
        ),
    ],
)
def test_ed25519_agrees_with_its_standard(key, message, signature):
    parts = [bytes.fromhex(text) for text in (key, message, signature)]

    assert verifier.verify_ed25519(*parts)


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=100), data=st.data())
def test_ed25519_takes_the_librarys_signatures_and_none_with_a_bit_changed(seed, message, data):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    changed = bytearray(signature)
    changed[data.draw(st.integers(0, 63))] ^= 1 << data.draw(st.integers(0, 7))

    assert verifier.verify_ed25519(public, message, signature)
    assert not verifier.verify_ed25519(public, message, bytes(changed))

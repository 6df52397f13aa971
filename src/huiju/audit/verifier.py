"""Check an exported Huiju audit log against signed anchors. 核对导出的审计日志。

This one file needs Python 3.10 or newer and nothing else: no database, no Django, no library.

    python3 verifier.py LOG --anchor ANCHOR [--anchor OLDER …] [--key KEY …]
                        [--since DATE] [--not-before INSTANT]

LOG is what `huiju audit export` wrote, each ANCHOR what `huiju audit anchor` wrote. KEY is a public
key the reader trusts: 44 characters of base64, or a file holding them. Without --key the public
keys of the instance in HUIJU_HOME are trusted, never the key an anchor brings along.
Prints one JSON object; exit status 0 = whole and unchanged, 1 = not so, 2 = could not be judged.
The format is described in docs/reference/audit-log.md.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

Record = dict[str, Any]
GENESIS = "0" * 64
ANCHOR_KIND = "huiju.audit.anchor.1"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+08:00")
EVENT_FIELDS: Mapping[str, Any] = {
    **dict.fromkeys(("at", "actor", "action", "subject", "previous", "digest"), str),
    **{"seq": int, "detail": dict, "previous_day": (str, type(None))},
}
ANCHOR_FIELDS: Mapping[str, Any] = {
    **dict.fromkeys(("kind", "algorithm", "key", "at", "digest", "signature"), str),
    "seq": int,
}

# Each fault with its sentence for the reader; `{…}` are filled in.
FAULTS = {
    "LINE_CUT": "第 {line} 行没有结尾，文件被截断。",
    "LINE_UNREADABLE": "第 {line} 行不是一条按规范写成的审计事件。",
    "LINE_CHANGED": "第 {line} 行的内容与其摘要不符，已被改动。",
    "LINK_BROKEN": "第 {line} 行没有接在上一行之后：有事件被删除、重复、插入或调换。",
    "START_CUT": "日志从第 {seq} 号开始，开头被截去；若只导出一段，请用 --since 写明起始日期。",
    "START_LATE": "日志从第 {seq} 号开始，没有自 {since} 起的全部事件。",
    "END_CUT": "日志止于第 {last} 号，锚点已到第 {seq} 号：结尾被截去，或是旧的导出。",
    "END_UNANCHORED": "第 {seq} 号之后的事件没有锚点担保，请用更新的锚点核对。",
    "HEAD_DIFFERS": "第 {seq} 号事件与锚点不符：日志被整体重算，或不是同一份日志。",
    "ANCHOR_FORGED": "锚点文件 {file} 的签名不正确。",
    "ANCHOR_UNTRUSTED": "锚点文件 {file} 由不受信任的公钥 {key} 签名。",
    "ANCHOR_OLD": "最新的锚点做于 {at}，早于要求的 {not_before}。",
}
CANNOT_JUDGE = {
    "ANCHOR_BEFORE_LOG": "锚点在第 {seq} 号，日志从第 {first} 号才开始，无法对照。",
    "ANCHOR_UNREADABLE": "文件 {file} 不是锚点。",
    "ANCHOR_ALGORITHM": "锚点文件 {file} 用 {algorithm} 签名，本程序只能核对 Ed25519。",
    "NO_TRUSTED_KEY": "没有受信任的公钥：请用 --key 给出，或设置 HUIJU_HOME。",
    "FILE_UNREADABLE": "打不开文件 {file}。",
    "KEY_UNREADABLE": "{key} 不是公钥：应为 32 字节的 base64。",
}


class Fault(Exception):
    """The first thing found wrong. `code` is a key of FAULTS or CANNOT_JUDGE."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__((FAULTS.get(code) or CANNOT_JUDGE[code]).format(**values))
        self.code, self.values = code, values


def canonical(record: Mapping[str, Any]) -> bytes:
    """The one way to write a record as bytes: JSON in UTF-8, keys sorted, no spaces."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def event_digest(event: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical bytes of an event without its own digest."""
    rest = {name: value for name, value in event.items() if name != "digest"}
    return hashlib.sha256(canonical(rest)).hexdigest()


def anchor_message(anchor: Mapping[str, Any]) -> bytes:
    """The bytes an anchor's signature stands for."""
    return canonical({name: value for name, value in anchor.items() if name != "signature"})


def check_log(
    lines: Iterable[bytes], wanted: Collection[int], since: str | None
) -> tuple[int, int, dict[int, str]]:
    """Follow the chain. Returns first and last sequence numbers, and the digests at `wanted`.

    The found digests hold the one before the first line too; an empty log ends at number 0.
    """
    first, last, digest, day, found = 1, 0, GENESIS, None, {0: GENESIS}
    for number, line in enumerate(lines, start=1):
        event = read_event(line, number)
        if number == 1:
            check_start(event, since)
            first, last, digest = event["seq"], event["seq"] - 1, event["previous"]
            day, found = event["previous_day"], {last: digest}
        if (event["seq"], event["previous"], event["previous_day"]) != (last + 1, digest, day):
            raise Fault("LINK_BROKEN", line=number)
        last, digest, day = event["seq"], event["digest"], max(event["at"][:10], day or "")
        if last in wanted:
            found[last] = digest
    return first, last, found


def read_event(line: bytes, number: int) -> Record:
    """One line as an event whose digest is right."""
    if not line.endswith(b"\n"):
        raise Fault("LINE_CUT", line=number)
    event = read_record(line[:-1], EVENT_FIELDS)
    if event is None or not INSTANT.fullmatch(event["at"]):
        raise Fault("LINE_UNREADABLE", line=number)
    if event_digest(event) != event["digest"]:
        raise Fault("LINE_CHANGED", line=number)
    return event


def read_record(data: bytes, fields: Mapping[str, Any]) -> Record | None:
    """Canonical bytes as a record with exactly these fields, or None."""
    try:
        record = json.loads(data)
        if not isinstance(record, dict) or canonical(record) != data:
            return None
    except (ValueError, RecursionError):
        return None
    right = set(record) == set(fields) and all(
        isinstance(record[name], kind) and not isinstance(record[name], bool)
        for name, kind in fields.items()
    )
    return record if right else None


def check_start(event: Record, since: str | None) -> None:
    """A log begins with the first event of all, or holds everything since the day asked for."""
    if event["seq"] == 1:
        if (event["previous"], event["previous_day"]) != (GENESIS, None):
            raise Fault("LINK_BROKEN", line=1)
    elif since is None or event["previous_day"] is None:
        raise Fault("START_CUT", seq=event["seq"])
    elif event["previous_day"] >= since:
        raise Fault("START_LATE", seq=event["seq"], since=since)


def check_anchors(anchors: list[Record], first: int, last: int, found: dict[int, str]) -> None:
    """The log passes through every anchor and ends at the newest."""
    newest = max(anchor["seq"] for anchor in anchors)
    if last < newest:
        raise Fault("END_CUT", last=last, seq=newest)
    for anchor in anchors:
        if anchor["seq"] not in found:
            raise Fault("ANCHOR_BEFORE_LOG", seq=anchor["seq"], first=first)
        if found[anchor["seq"]] != anchor["digest"]:
            raise Fault("HEAD_DIFFERS", seq=anchor["seq"])
    if last > newest:
        raise Fault("END_UNANCHORED", seq=newest)


def read_anchor(file: str, trusted: Collection[bytes]) -> Record:
    """An anchor signed by a trusted key."""
    anchor = read_record(read_file(file).rstrip(b"\r\n"), ANCHOR_FIELDS)
    if anchor is None or anchor["kind"] != ANCHOR_KIND:
        raise Fault("ANCHOR_UNREADABLE", file=file)
    if anchor["algorithm"] != "Ed25519":
        raise Fault("ANCHOR_ALGORITHM", file=file, algorithm=anchor["algorithm"])
    key, signature = unpacked(anchor["key"], 32), unpacked(anchor["signature"], 64)
    if not (key and signature and verify_ed25519(key, anchor_message(anchor), signature)):
        raise Fault("ANCHOR_FORGED", file=file)
    if key not in trusted:
        raise Fault("ANCHOR_UNTRUSTED", file=file, key=anchor["key"])
    return anchor


def read_file(file: str) -> bytes:
    """The bytes of a file named by the caller."""
    try:
        return Path(file).read_bytes()
    except OSError:
        raise Fault("FILE_UNREADABLE", file=file) from None


def unpacked(text: str, length: int) -> bytes:
    """Base64 as bytes of the length, or nothing."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return b""
    return data if len(data) == length else b""


def trusted_keys(given: Collection[str]) -> set[bytes]:
    """The keys given, or else those of the instance this runs on."""
    folder = Path(os.environ.get("HUIJU_HOME", "var")) / "keys"
    given = given or [str(path) for path in sorted(folder.glob("sign-*.pub"))]
    keys = set()
    for text in given:
        written = read_file(text).decode("ascii", "replace") if Path(text).is_file() else text
        if not (key := unpacked(written.strip(), 32)):
            raise Fault("KEY_UNREADABLE", key=text)
        keys.add(key)
    if not keys:
        raise Fault("NO_TRUSTED_KEY")
    return keys


# Ed25519 of RFC 8032, verification alone: it handles public values only.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def verify_ed25519(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) over `message` is by the holder of `key` (32 bytes)."""
    public, commitment = point(key), point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or commitment is None or BASE is None or scalar >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little")
    left, right = times(scalar, BASE), plus(commitment, times(challenge % L, public))
    return not any((left[i] * right[2] - right[i] * left[2]) % P for i in (0, 1))


def point(data: bytes) -> Point | None:
    """A curve point from its 32 bytes, or None."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def plus(one: Point, two: Point) -> Point:
    """The sum of two points."""
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar: int, base: Point) -> Point:
    """A point added to itself so many times."""
    total: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = plus(total, base)
        base, scalar = plus(base, base), scalar >> 1
    return total


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def verify(asked: argparse.Namespace) -> Record:
    """The verdict. Raises Fault with the first thing found wrong."""
    trusted = trusted_keys(asked.key)
    anchors = [read_anchor(file, trusted) for file in asked.anchor]
    newest = max(anchors, key=lambda anchor: (anchor["seq"], anchor["at"]))
    if asked.not_before and newest["at"] < asked.not_before:
        raise Fault("ANCHOR_OLD", at=newest["at"], not_before=asked.not_before)
    try:
        with Path(asked.log).open("rb") as lines:
            ends = check_log(lines, {anchor["seq"] for anchor in anchors}, asked.since)
    except OSError:
        raise Fault("FILE_UNREADABLE", file=asked.log) from None
    check_anchors(anchors, *ends)
    return {"first": ends[0], "last": ends[1], "head": newest["digest"], "anchored": newest["at"]}


def main(argv: list[str] | None = None) -> int:
    """Judge the files named on the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="huiju audit verify", description="核对审计日志")
    parser.add_argument("log", metavar="LOG", help="导出的日志")
    parser.add_argument("--anchor", action="append", required=True, help="锚点，可给多个")
    parser.add_argument("--key", action="append", default=[], help="受信任的公钥，文本或文件")
    parser.add_argument("--since", help="日志应从这一天起完整，例如 2026-11-01")
    parser.add_argument("--not-before", help="最新的锚点不得早于此时，例如 2026-11-24T08:00")
    try:
        answer, status = {"verified": True, **verify(parser.parse_args(argv))}, 0
        words = "日志完整，未被改动，止于锚点。"
    except Fault as fault:
        answer, words = {"verified": False, "fault": fault.code, **fault.values}, str(fault)
        status = 2 if fault.code in CANNOT_JUDGE else 1
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stderr.write(words + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())

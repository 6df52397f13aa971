"""Logs and anchors as the commands write them, without a database."""

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huiju.audit.verifier import ANCHOR_KIND, GENESIS, anchor_message, canonical, event_digest
from huiju.kernel.clock import CITY_ZONE

OFFICE_KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"office").digest())
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"somebody else").digest())
BEGINNING = datetime(2026, 11, 22, 23, 0, tzinfo=CITY_ZONE)


def make_log(*, events: int = 9, actor: str = "directory.User:7") -> list[bytes]:
    """A whole log, an event every four hours: the first day has one, the second six."""
    lines: list[bytes] = []
    previous, previous_day = GENESIS, None
    for seq in range(1, events + 1):
        event: dict[str, Any] = {
            "seq": seq,
            "at": instant(BEGINNING + timedelta(hours=4 * (seq - 1))),
            "actor": actor,
            "action": "registry.person_read",
            "subject": f"registry.Person:{seq % 4}",
            "detail": {"reason": "核对花名册", "rows": seq},
            "previous": previous,
            "previous_day": previous_day,
        }
        event["digest"] = event_digest(event)
        lines.append(canonical(event) + b"\n")
        previous, previous_day = event["digest"], event["at"][:10]
    return lines


def make_anchor(
    seq: int, digest: str, *, key: Ed25519PrivateKey = OFFICE_KEY, **changes: Any
) -> dict[str, Any]:
    """A signed anchor; `changes` replace fields before it is signed."""
    anchor = {
        "kind": ANCHOR_KIND,
        "algorithm": "Ed25519",
        "key": public_text(key),
        "at": "2026-11-24T12:00:00.000000+08:00",
        "seq": seq,
        "digest": digest,
        **changes,
    }
    signature = base64.b64encode(key.sign(anchor_message(anchor))).decode()
    return {**anchor, "signature": signature}


def instant(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def public_text(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()

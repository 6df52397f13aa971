"""Writing events, and anchoring the chain outside the database."""

import base64
import uuid
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import models
from django.utils import timezone

from huiju.audit import queries
from huiju.audit.models import Event
from huiju.audit.verifier import ANCHOR_KIND, anchor_message, canonical
from huiju.kernel import clock, crypto
from huiju.kernel.encrypted import ring

SYSTEM = "system"


class UnknownSignature(Exception):
    """An anchor was asked for under a signature algorithm this program does not have."""


def record(
    *, actor: models.Model | str | None, action: str, subject: models.Model | str, **detail: Any
) -> Event:
    """Write an event into the caller's transaction; it joins the chain when that commits.

    `action` is "<package>.<what happened>" in the past tense. `detail` holds keys, codes, counts
    and dates; never a name or a number of a person. Raises TypeError for a float or an object.
    The instant is the real one, even where an import is made "as of" an earlier day.
    """
    return Event.objects.create(
        at=timezone.now(),
        actor=queries.reference(actor or SYSTEM),
        action=action,
        subject=queries.reference(subject),
        detail={name: _plain(value) for name, value in detail.items()},
    )


def make_anchor(*, at: datetime, algorithm: str = "Ed25519") -> dict[str, Any]:
    """The signed head of the chain, to be kept where the database cannot write.

    Raises UnknownSignature for any algorithm but Ed25519: the cryptography library has no SM2.
    """
    if algorithm != "Ed25519":
        raise UnknownSignature(f"anchors are signed by Ed25519; {algorithm} is not available")
    keys = ring()
    seq, digest = queries.head()
    anchor: dict[str, Any] = {
        "kind": ANCHOR_KIND,
        "algorithm": algorithm,
        "key": base64.b64encode(crypto.public_key(keys.signing)).decode(),
        "at": at.astimezone(clock.CITY_ZONE).isoformat(timespec="microseconds"),
        "seq": seq,
        "digest": digest,
    }
    signature = crypto.sign(keys, anchor_message(anchor))
    return {**anchor, "signature": base64.b64encode(signature).decode()}


def keep_anchor(folder: Path, *, anchor: dict[str, Any]) -> Path:
    """Write an anchor as a new file of a folder, which is made if need be; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    made = anchor["at"][:19].replace(":", "")
    file = folder / f"audit-{anchor['seq']:012}-{made}.anchor"
    file.write_bytes(canonical(anchor) + b"\n")
    return file


def _plain(value: Any) -> Any:
    """A value as JSON writes it one way only."""
    match value:
        case None | bool():
            return value
        case str():
            return str(value)
        case int():
            return int(value)
        case datetime():
            return value.astimezone(clock.CITY_ZONE).isoformat()
        case date() | uuid.UUID() | Decimal():
            return value.isoformat() if isinstance(value, date) else str(value)
        case list() | tuple():
            return [_plain(item) for item in value]
        case dict():
            return {str(name): _plain(item) for name, item in value.items()}
    raise TypeError(f"{type(value).__name__} has no place in the detail of an event")

"""Sealing single values, keyed digests for searching them, and signatures, over a ring of keys.

A sealed value says by itself how to open it: `<algorithm>:<key id>:<base64 of nonce, text, tag>`.
It is bound to the column it stands in, so a value copied into another column does not open.
Two profiles exist: `intl` seals by AES-256-GCM and digests by HMAC-SHA256, `gm` by SM4-GCM and
HMAC-SM3; both sign by Ed25519, because the library has no SM2.
Keys lie in one folder, one key a file, named `<purpose>-<number>.key`. The highest number of a
purpose is the one in use; older ones still open what they sealed. Beside each signing key lies
its public half, `sign-<number>.pub`. Nothing here knows Django.
"""

import base64
import json
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
KEY_FILE: Final = re.compile(r"(seal|digest|sign)-(\d{4})\.key")


class CryptoError(Exception):
    """A key or a sealed value cannot be used."""


class NoKeys(CryptoError):
    """The key folder lacks a key that is needed."""


class KeysExist(CryptoError):
    """A new ring was asked for where one lies already."""


class UnknownAlgorithm(CryptoError):
    """The profile or algorithm is not one of ours."""


class UnknownKey(CryptoError):
    """The value was sealed by a key that is not in the ring."""


class Malformed(CryptoError):
    """The text is not a sealed value."""


class NotAuthentic(CryptoError):
    """The sealed value was changed, or belongs to another column."""


@dataclass(frozen=True, slots=True)
class Key:
    """One secret. `id` is its file's name without suffix, `algorithm` says what it is for."""

    id: str
    algorithm: str
    secret: bytes

    def __repr__(self) -> str:
        return f"Key(id={self.id!r}, algorithm={self.algorithm!r})"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of an instance by id, and for each purpose the one in use."""

    keys: Mapping[str, Key]
    sealing: Key
    digesting: Key
    signing: Key


CIPHERS: Final[Mapping[str, Callable[[bytes], algorithms.AES256 | algorithms.SM4]]] = {
    "aes-256-gcm": algorithms.AES256,
    "sm4-gcm": algorithms.SM4,
}
HASHES: Final[Mapping[str, Callable[[], hashes.HashAlgorithm]]] = {
    "hmac-sha256": hashes.SHA256,
    "hmac-sm3": hashes.SM3,
}
SECRET_BYTES: Final = {
    "aes-256-gcm": 32,
    "sm4-gcm": 16,
    "hmac-sha256": 32,
    "hmac-sm3": 32,
    "ed25519": 32,
}
PROFILES: Final[Mapping[str, Mapping[str, str]]] = {
    "intl": {"seal": "aes-256-gcm", "digest": "hmac-sha256", "sign": "ed25519"},
    "gm": {"seal": "sm4-gcm", "digest": "hmac-sm3", "sign": "ed25519"},
}


def generate(folder: Path, *, profile: str, at: datetime) -> KeyRing:
    """Lay down the first key of every purpose. Raises KeysExist when the folder holds any."""
    if _key_files(folder):
        raise KeysExist(f"{folder} holds keys already; rotate them instead")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for purpose in ("digest", "sign", "seal"):
        _add_key(folder, purpose=purpose, profile=profile, at=at)
    return load(folder)


def rotate(folder: Path, *, profile: str, at: datetime, purpose: str = "seal") -> KeyRing:
    """Add a key and use it from now on; a change of profile is a rotation too.

    Values under older sealing keys stay readable and move to the new one by `reseal`. After
    rotating `digest`, stored digests must be computed anew before anything is searched.
    """
    if not _key_files(folder):
        raise NoKeys(f"{folder} holds no keys")
    _add_key(folder, purpose=purpose, profile=profile, at=at)
    return load(folder)


def load(folder: Path) -> KeyRing:
    """The ring in a folder. Raises NoKeys when a purpose has no key."""
    keys = {path.stem: _read_key(path) for path in _key_files(folder)}

    def newest(purpose: str) -> Key:
        ids = sorted(key_id for key_id in keys if key_id.startswith(f"{purpose}-"))
        if not ids:
            raise NoKeys(f"{folder} holds no key named {purpose}-….key")
        return keys[ids[-1]]

    return KeyRing(
        keys=keys,
        sealing=newest("seal"),
        digesting=newest("digest"),
        signing=newest("sign"),
    )


def seal(ring: KeyRing, text: str, *, column: str) -> str:
    """Seal a text for one column, `table.column`; equal texts never seal to equal values."""
    key = ring.sealing
    nonce = os.urandom(NONCE_BYTES)
    encryptor = Cipher(CIPHERS[key.algorithm](key.secret), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(column.encode())
    body = encryptor.update(text.encode()) + encryptor.finalize()
    packed = base64.urlsafe_b64encode(nonce + body + encryptor.tag).decode()
    return f"{key.algorithm}:{key.id}:{packed}"


def unseal(ring: KeyRing, sealed: str, *, column: str) -> str:
    """The text in a sealed value. Raises Malformed, UnknownKey or NotAuthentic."""
    key, packed = _opened_envelope(ring, sealed)
    nonce, body, tag = packed[:NONCE_BYTES], packed[NONCE_BYTES:-TAG_BYTES], packed[-TAG_BYTES:]
    decryptor = Cipher(CIPHERS[key.algorithm](key.secret), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(column.encode())
    try:
        return (decryptor.update(body) + decryptor.finalize()).decode()
    except InvalidTag as error:
        raise NotAuthentic(f"a sealed value in {column} was changed or moved") from error


def is_current(ring: KeyRing, sealed: str) -> bool:
    """Whether a value is sealed by the key in use."""
    return sealed.startswith(f"{ring.sealing.algorithm}:{ring.sealing.id}:")


def reseal(ring: KeyRing, sealed: str, *, column: str) -> str:
    """The same text under the key in use; a value already under it comes back as it is."""
    if is_current(ring, sealed):
        return sealed
    return seal(ring, unseal(ring, sealed, column=column), column=column)


def digest(ring: KeyRing, text: str, *, column: str) -> str:
    """A keyed digest in hex, equal for equal texts of one column: what a search compares."""
    return _digest(ring.digesting, text, column)


def vouches(ring: KeyRing, start: str, text: str, *, column: str) -> bool:
    """Whether a digest of the text under any digest key, also one no longer in use, begins so.

    For codes on papers, which outlive a key; an empty start is never vouched for.
    """
    keys = [key for key in ring.keys.values() if key.algorithm in HASHES]
    found = (_digest(key, text, column)[: len(start)] for key in keys)
    return bool(start) and any(secrets.compare_digest(each, start) for each in found)


def _digest(key: Key, text: str, column: str) -> str:
    mac = hmac.HMAC(key.secret, HASHES[key.algorithm]())
    mac.update(column.encode() + b"\0" + text.encode())
    return mac.finalize().hex()


def sign(ring: KeyRing, message: bytes) -> bytes:
    """An Ed25519 signature of 64 bytes by the signing key in use."""
    return Ed25519PrivateKey.from_private_bytes(ring.signing.secret).sign(message)


def public_key(key: Key) -> bytes:
    """The 32 bytes by which anybody checks what a signing key signed."""
    return Ed25519PrivateKey.from_private_bytes(key.secret).public_key().public_bytes_raw()


def _opened_envelope(ring: KeyRing, sealed: str) -> tuple[Key, bytes]:
    """The key a sealed value names and its unpacked bytes."""
    parts = sealed.split(":")
    if len(parts) != 3 or parts[0] not in CIPHERS:
        raise Malformed("not a sealed value")
    algorithm, key_id, packed = parts
    key = ring.keys.get(key_id)
    if key is None:
        raise UnknownKey(f"no key {key_id} in the ring")
    if key.algorithm != algorithm:
        raise NotAuthentic(f"key {key_id} is not for {algorithm}")
    try:
        unpacked = base64.b64decode(packed, altchars=b"-_", validate=True)
    except ValueError as error:
        raise Malformed("not a sealed value") from error
    if len(unpacked) < NONCE_BYTES + TAG_BYTES:
        raise Malformed("not a sealed value")
    return key, unpacked


def _key_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.key") if KEY_FILE.fullmatch(path.name))


def _read_key(path: Path) -> Key:
    stored = json.loads(path.read_text(encoding="utf-8"))
    algorithm = stored["algorithm"]
    if algorithm not in SECRET_BYTES:
        raise UnknownAlgorithm(f"{path.name} is for {algorithm}, which this program does not have")
    secret = base64.b64decode(stored["secret"], validate=True)
    if len(secret) != SECRET_BYTES[algorithm]:
        raise Malformed(f"{path.name} has not the length of a key for {algorithm}")
    return Key(id=path.stem, algorithm=algorithm, secret=secret)


def _add_key(folder: Path, *, purpose: str, profile: str, at: datetime) -> None:
    """Write the next key of a purpose whole or not at all, readable by its owner alone."""
    if profile not in PROFILES:
        raise UnknownAlgorithm(f"no profile {profile}; there are {', '.join(PROFILES)}")
    algorithm = PROFILES[profile][purpose]
    number = 1 + sum(path.name.startswith(f"{purpose}-") for path in _key_files(folder))
    path = folder / f"{purpose}-{number:04}.key"
    content = {
        "algorithm": algorithm,
        "created_at": at.isoformat(),
        "secret": base64.b64encode(os.urandom(SECRET_BYTES[algorithm])).decode(),
    }
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    os.link(draft, path)  # refuses to replace a key another process has just laid down
    draft.unlink()
    if purpose == "sign":
        shared = base64.b64encode(public_key(_read_key(path))).decode()
        path.with_suffix(".pub").write_text(f"{shared}\n", encoding="ascii")

"""One instance of Huiju: a folder (`HUIJU_HOME`) with its database, files and keys.

Everything two instances must not share derives from this folder, so they run side by side.
"""

import hashlib
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

OWNER, APP = "owner", "app"


@dataclass(frozen=True)
class Login:
    """How one role reaches the database. `host` is a socket folder for the embedded server."""

    host: str
    port: str
    name: str
    user: str
    password: str
    options: str = ""


@dataclass(frozen=True)
class Instance:
    """Where an instance lives and how its two database roles sign in."""

    home: Path
    database_url: str = ""

    @classmethod
    def from_environment(cls) -> Self:
        home = Path(os.environ.get("HUIJU_HOME", "var")).resolve()
        return cls(home, os.environ.get("HUIJU_DATABASE_URL", ""))

    @property
    def embedded(self) -> bool:
        return not self.database_url

    @cached_property
    def mark(self) -> str:
        """Eight characters that tell this instance from others on the machine."""
        return hashlib.sha256(str(self.home).encode()).hexdigest()[:8]

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def files(self) -> Path:
        return self.home / "files"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def socket_folder(self) -> Path:
        """Short on purpose: a socket path over about 100 characters cannot be bound."""
        return Path("/tmp") / f"huiju-{self.mark}"  # noqa: S108 -- folder is 0700 and checked

    @property
    def database_name(self) -> str:
        return "huiju" if self.embedded else urlsplit(self.database_url).path.lstrip("/")

    def role(self, kind: str) -> str:
        """The role's name: `huiju_owner` and `huiju_app` for a database called huiju."""
        return f"{self.database_name}_{kind}"

    def login(self, kind: str) -> Login:
        """How the owner (migrations) or the app (serving) reaches the database."""
        if self.embedded:
            user = self.role(kind)
            folder = str(self.socket_folder)
            return Login(folder, "", self.database_name, user, self.secret(f"{user}.password"))
        parts = urlsplit(self.database_url)
        host, port = unquote(parts.hostname or ""), str(parts.port or "")
        query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        host = unquote(query.get("host", host))
        if kind == APP:
            user = self.role(APP)
            password = self.secret(f"{user}.password")
            return Login(host, port, self.database_name, user, password)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        options = f"-c role={self.role(OWNER)}"
        return Login(host, port, self.database_name, user, password, options)

    def secret(self, name: str) -> str:
        """A stored secret, or "" before `huiju init` made it."""
        path = self.keys / name
        return path.read_text().strip() if path.exists() else ""

    def ensure_secret(self, name: str) -> str:
        """The stored secret, made on first use; readable by this user alone."""
        if not (value := self.secret(name)):
            self.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
            value = secrets.token_urlsafe(36)
            path = self.keys / name
            path.touch(mode=0o600)
            path.write_text(value)
        return value

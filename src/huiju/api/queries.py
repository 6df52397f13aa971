"""Which user a token speaks for."""

import hashlib
from datetime import datetime

from django.db.models import QuerySet

from huiju.api.models import Token
from huiju.directory.models import User


def digest_of(text: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


def token_named_by(text: str, *, at: datetime) -> Token | None:
    """The usable token a caller sent, with its user; None for any other text."""
    return Token.objects.usable(at).select_related("user").filter(digest=digest_of(text)).first()


def tokens_of(user: User) -> QuerySet[Token]:
    """A user's tokens that were not revoked, unordered."""
    return Token.objects.filter(user=user, revoked_at=None)

"""Making and revoking tokens."""

import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.api.models import Token
from huiju.api.queries import digest_of
from huiju.audit import services as audit
from huiju.directory.models import User
from huiju.kernel.errors import DomainError

PREFIX = "huiju_"
LONGEST = timedelta(days=366)
HINT = 8


class TokenTooLong(DomainError):
    """A token would be valid for more than a year, or for no time."""


@transaction.atomic
def create_token(*, user: User, name: str, days: int, at: datetime) -> tuple[Token, str]:
    """Make a token for a user's own program; its text is returned once and kept nowhere.

    Raises TokenTooLong unless it is valid for 1 to 366 days.
    """
    valid = timedelta(days=days)
    if not timedelta(0) < valid <= LONGEST:
        raise TokenTooLong(_("A token is valid for 1 to 366 days."))
    text = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        user=user,
        name=name,
        digest=digest_of(text),
        hint=text[len(PREFIX) :][:HINT],
        created_at=at,
        expires_at=at + valid,
    )
    audit.record(actor=user, action="api.token_created", subject=token, days=days)
    return token, text


@transaction.atomic
def revoke_token(*, token: Token, by: User, at: datetime) -> Token:
    """End a token at once. Revoked already: no change."""
    token = Token.objects.select_for_update(of=("self",)).get(pk=token.pk, user=by)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        audit.record(actor=by, action="api.token_revoked", subject=token)
    return token


def note_use(token: Token, *, on: date) -> None:
    """Remember the day of last use: one write a day, not one a call."""
    if token.last_used_on != on:
        Token.objects.filter(pk=token.pk).update(last_used_on=on)

"""Tokens by which other programs read and write as a user."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiju.directory.models import User


class TokenQuerySet(models.QuerySet["Token"]):
    """Tokens, narrowed by use."""

    def usable(self, at: datetime) -> Self:
        """Tokens neither revoked nor expired, of users who may sign in."""
        return self.filter(
            revoked_at=None,
            expires_at__gt=at,
            user__is_active=True,
            user__must_change_password=False,
        )


class Token(models.Model):
    """A user's key for one program: it may what the user may, until it expires or is revoked.

    Only SHA-256 of the token is kept; 256 random bits need no slow hash. `hint` is its beginning,
    by which its owner tells it from others.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("Program"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(_("Begins with"), max_length=8)
    created_at = models.DateTimeField(_("Made"))
    expires_at = models.DateTimeField(_("Expires"))
    revoked_at = models.DateTimeField(_("Revoked"), null=True, blank=True)
    last_used_on = models.DateField(_("Last used"), null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="tokens_expire_after_they_are_made",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.hint}…"

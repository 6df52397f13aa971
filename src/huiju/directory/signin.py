"""Signing in by django-allauth, as this house wants it: no sign-up, every attempt an event."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from huiju.audit import services as audit
from huiju.directory.models import User


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by administrators; what happens at the door is recorded."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: User, **login: Any) -> HttpResponse:
        audit.record(actor=user, action="directory.signed_in", subject=user)
        response: HttpResponse = super().post_login(request, user, **login)
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        known = User.objects.filter(username=credentials.get("username", "")).first()
        audit.record(
            actor=None, action="directory.sign_in_failed", subject=known or "unknown user name"
        )

    def set_password(self, user: User, password: str) -> None:
        """A password of one's own choice replaces the one-time password."""
        user.must_change_password = False
        super().set_password(user, password)
        audit.record(actor=user, action="directory.password_changed", subject=user)

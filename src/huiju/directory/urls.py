from functools import wraps

from allauth.account import views as door
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as sessions
from django.urls import path

from huiju.directory import views
from huiju.directory.access import View

app_name = "directory"
urlpatterns = [
    path("places/", views.places, name="places"),
    path("account/", views.account, name="account"),
    path("users/", views.users, name="users"),
    path("users/new/", views.new_user, name="new_user"),
    path("users/create/", views.create_user, name="create_user"),
    path("users/<int:user_id>/", views.user, name="user"),
    path("users/<int:user_id>/grant/", views.grant_role, name="grant_role"),
    path("users/<int:user_id>/password/", views.reset_password, name="reset_password"),
    path("users/<int:user_id>/active/", views.set_active, name="set_active"),
    path("grants/<int:grant_id>/end/", views.end_grant, name="end_grant"),
]


def borrowed(audience: str, view: View) -> View:
    """A view of allauth under one of our audiences: it guards itself and shows no records."""

    @wraps(view)
    def ours(*args: object, **kwargs: object) -> object:
        return view(*args, **kwargs)

    ours.audience, ours.kind = audience, "borrowed"  # type: ignore[attr-defined]
    return ours  # type: ignore[return-value]


# The part of allauth that is used, without sign-up, e-mail and password mails: an administrator
# makes accounts and replaces forgotten passwords.
BORROWED = [
    ("login/", "public", door.login, "account_login"),
    ("logout/", "public", door.logout, "account_logout"),
    ("inactive/", "public", door.account_inactive, "account_inactive"),
    ("reauthenticate/", "signed_in", door.reauthenticate, "account_reauthenticate"),
    ("password/change/", "signed_in", door.password_change, "account_change_password"),
    ("2fa/", "signed_in", second_factor.index, "mfa_index"),
    ("2fa/authenticate/", "public", second_factor.authenticate, "mfa_authenticate"),
    ("2fa/reauthenticate/", "signed_in", second_factor.reauthenticate, "mfa_reauthenticate"),
    ("2fa/totp/activate/", "signed_in", totp.activate_totp, "mfa_activate_totp"),
    ("2fa/totp/deactivate/", "signed_in", totp.deactivate_totp, "mfa_deactivate_totp"),
    ("2fa/codes/", "signed_in", recovery_codes.view_recovery_codes, "mfa_view_recovery_codes"),
    (
        "2fa/codes/generate/",
        "signed_in",
        recovery_codes.generate_recovery_codes,
        "mfa_generate_recovery_codes",
    ),
    (
        "2fa/codes/download/",
        "signed_in",
        recovery_codes.download_recovery_codes,
        "mfa_download_recovery_codes",
    ),
    ("2fa/passkeys/", "signed_in", passkeys.list_webauthn, "mfa_list_webauthn"),
    ("2fa/passkeys/add/", "signed_in", passkeys.add_webauthn, "mfa_add_webauthn"),
    ("2fa/passkeys/login/", "public", passkeys.login_webauthn, "mfa_login_webauthn"),
    (
        "2fa/passkeys/reauthenticate/",
        "signed_in",
        passkeys.reauthenticate_webauthn,
        "mfa_reauthenticate_webauthn",
    ),
    ("2fa/passkeys/<int:pk>/remove/", "signed_in", passkeys.remove_webauthn, "mfa_remove_webauthn"),
    ("2fa/passkeys/<int:pk>/edit/", "signed_in", passkeys.edit_webauthn, "mfa_edit_webauthn"),
    ("sessions/", "signed_in", sessions.list_usersessions, "usersessions_list"),
]
account_urlpatterns = [
    *(path(route, borrowed(audience, view), name=name) for route, audience, view, name in BORROWED),
    # the name by which allauth finds the way for those who forgot their password
    path("password/forgotten/", views.password_forgotten, name="account_reset_password"),
]

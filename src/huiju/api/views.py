from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from huiju.api import queries, services
from huiju.api.forms import TokenForm
from huiju.api.models import Token
from huiju.api.root import schema
from huiju.directory.access import change, page, public_page
from huiju.kernel import clock
from huiju.kernel.errors import DomainError


@page("directory.account")
def tokens(request: HttpRequest) -> HttpResponse:
    return _tokens_page(request, TokenForm())


@change("directory.account")
def create_token(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _tokens_page(request, form, status=422)
    try:
        token, text = services.create_token(user=request.user, at=clock.now(), **form.cleaned_data)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _tokens_page(request, form, status=422)
    response = render(request, "api/new_token.html", {"token": token, "text": text})
    response.headers["Cache-Control"] = "no-store"
    return response


@change("directory.account")
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(Token, pk=token_id, user=request.user)
    services.revoke_token(token=token, by=request.user, at=clock.now())
    messages.success(request, _("Token revoked."))
    return redirect("api:tokens")


@public_page
def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(schema(), json_dumps_params={"ensure_ascii": False})


@public_page
def reference(request: HttpRequest) -> HttpResponse:
    operations = [
        {**operation, "path": path, "method": method.upper(), "answer": _(operation["summary"])}
        for path, methods in schema()["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "api/reference.html", {"operations": operations})


def _tokens_page(request: HttpRequest, form: TokenForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "tokens": queries.tokens_of(request.user).order_by("-created_at", "-pk"),
        "now": clock.now(),
    }
    return render(request, "api/tokens.html", context, status=status)

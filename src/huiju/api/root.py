"""The OpenAPI root: one API over every package's router, for tokens."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import JSONRenderer
from ninja.security import HttpBearer

from huiju.api import queries, services
from huiju.directory.api import Refused
from huiju.directory.api import router as directory
from huiju.directory.models import User
from huiju.kernel import clock
from huiju.registry.api import router as registry
from huiju.statistics.api import router as statistics
from huiju.transfers.api import router as transfers


class ReadableJSON(JSONRenderer):
    """JSON in which Chinese stands as it is."""

    json_dumps_params = {"ensure_ascii": False}


class BearerToken(HttpBearer):
    """`Authorization: Bearer huiju_…`: the call is made by the token's user."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        found = queries.token_named_by(token, at=clock.now())
        if found is None:
            return None
        services.note_use(found, on=clock.today())
        request.user = found.user
        return found.user


api = NinjaAPI(
    title="Huiju",
    version="1",
    description="Reads the ledger of social work as the user of a token may.",
    auth=BearerToken(),
    renderer=ReadableJSON(),
    urls_namespace="v1",
    docs_url=None,
    openapi_url=None,
)
for router in (directory, registry, statistics, transfers):
    api.add_router("", router)


def refusal(request: HttpRequest, status: int, detail: str, fields: Any = ()) -> HttpResponse:
    """An answer in the one shape of every refusal."""
    return api.create_response(request, {"detail": detail, "fields": list(fields)}, status=status)


@api.exception_handler(AuthenticationError)
def unknown_caller(request: HttpRequest, problem: AuthenticationError) -> HttpResponse:
    """No token, or one that is unknown, expired or revoked."""
    answer = refusal(request, 401, _("Send a valid token: Authorization: Bearer …"))
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(Refused)
def not_allowed(request: HttpRequest, problem: Refused) -> HttpResponse:
    """The caller's roles do not include the call."""
    return refusal(request, 403, str(problem))


@api.exception_handler(Http404)
def not_there(request: HttpRequest, problem: Http404) -> HttpResponse:
    """Not there, or outside the caller's reach: the two look the same."""
    return refusal(request, 404, _("There is no such record, or not within your reach."))


@api.exception_handler(ValidationError)
def wrong_parameters(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    """Parameters that are missing or not of their kind."""
    names = [str(fault["loc"][-1]) for fault in problem.errors]
    detail = _("These parameters are missing or wrong: %(names)s.") % {"names": "、".join(names)}
    return refusal(request, 422, detail, names)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, problem: HttpError) -> HttpResponse:
    """A body that is no JSON, and the like."""
    return refusal(request, problem.status_code, _("The request cannot be read."))


def schema() -> dict[str, Any]:
    """The OpenAPI document."""
    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))


def document() -> str:
    """The OpenAPI document as the golden file holds it."""
    return json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"

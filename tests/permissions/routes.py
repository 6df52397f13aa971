"""Every path of the site and the API, and how it answers a caller."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from huiju.api.root import api
from tests.permissions.world import Half

API = "v1"


@dataclass(frozen=True)
class Route:
    """A named path. `audience` is the action it needs, "public" or "signed_in"; "" if undeclared."""

    name: str
    kind: str
    audience: str
    arguments: tuple[str, ...]

    def url(self, half: Half) -> str:
        return reverse(self.name, kwargs=arguments_of(self, half))


def routes() -> list[Route]:
    """Every route in the resolver but files and Django's own."""
    return sorted(_walk(get_resolver(), ()), key=lambda route: route.name)


def _walk(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inside = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern, inside)
        elif spaces[-1:] == (API,) and pattern.name == "api-root":
            continue
        else:
            yield _route(pattern, spaces)


def _route(pattern: URLPattern, spaces: tuple[str, ...]) -> Route:
    name = ":".join((*spaces, pattern.name or str(pattern.pattern)))
    arguments = tuple(pattern.pattern.converters)
    if API in spaces:
        return Route(name, "call", operations().get(pattern.name or "", ""), arguments)
    view: Any = pattern.callback
    kind, audience = getattr(view, "kind", ""), getattr(view, "audience", "")
    return Route(name, kind, audience, arguments)


def operations() -> dict[str, str]:
    """The action of each API operation, by its URL name."""
    return {
        operation.url_name or "": getattr(operation.view_func, "audience", "")
        for _prefix, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
    }


def arguments_of(route: Route, half: Half) -> dict[str, Any]:
    """The key of something in one half of the city for each argument of a route."""
    samples = half.samples()
    package = route.name.rpartition(":")[0]
    return {
        name: samples.get(f"{route.name}.{name}") or samples.get(route.name) or samples[package]
        for name in route.arguments
    }


def told(answer: HttpResponse) -> str:
    """An answer in one word: yes, no (403), login, hidden (404), wrong (405), or its number."""
    location = answer.headers.get("Location", "")
    if answer.status_code == 401 or location.startswith("/account/login/"):
        return "login"
    words = {403: "no", 404: "hidden", 405: "wrong"}
    if answer.status_code < 400 or answer.status_code in {400, 409, 422}:
        return "yes"
    return words.get(answer.status_code, str(answer.status_code))


def ask(client: Client, route: Route, half: Half, token: str = "") -> HttpResponse:
    """Call a route with its own method and without content, as a page, a change or an API call."""
    url = route.url(half)
    if route.kind == "call":
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return client.get(url, headers=headers)
    answer = client.post(url) if route.kind == "change" else client.get(url)
    if route.kind == "public" and answer.status_code == 405:
        return client.post(url)
    return answer

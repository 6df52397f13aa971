"""Rows 6 and 7: the dashboard with all its figures, and the list of workers beside bare Django's.

pages.py          in the instance of HUIJU_HOME, as the serving role
"""

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.contrib.auth.decorators import login_required  # noqa: E402
from django.core.paginator import Paginator  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import Context, Engine  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import path  # noqa: E402

from huiju.directory.access import acting_as_system  # noqa: E402
from huiju.directory.models import User  # noqa: E402
from huiju.kernel import clock  # noqa: E402
from huiju.registry import queries  # noqa: E402
from huiju.registry.models import Person  # noqa: E402

ROWS, ROUNDS = 20, 15
LIST, DASHBOARD = "/registry/workers/?level=intermediate", "/statistics/?place=350200&on=2025-10-31"
BARE_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
BARE = Engine().from_string(
    "<table>{% for row in page %}<tr><td>{{ row.person.name }}</td><td>{{ row.standing.masked_number }}</td>"
    "<td>{{ row.standing.certificate.level }}</td><td>{{ row.standing.certificate.approved_on }}</td>"
    "<td>{{ row.standing.post.employer }}</td><td>{{ row.standing.post.district }}</td>"
    "<td>{{ row.standing.post.place }}</td><td>{{ row.standing.post.starts_on }}</td></tr>{% endfor %}</table>"
    "{{ count }}"
)


@login_required
def bare(request: HttpRequest) -> HttpResponse:
    """The same people with the same columns, as a first Django tutorial would list them."""
    on = clock.today()
    asked = queries.WorkerFilter(on=on, level="intermediate")
    with acting_as_system():
        people = queries.workers_asked_for(Person.objects.on_file(), asked).order_by("pinyin", "pk")
        pages = Paginator(queries.with_standing(people), ROWS)
        rows = [
            {"person": person, "standing": queries.standing_of(person, on=on)}
            for person in pages.page(1)
        ]
        return HttpResponse(BARE.render(Context({"page": rows, "count": pages.count})))


urlpatterns = [path("bare/", bare)]


def repeated(work: Callable[[], Any]) -> list[float]:
    """Seconds of each round, after two to warm up."""
    rounds = []
    for number in range(ROUNDS + 2):
        started = time.perf_counter()
        work()
        if number >= 2:
            rounds.append(time.perf_counter() - started)
    return rounds


def main() -> dict[str, Any]:
    client = Client(SERVER_NAME="localhost")
    client.force_login(
        User.objects.get(username="bench"), "allauth.account.auth_backends.AuthenticationBackend"
    )

    def get(url: str) -> HttpResponse:
        response = client.get(url)
        assert response.status_code == 200, (url, response.status_code)
        return response

    dashboard, listed = repeated(lambda: get(DASHBOARD)), repeated(lambda: get(LIST))
    with CaptureQueriesContext(connection) as asked:
        page = get(LIST)
    bookkeeping = (
        "SAVEPOINT",
        "SET TRANSACTION",
        "set_config",
        "current_setting",
        "BEGIN",
        "ROLLBACK",
        "COMMIT",
    )
    questions = [q for q in asked.captured_queries if not any(w in q["sql"] for w in bookkeeping)]
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=BARE_MIDDLEWARE):
        bared = repeated(lambda: get("/bare/"))
    return {
        "dashboard_p95": statistics.quantiles(dashboard, n=20)[-1],
        "list_median": statistics.median(listed),
        "bare_median": statistics.median(bared),
        "list_queries": len(questions),
        "list_kb": len(page.content) / 1000,
    }


if __name__ == "__main__":
    print(json.dumps(main()))

"""The audit trail: who did what to which thing, and whether the trail is whole."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiju.audit.models import Event
from huiju.desk.enums import ACTION_WORDS
from huiju.desk.forms import TrailFilter
from huiju.desk.queries import trail
from huiju.directory.access import page
from huiju.ui import tables


class EventTable(tables.ListTable):
    """Events with their number in the chain; references in words where there are words."""

    seq = tables.Column(verbose_name=gettext_lazy("Event"), accessor="link__seq")
    at = tables.date_column(verbose_name=gettext_lazy("Time"))
    actor = tables.Column(verbose_name=gettext_lazy("Account"))
    action = tables.Column(verbose_name=gettext_lazy("What was done"))
    subject = tables.Column(verbose_name=gettext_lazy("To what"))
    detail = tables.Column(verbose_name=gettext_lazy("Details"), orderable=False)

    def before_render(self, request: HttpRequest) -> None:
        self.actors = trail.names_of_actors(row.record for row in self.paginated_rows)

    def render_actor(self, value: str) -> str:
        return self.actors.get(value) or (_("The system") if value == "system" else value)

    def render_action(self, value: str) -> str:
        return str(ACTION_WORDS.get(value, value))

    def render_subject(self, value: str) -> str:
        words = trail.in_words(value)
        return tables.code(value) if words == value else words

    def render_detail(self, record: Event) -> SafeString:
        pairs = trail.detail_pairs(record)
        return format_html_join(" ", '<code translate="no">{}={}</code>', pairs)


@page("audit.view")
def events(request: HttpRequest) -> HttpResponse:
    filters = TrailFilter(request.GET)
    asked = filters.cleaned_data if filters.is_valid() else {}
    actor = asked.pop("actor", None)
    rows = trail.events(**asked, actor=actor.pk if actor else None)
    table = EventTable(rows, order_by="-seq")
    return render(
        request,
        "desk/events.html",
        {
            "table": tables.listed(request, table),
            "filters": filters,
            "chain": trail.chain_head(),
        },
    )


@page("audit.view")
def check(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/check.html", {"chain": trail.checked_chain()})

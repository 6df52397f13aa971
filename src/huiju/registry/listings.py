"""Lists of the registry that can be taken out as files."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiju.directory.models import User
from huiju.kernel import clock
from huiju.registry import queries
from huiju.registry.forms import WorkerFilterForm
from huiju.transfers.rules.listings import Listing

CHUNK = 2000


def worker_rows(owner: User, filters: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    """The rows of the list of workers, in its order; identity numbers are masked as on the page."""
    today = clock.today()
    asked = WorkerFilterForm(filters, today=today).asked
    people = queries.workers_asked_for(queries.workers_visible_to(owner, on=today), asked)
    people = queries.with_standing(people.order_by("pinyin", "pk"))
    for person in people.iterator(chunk_size=CHUNK):
        yield _row(person, queries.standing_of(person, on=asked.on))


def _row(person: Any, standing: queries.Standing) -> tuple[Any, ...]:
    held, post = standing.certificate, standing.post
    established = {True: _("yes"), False: _("no"), None: ""}[post.established if post else None]
    return (
        person.name,
        standing.masked_number,
        str(held.get_level_display()) if held else "",
        held.approved_on if held else None,
        held.certificate_no if held else "",
        held.management_no if held else "",
        str(post.employer or "") if post else "",
        str(post.get_kind_display()) if post else "",
        str(standing.district),
        str(post.place) if post and post.place != post.district else "",
        post.title if post else "",
        str(established),
        post.starts_on if post else None,
        person.field,
    )


WORKERS = Listing(
    code="workers",
    title=_("Social workers"),
    headings=(
        _("Full name"),
        _("Identity number"),
        _("Level"),
        _("Approval date"),
        _("Certificate number"),
        _("Management number"),
        _("Employer"),
        _("Kind of employer"),
        _("District"),
        _("Street or town"),
        _("Post"),
        _("On establishment"),
        _("In post since"),
        _("Service field"),
    ),
    rows=worker_rows,
    action="transfers.export",
)

"""The columns of the registry's lists."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huiju.registry import queries
from huiju.registry.models import Person
from huiju.ui import tables
from huiju.ui.templatetags.ui import cn_date, last_day

LEVEL_KINDS = {"assistant": "active", "intermediate": "sea", "senior": "good"}


def told(*args: Any, **kwargs: Any) -> Any:
    """A column whose value the table works out from the record."""
    return tables.Column(*args, accessor="pk", **kwargs)


class WorkerTable(tables.ListTable):
    """Social workers with what they hold and where they work on a day."""

    name = tables.Column(
        verbose_name=_("Full name"),
        linkify=lambda record: reverse("registry:worker", args=[record.pk]),
        order_by=("pinyin",),
        footer=lambda table: f"{table.paginator.count:,}",
    )
    number = told(verbose_name=_("Identity number"), orderable=False)
    level = told(verbose_name=_("Level"))
    approved_on = told(verbose_name=_("Approval date"), orderable=False, attrs=tables.UNBROKEN)
    employer = told(verbose_name=_("Employer"), orderable=False)
    kind = told(verbose_name=_("Kind of employer"), orderable=False)
    district = told(verbose_name=_("District"), order_by=("place__path",))
    street = told(verbose_name=_("Street or town"), orderable=False)
    title = told(verbose_name=_("Post"), orderable=False)
    established = told(verbose_name=_("On establishment"), orderable=False)
    since = told(verbose_name=_("In post since"), attrs=tables.UNBROKEN)
    field = tables.Column(verbose_name=_("Service field"))

    folded = ("kind", "title", "established", "field")

    def __init__(self, rows: QuerySet[Person], *, on: date) -> None:
        super().__init__(rows)
        self.on = on

    def standing(self, record: Any) -> queries.Standing:
        kept: queries.Standing | None = getattr(record, "standing", None)
        if kept is None:
            kept = record.standing = queries.standing_of(record, on=self.on)
        return kept

    def order_level(self, rows: QuerySet[Person], is_descending: bool) -> tuple[Any, bool]:
        return queries.by_level(rows, on=self.on, descending=is_descending), True

    def order_since(self, rows: QuerySet[Person], is_descending: bool) -> tuple[Any, bool]:
        return queries.by_first_day(rows, on=self.on, descending=is_descending), True

    def render_number(self, record: Person) -> str:
        return self.standing(record).masked_number

    def render_level(self, record: Person) -> str:
        held = self.standing(record).certificate
        return tables.badge(held.get_level_display(), LEVEL_KINDS[held.level]) if held else "—"

    def render_approved_on(self, record: Person) -> str:
        held = self.standing(record).certificate
        return cn_date(held.approved_on) if held else "—"

    def render_employer(self, record: Person) -> str:
        post = self.standing(record).post
        return str(post.employer or "—") if post else str(_("Not in post"))

    def render_kind(self, record: Person) -> str:
        post = self.standing(record).post
        return post.get_kind_display() if post else "—"

    def render_district(self, record: Person) -> str:
        return str(self.standing(record).district)

    def render_street(self, record: Person) -> str:
        post = self.standing(record).post
        return str(post.place) if post and post.place != post.district else "—"

    def render_title(self, record: Person) -> str:
        post = self.standing(record).post
        return (post.title if post else "") or "—"

    def render_established(self, record: Person) -> str:
        post = self.standing(record).post
        words = {True: _("yes"), False: _("no"), None: "—"}
        return str(words[post.established if post else None])

    def render_since(self, record: Person) -> str:
        post = self.standing(record).post
        return cn_date(post.starts_on) if post else "—"


class StaffTable(WorkerTable):
    """People in post with one employer."""

    class Meta:
        exclude = ("employer", "kind")


class OrganisationTable(tables.ListTable):
    """Organisations with the people in post there."""

    name = tables.Column(
        verbose_name=_("Name"),
        linkify=lambda record: reverse("registry:organisation", args=[record.pk]),
        order_by=("pinyin",),
    )
    kind = tables.Column(verbose_name=_("Kind of organisation"))
    place = tables.Column(verbose_name=_("Place"), order_by=("place__path",))
    field = tables.Column(verbose_name=_("Service field"))
    staff = tables.NumberColumn(verbose_name=_("In post"))
    certified = tables.NumberColumn(verbose_name=_("Certified"))
    share = told(verbose_name=_("Share certified"), orderable=False)
    uscc = tables.Column(verbose_name=_("Credit code"))

    folded = ("field", "uscc")

    def render_share(self, record: Any) -> str:
        return percent(record.certified, record.staff)


class SpellTable(tables.ListTable):
    """Everybody who ever was in post with an employer."""

    person = tables.Column(
        verbose_name=_("Full name"),
        linkify=lambda record: reverse("registry:worker", args=[record.person.file_key]),
        order_by=("person__pinyin",),
    )
    title = tables.Column(verbose_name=_("Post"))
    place = tables.Column(verbose_name=_("Place"), orderable=False)
    starts_on = tables.date_column(verbose_name=_("From"))
    ends_on = tables.TextColumn(last_day, cells="date", verbose_name=_("Until"))

    def render_person(self, record: Any) -> str:
        return str(record.person.survivor or record.person)


def percent(part: int, whole: int) -> str:
    """A share in percent with one decimal, rounded half up; nothing of nothing is a dash."""
    if not whole:
        return "—"
    permille = (2000 * part + whole) // (2 * whole)
    return f"{permille // 10}.{permille % 10}%"

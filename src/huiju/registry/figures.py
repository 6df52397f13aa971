"""Figures about people, posts and employers. A revoked certificate stops counting on that day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from huiju.engine.schemas import first_of_each
from huiju.kernel.figures import UNRECORDED, Figure
from huiju.registry.enums import Level

if TYPE_CHECKING:
    from ibis.expr.types import Table

Facts = Mapping[str, "Table"]

RANKS = [(level.value, rank) for rank, level in enumerate(Level)]


def held_on(facts: Facts, on: date) -> Table:
    """One row per certificate approved on or before a day and not revoked by it."""
    certificates = facts["certificate"]
    not_revoked = certificates.revoked_on.isnull() | (certificates.revoked_on > on)
    return certificates.filter(certificates.approved_on <= on, not_revoked)


def highest_held(facts: Facts, on: date) -> Table:
    """One row per person with a certificate: person, level, certificate_ref of the highest one."""
    held = held_on(facts, on)
    ranked = held.mutate(rank=held.level.cases(*RANKS, else_=-1))
    order = [ranked.rank.desc(), ranked.approved_on, ranked.certificate]
    highest = first_of_each(ranked, of="person", order_by=order)
    return highest.select("person", "level", certificate_ref=highest.certificate)


def latest_posts(facts: Facts, on: date) -> Table:
    """One row per person in post on a day: the post in force that began last."""
    posts = facts["post"]
    not_ended = posts.ends_on.isnull() | (posts.ends_on > on)
    in_force = posts.filter(posts.starts_on <= on, not_ended)
    order = [in_force.starts_on.desc(), in_force.post.desc()]
    latest = first_of_each(in_force, of="person", order_by=order)
    return latest.select(
        "person",
        "employer_kind",
        "street",
        "established",
        post_district=latest.district,
        post_ref=latest.post,
    )


def placed(people: Table, facts: Facts, on: date) -> Table:
    """`people` with the attributes a figure is split by: district, street, employer_kind, field.

    The district of a person on a day is that of the latest post in force, else of the office that
    keeps the file. An attribute nobody recorded is `UNRECORDED`, so parts always sum to the whole.
    """
    posted = people.left_join(latest_posts(facts, on), "person").drop("person_right")
    files = facts["person"].select("person", "field", "file_district")
    known = posted.left_join(files, "person").drop("person_right")
    district = known.post_district.coalesce(known.file_district)
    texts = {
        "district": district,
        "street": known.street,
        "employer_kind": known.employer_kind,
        "field": known.field,
    }
    named = {name: text.nullif("").fill_null(UNRECORDED) for name, text in texts.items()}
    return known.mutate(**named).drop("post_district", "file_district")


def certified_on(facts: Facts, on: date) -> Table:
    """One row per person who holds a certificate on the day."""
    return placed(highest_held(facts, on), facts, on)


def newly_certified_in(facts: Facts, on: date) -> Table:
    """One row per person certified on the day whose first certificate is of the day's year."""
    certificates = facts["certificate"]
    before = certificates.filter(certificates.approved_on < date(on.year, 1, 1))
    return certified_on(facts, on).anti_join(before, "person")


def in_post_on(facts: Facts, on: date) -> Table:
    """One row per person who has a post on the day, certified or not."""
    return placed(latest_posts(facts, on).select("person"), facts, on)


def certified_in_post_on(facts: Facts, on: date) -> Table:
    """One row per person who holds a certificate and has a post on the day."""
    certified = certified_on(facts, on)
    return certified.filter(certified.post_ref.notnull())


def employers_on(facts: Facts, on: date) -> Table:
    """One row per employer with somebody in post on the day; employers known by name only are not."""
    posts = facts["post"]
    not_ended = posts.ends_on.isnull() | (posts.ends_on > on)
    in_force = posts.filter(posts.starts_on <= on, not_ended, posts.employer.notnull())
    order = [in_force.starts_on.desc(), in_force.post.desc()]
    employers = first_of_each(in_force, of="employer", order_by=order)
    return employers.select(
        "employer", employer_kind=employers.employer_kind.nullif("").fill_null(UNRECORDED)
    )


certified = Figure(
    code="registry.certified",
    title=_("Certified social workers"),
    definition=_(
        "People who hold a certificate approved on or before the date and not revoked by it. Each "
        "person counts once, at the highest level held. The district is that of the latest post in "
        "force on the date, else of the office that keeps the file."
    ),
    unit="person",
    key="person",
    records=certified_on,
    by=("district", "street", "level", "field", "employer_kind"),
)

newly_certified = Figure(
    code="registry.newly_certified",
    title=_("Newly certified in the year"),
    definition=_(
        "People who hold a certificate on the date and whose first certificate was approved in the "
        "calendar year of the date. A higher level obtained later does not count again."
    ),
    unit="person",
    key="person",
    records=newly_certified_in,
    by=("district", "street", "level", "field", "employer_kind"),
)

in_post = Figure(
    code="registry.in_post",
    title=_("People in social-work posts"),
    definition=_(
        "People with a post in force on the date, with or without a certificate. Who has several "
        "posts counts once, at the one that began last."
    ),
    unit="person",
    key="person",
    records=in_post_on,
    by=("district", "street", "field", "employer_kind"),
)

certified_in_post = Figure(
    code="registry.certified_in_post",
    title=_("Certified social workers in post"),
    definition=_(
        "People who hold a certificate not revoked by the date and have a post in force on it. Each "
        "counts once, at the highest level held and at the post that began last."
    ),
    unit="person",
    key="person",
    records=certified_in_post_on,
    by=("district", "street", "level", "field", "employer_kind"),
)

employers = Figure(
    code="registry.employers",
    title=_("Employers of social workers"),
    definition=_(
        "Organisations with at least one person in post on the date. The kind is that of the post "
        "that began last. Employers known by name only are not counted."
    ),
    unit="organisation",
    key="employer",
    records=employers_on,
    by=("employer_kind",),
)

FIGURES = (certified, newly_certified, in_post, certified_in_post, employers)

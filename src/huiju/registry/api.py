from datetime import date
from typing import Any, Literal, Self

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema

from huiju.directory.api import Asked, Day, Key, SearchText, answers, endpoint, page_of
from huiju.directory.models import Place
from huiju.kernel import clock
from huiju.kernel.periods import Period
from huiju.registry import queries
from huiju.registry.enums import EmployerKind, Level
from huiju.registry.models import Certificate, Person, Post


class WorkerOut(Schema):
    """A person on a day. `id_number` is masked; `level` is the highest held, null without one."""

    id: int
    name: str
    id_number: str
    place_code: str
    level: Level | None
    employer: str | None
    post_place_code: str | None
    in_post_since: date | None

    @classmethod
    def of(cls, person: Person, on: date) -> Self:
        standing = queries.standing_of(person, on=on)
        certificate, post = standing.certificate, standing.post
        return cls(
            id=person.pk,
            name=person.name,
            id_number=standing.masked_number,
            place_code=person.place.code,
            level=Level(certificate.level) if certificate else None,
            employer=_employer(post) if post else None,
            post_place_code=post.place.code if post else None,
            in_post_since=post.starts_on if post else None,
        )


class WorkerPage(Schema):
    count: int
    items: list[WorkerOut]


class CertificateOut(Schema):
    """A certificate; it counts from `approved_on` until the day before `revoked_on`."""

    level: Level
    approved_on: date
    revoked_on: date | None

    @classmethod
    def of(cls, certificate: Certificate) -> Self:
        return cls(
            level=Level(certificate.level),
            approved_on=certificate.approved_on,
            revoked_on=certificate.revoked_on,
        )


class PostOut(Schema):
    """A spell of work from `starts_on` to `last_day`, both worked; null while it runs."""

    employer: str
    kind: EmployerKind
    place_code: str
    starts_on: date
    last_day: date | None

    @classmethod
    def of(cls, post: Post) -> Self:
        return cls(
            employer=_employer(post),
            kind=EmployerKind(post.kind),
            place_code=post.place.code,
            starts_on=post.starts_on,
            last_day=Period(post.starts_on, post.ends_on).last_day,
        )


class WorkerFileOut(WorkerOut):
    """A person's file as believed now, oldest facts first."""

    certificates: list[CertificateOut]
    posts: list[PostOut]


class WorkersAsked(Asked):
    """`on`: the day of which level and post are told, today if absent; `place`: a place's code;
    `text`: part of the name in characters, pinyin or initials, or a whole number."""

    on: Day | None = None
    place: SearchText = ""
    level: Level | Literal["none"] | None = None
    standing: Literal["in_post", "left"] | None = None
    text: SearchText = ""


router = Router(tags=["registry"])


@router.get(
    "/workers",
    response=answers(WorkerPage),
    url_name="workers",
    summary=gettext_noop("Social workers"),
)
@endpoint("registry.view", logged="registry.workers_listed")
def list_workers(request: HttpRequest, asked: Query[WorkersAsked]) -> dict[str, Any]:
    """Social workers within the caller's reach, by name in pinyin."""
    on = asked.on or clock.today()
    wanted = queries.WorkerFilter(
        on=on,
        place=get_object_or_404(Place, code=asked.place) if asked.place else None,
        level=asked.level or "",
        standing=asked.standing or "",
        text=asked.text,
    )
    visible = queries.workers_visible_to(request.user, on=clock.today())
    people = queries.workers_asked_for(visible, wanted).select_related("place")
    rows = queries.with_standing(people).order_by("pinyin", "pk")
    return page_of(rows, asked, lambda person: WorkerOut.of(person, on))


@router.get(
    "/workers/{worker_id}",
    response=answers(WorkerFileOut),
    url_name="worker",
    summary=gettext_noop("A social worker’s file"),
)
@endpoint("registry.view", logged="registry.person_read")
def show_worker(request: HttpRequest, worker_id: Key) -> WorkerFileOut:
    """One person with certificates and posts. Reading it is recorded.

    The key of a record that was merged into another file answers with that file and its key.
    """
    on = clock.today()
    visible = queries.workers_visible_to(request.user, on=on).select_related("place")
    person = get_object_or_404(queries.with_standing(visible), pk=queries.file_key_of(worker_id))
    facts = queries.facts_of(person, known_at=clock.now())
    return WorkerFileOut(
        **WorkerOut.of(person, on).dict(),
        certificates=[CertificateOut.of(certificate) for certificate in facts.certificates],
        posts=[PostOut.of(post) for post in facts.posts],
    )


def _employer(post: Post) -> str:
    return post.employer.name if post.employer else ""

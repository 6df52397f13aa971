"""A small registry to count, and publications of it."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from huiju.allowances.tests.factories import compute, make_run_line, make_scheme
from huiju.budgets.tests.factories import make_entry, make_line
from huiju.directory.models import Place
from huiju.directory.tests.factories import make_organisation, place
from huiju.kernel.figures import Figure
from huiju.kernel.periods import Month
from huiju.policies.enums import Government
from huiju.policies.tests.factories import make_document
from huiju.registry import figures as registry
from huiju.registry.models import Certificate, Person, Post
from huiju.registry.tests.factories import make_death, make_leave
from huiju.statistics import queries, services
from huiju.statistics.models import Publication
from huiju.statistics.queries import Question

AT = datetime(2014, 1, 15, 4, tzinfo=UTC)
LATER = datetime(2016, 6, 1, 4, tzinfo=UTC)
ON = date(2015, 12, 31)
numbers = count(1)


def make_person(*, kept_by: str = "350203", **fields: Any) -> Person:
    """A person without certificate or post, whose file a district keeps."""
    defaults = {"name": f"张{next(numbers)}", "created_at": AT}
    made: Person = Person.objects.create(place=place(kept_by), **defaults | fields)
    return made


def make_certificate(person: Person, level: str = "assistant", **fields: Any) -> Certificate:
    defaults = {"approved_on": date(2013, 8, 1), "recorded_at": AT, "source": "test"}
    made: Certificate = Certificate.objects.create(person=person, level=level, **defaults | fields)
    return made


def make_post(person: Person, where: str = "350203", **fields: Any) -> Post:
    """A post with an employer of its own since 2012, in a district or a street of it."""
    at = place(where)
    district = at if at.kind == "district" else Place.objects.get(code=where[:6])
    defaults = {
        "kind": "community",
        "starts_on": date(2012, 3, 1),
        "recorded_at": AT,
        "source": "test",
    }
    if "employer" not in fields:
        fields["employer"] = make_organisation(place=at)
    made: Post = Post.objects.create(
        person=person, place=at, district=district, **defaults | fields
    )
    return made


def make_certified(level: str = "assistant", where: str = "350203", **fields: Any) -> Person:
    """Somebody certified since 2013 and in post since 2012."""
    person = make_person(kept_by=where[:6], **fields)
    make_certificate(person, level)
    make_post(person, where)
    return person


def make_awkward_city() -> None:
    """Ties between certificates and posts, missing attributes, corrections and revocations."""
    tied = make_certified()
    make_certificate(tied, "intermediate", approved_on=date(2013, 8, 1))
    make_certificate(tied, "senior", approved_on=date(2015, 12, 31), revoked_on=date(2015, 12, 31))
    make_post(tied, "350206001", overlap_reason="兼任", employer=None, established=True)
    make_post(tied, "350205", overlap_reason="兼任", starts_on=date(2015, 12, 31), kind="agency")
    nowhere = make_person(kept_by="350200", field="")
    make_certificate(nowhere, approved_on=ON)
    make_certificate(make_person(field="禁毒, “戒毒”\n社区康复"), approved_on=ON + timedelta(1))
    corrected = make_person(kept_by="350213")
    make_certificate(corrected, "intermediate", superseded_at=LATER)
    make_certificate(corrected, recorded_at=LATER)
    make_post(corrected, "350213", ends_on=ON)
    make_leave(corrected)
    make_death(make_person(kept_by="350211"))
    make_certificate(make_person(kept_by="350211"), voided=True)
    make_certificate(make_person(kept_by="350212"), recorded_at=LATER + timedelta(microseconds=1))
    for government in Government.values:
        make_document(issued_on=ON, year=ON.year, government=government)
    make_certified("assistant", "350206")
    run = compute(make_scheme(), Month(2015, 12), at=LATER - timedelta(2), where="350206")
    make_run_line(run, month=date(2015, 11, 1))
    for line in (make_line(), make_line(government="350203", amount_fen=50_000)):
        for kind, fen in (("commit", 30_000), ("make_due", 20_000), ("pay", 10_000)):
            make_entry(line, fen, kind)


def ask(figure: Figure = registry.certified, on: date = ON, **filters: str) -> Question:
    return Question(figure, on, LATER).narrowed(**filters)


def make_publication(*questions: Question, **fields: Any) -> Publication:
    answers = [queries.answer(question) for question in questions or [ask()]]
    defaults = {"kind": "series", "title": "2015年末数字", "by": None, "at": LATER}
    return services.publish(answers=answers, **defaults | fields)

"""A small registry to count, and publications of it."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from huiju.directory.models import Place
from huiju.directory.tests.factories import make_organisation, place
from huiju.kernel.figures import Figure
from huiju.registry import figures as registry
from huiju.registry.models import Certificate, Person, Post
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


def ask(figure: Figure = registry.certified, on: date = ON, **filters: str) -> Question:
    return Question(figure, on, LATER).narrowed(**filters)


def make_publication(*questions: Question, **fields: Any) -> Publication:
    answers = [queries.answer(question) for question in questions or [ask()]]
    defaults = {"kind": "series", "title": "2015年末数字", "by": None, "at": LATER}
    return services.publish(answers=answers, **defaults | fields)

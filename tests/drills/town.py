"""An invented town in which money is computed: people, posts, certificates, late facts. All from a seed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from huiju.allowances.models import Scheme
from huiju.allowances.tests.factories import make_rate, make_scheme
from huiju.directory.models import Organisation, Place
from huiju.directory.tests.factories import make_organisation, place
from huiju.kernel.encrypted import search_digest
from huiju.registry.models import BankAccount, Certificate, Death, Leave, Person, Post
from huiju.registry.rules.accounts import masked_account
from huiju.registry.tests.factories import account_number

LEARNT = datetime(2015, 1, 5, 4, 0, tzinfo=UTC)
STREETS = ("350203001", "350206001", "350205001")
LEVELS = ("assistant", "assistant", "assistant", "intermediate")
LATE_SHARE = 20
"""One of so many people has a fact that is learnt late."""


@dataclass(frozen=True)
class Town:
    """What was founded: its scheme and its people with their posts, in the order they were made."""

    scheme: Scheme
    posts: list[Post]


def found_town(people: int, *, seed: int) -> Town:
    """People with a certificate, a post and an account each, as many in each district. Needs the whole reach."""
    random = Random(seed)
    scheme = make_scheme()
    make_rate("senior", 40000)
    employers = [_employers(code, 1 + people // 60) for code in STREETS]
    rows = [_person(order, random, employers) for order in range(people)]
    posts = Post.objects.bulk_create(post for _certificate, post, _account in rows)
    Certificate.objects.bulk_create(certificate for certificate, _post, _account in rows)
    BankAccount.objects.bulk_create(account for _certificate, _post, account in rows)
    return Town(scheme, posts)


def _employers(street: str, count: int) -> list[Organisation]:
    return [make_organisation(kind="community", place=place(street)) for _n in range(count)]


def _person(
    order: int, random: Random, employers: list[list[Organisation]]
) -> tuple[Certificate, Post, BankAccount]:
    employer = random.choice(employers[order % len(STREETS)])
    at: Place = employer.place
    person = Person.objects.create(
        name=f"镇民{order}",
        pinyin=f"zhenmin {order:06d}",
        place=at,
        sex=random.choice("fm"),
        born_on=date(1980, 1, 1) + timedelta(days=order),
        created_at=LEARNT,
    )
    known = {"person": person, "recorded_at": LEARNT, "source": "page"}
    approved_on = date(2013, 6, 1) + timedelta(days=random.randrange(600))
    starts_on = date(2012, 3, 1) + timedelta(days=random.randrange(1000))
    return (
        Certificate(level=random.choice(LEVELS), approved_on=approved_on, **known),
        Post(
            place=at,
            district=place(at.code[:6]),
            employer=employer,
            kind=employer.kind,
            starts_on=starts_on,
            **known,
        ),
        _account(person, order, known),
    )


def _account(person: Person, order: int, known: dict[str, object]) -> BankAccount:
    number = account_number(order)
    return BankAccount(
        bank="厦门银行",
        number=number,
        number_digest=search_digest(BankAccount, "number", number),
        masked=masked_account(number),
        holder=person.name,
        starts_on=date(2014, 1, 1),
        **known,
    )


def learn_late(posts: Iterable[Post], *, about: date, at: datetime, seed: int) -> int:
    """At an instant the office learns of one in twenty what it should have known on a day before.

    A higher certificate, the end of a post, a leave of twenty days or a death. Returns of how many.
    """
    random, learnt = Random(seed), 0
    for post in posts:
        if random.randrange(LATE_SHARE) or post.superseded_at:
            continue
        _learn(post, random.randrange(4), about=about, at=at)
        learnt += 1
    return learnt


def _learn(post: Post, kind: int, *, about: date, at: datetime) -> None:
    known = {"person": post.person, "recorded_at": at, "source": "page"}
    if kind == 0:
        Certificate.objects.create(level="senior", approved_on=about, **known)
    elif kind == 1:
        _end_post(post, ends_on=about, at=at)
    elif kind == 2:
        Leave.objects.create(
            kind="sick", starts_on=about, ends_on=about + timedelta(days=20), **known
        )
    elif not Death.objects.filter(person=post.person).exists():
        Death.objects.create(died_on=about, evidence="迟报", **known)


def _end_post(post: Post, *, ends_on: date, at: datetime) -> None:
    """Another version of the post, which ends; the one before is no longer believed."""
    if post.starts_on >= ends_on:
        return
    Post.objects.filter(pk=post.pk).update(superseded_at=at)
    post.superseded_at = at
    Post.objects.create(
        person=post.person,
        fact=post.fact,
        place=post.place,
        district=post.district,
        employer=post.employer,
        kind=post.kind,
        starts_on=post.starts_on,
        ends_on=ends_on,
        recorded_at=at,
        source="page",
    )

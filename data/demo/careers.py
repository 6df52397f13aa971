"""What happens to people: certificates, posts, moves, and when an office comes to know of it.

Everything is drawn once, in the order of the collections, from one seeded generator. The yearly
numbers in `yearly.py` are chosen so that the published series comes out exactly.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from employers import FIELDS, Employer, make_employers
from people import People, Person
from terrain import WEIGHTS, YOUNG_STREETS, Terrain, make_terrain
from yearly import (
    COHORTS,
    COLLECTIONS,
    EXAMS,
    PROMOTIONS,
    REVOCATIONS,
    SENIORS,
    Collection,
)

SEED = 20151031
ASSISTANT, INTERMEDIATE, SENIOR = "assistant", "intermediate", "senior"
RANK = {ASSISTANT: 1, INTERMEDIATE: 2, SENIOR: 3}

KIND_SHARES = {"community": 62, "agency": 16, "institution": 12, "government": 10}
# per collection: who leaves for good, who leaves and comes back elsewhere, who is listed again unchanged
LEAVES, MOVES, REPEATS = 0.012, 0.012, 0.012
RETIREMENT = 60


# nobody is given a post before the districts took their present shape
PRESENT_DISTRICTS = date(2003, 6, 1)


@dataclass(frozen=True)
class Certificate:
    level: str
    approved_on: date
    management_no: str
    revoked_on: date | None = None


@dataclass(frozen=True)
class Post:
    """A spell in post; `last_day` is the last day in it, None while it goes on."""

    employer: Employer
    street: str
    community: str
    title: str
    established: bool
    field: str
    starts_on: date
    last_day: date | None = None

    @property
    def district(self) -> str:
        return self.street[:6]


@dataclass
class Career:
    person: Person
    certificates: list[Certificate]
    posts: list[Post]

    @property
    def highest(self) -> Certificate:
        return max(self.certificates, key=lambda certificate: RANK[certificate.level])

    @property
    def post(self) -> Post:
        return self.posts[-1]

    @property
    def settled(self) -> bool:
        """In post, with no certificate revoked."""
        return self.post.last_day is None and not any(c.revoked_on for c in self.certificates)

    @property
    def in_community(self) -> bool:
        return self.post.employer.kind == "community"

    def level_on(self, day: date) -> str | None:
        held = [
            certificate.level
            for certificate in self.certificates
            if certificate.approved_on <= day
            and not (certificate.revoked_on and certificate.revoked_on <= day)
        ]
        return max(held, key=RANK.__getitem__, default=None)


@dataclass(frozen=True)
class Entry:
    """One line an office writes: a person with one certificate and one post as known that day."""

    person: Person
    certificate: Certificate
    post: Post
    why: str


@dataclass
class City:
    terrain: Terrain
    employers: list[Employer]
    careers: list[Career] = field(default_factory=list)
    entries: dict[int, list[Entry]] = field(default_factory=lambda: defaultdict(list))

    def certified_on(self, day: date) -> Counter[str]:
        """Certified persons by highest level."""
        return Counter(level for career in self.careers if (level := career.level_on(day)))

    def community_staff(self, first: date, last: date) -> Counter[str]:
        """People in post in a community on every day from `first` to `last`, by level on `first`."""
        return Counter(
            level
            for career in self.careers
            if (level := career.level_on(first)) and _in_community(career, first, last)
        )


def _in_community(career: Career, first: date, last: date) -> bool:
    return any(
        post.employer.kind == "community"
        and post.starts_on <= first
        and (post.last_day is None or post.last_day >= last)
        for post in career.posts
    )


class Life:
    """Draws the city. `make_city` is the way in."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.people = People(self.rng)
        terrain = make_terrain(self.rng)
        self.city = City(terrain, make_employers(self.rng, terrain))
        self.by_place: dict[tuple[str, str], list[Employer]] = defaultdict(list)
        for employer in self.city.employers:
            self.by_place[employer.kind, employer.district].append(employer)
        self.serial = 0
        self.today = COLLECTIONS[0].as_of
        self.waiting: dict[int, list[Career]] = defaultdict(list)
        self.late: dict[int, list[Career]] = defaultdict(list)

    def run(self) -> City:
        for collection in COLLECTIONS:
            self.today = collection.as_of
            busy = self._arrivals(collection) | self._late_promotions(collection)
            busy |= self._revocations(collection, busy)
            busy |= self._seniors(collection, busy)
            busy |= self._promotions(collection, busy)
            busy |= self._leaves(collection, busy)
            self._repeats(collection, busy)
            self._newcomers(collection)
        return self.city

    # -- what is known of a person, written down

    def _write(self, collection: Collection, career: Career, why: str) -> int:
        entry = Entry(career.person, career.highest, career.post, why)
        self.city.entries[collection.number].append(entry)
        return id(career)

    def _candidates(self, busy: set[int], test: object) -> list[Career]:
        return [
            career
            for career in self.city.careers
            if id(career) not in busy
            and career.settled
            and self.today.year - career.person.born_on.year < RETIREMENT
            and test(career)  # type: ignore[operator]
        ]

    # -- events

    def _newcomers(self, collection: Collection) -> None:
        for year in collection.exams:
            total, straight = COHORTS[year]
            levels = [INTERMEDIATE] * straight + [ASSISTANT] * (total - straight)
            self.rng.shuffle(levels)
            for level in levels:
                person = self.people.make(certified_on=EXAMS[year])
                certificate = self._certificate(level, EXAMS[year])
                post = self._first_post(person, EXAMS[year], collection.as_of)
                career = Career(person, [certificate], [post])
                self.city.careers.append(career)
                self._write(collection, career, "new")

    def _certificate(self, level: str, approved_on: date) -> Certificate:
        self.serial += 1
        number = f"{approved_on:%Y}0350{RANK[level]}35{self.serial:07d}"
        return Certificate(level, approved_on, number)

    def _first_post(self, person: Person, approved_on: date, as_of: date) -> Post:
        rng = self.rng
        district = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        span = min(8 * 365, (approved_on - PRESENT_DISTRICTS).days - 180)
        before = approved_on - timedelta(days=180 + rng.randrange(span))
        room = max((as_of - approved_on).days - 15, 1)
        after = approved_on + timedelta(days=rng.randrange(room))
        grown = person.born_on + timedelta(days=19 * 365)
        starts_on = max(before, grown) if rng.random() < 0.65 else after
        return self._post(self._employer(district, as_of), starts_on)

    def _employer(self, district: str, as_of: date) -> Employer:
        kind = self.rng.choices(list(KIND_SHARES), list(KIND_SHARES.values()))[0]
        pool = self.by_place[kind, district] or self.by_place["community", district]
        open_ones = [e for e in pool if e.street not in YOUNG_STREETS or as_of.year >= 2022]
        return self.rng.choice(open_ones)

    def _post(self, employer: Employer, starts_on: date) -> Post:
        rng = self.rng
        title, established = {
            "community": (rng.choice(("社区工作者", "社区工作者", "社区副主任", "网格员")), False),
            "agency": (rng.choice(("社工", "社工", "项目主管", "督导")), False),
            "institution": ("专业技术人员", rng.random() < 0.7),
            "government": ("科员", rng.random() < 0.8),
        }[employer.kind]
        service = employer.field if rng.random() < 0.8 else rng.choice(FIELDS)
        return Post(
            employer, employer.street, employer.community, title, established, service, starts_on
        )

    def _arrivals(self, collection: Collection) -> set[int]:
        arrived = set()
        for career in self.waiting.pop(collection.number, []):
            left, home = career.post, career.post.district
            others = [code for code in WEIGHTS if code != home]
            district = self.rng.choice(others) if self.rng.random() < 0.45 else home
            assert left.last_day is not None  # noqa: S101 -- waiting people have left
            starts_on = left.last_day + timedelta(days=1 + self.rng.randrange(45))
            career.posts.append(self._post(self._employer(district, collection.as_of), starts_on))
            arrived.add(self._write(collection, career, "arrival"))
        return arrived

    def _late_promotions(self, collection: Collection) -> set[int]:
        late = self.late.pop(collection.number, [])
        return {self._write(collection, career, "late promotion") for career in late}

    def _revocations(self, collection: Collection, busy: set[int]) -> set[int]:
        done = set()
        for revoked_on, count in REVOCATIONS.items():
            if self._collection_of(revoked_on) != collection.number:
                continue
            single = self._candidates(busy | done, lambda career: len(career.certificates) == 1)
            for career in self.rng.sample(single, count):
                career.certificates = [replace(career.certificates[0], revoked_on=revoked_on)]
                done.add(self._write(collection, career, "revocation"))
        return done

    def _seniors(self, collection: Collection, busy: set[int]) -> set[int]:
        done = set()
        for approved_on, count in SENIORS.items():
            if self._collection_of(approved_on) != collection.number:
                continue
            experienced = self._ready(INTERMEDIATE, approved_on, years=5)
            ready = [c for c in self._candidates(busy | done, experienced) if not c.in_community]
            for career in self.rng.sample(ready, count):
                career.certificates.append(self._certificate(SENIOR, approved_on))
                done.add(self._write(collection, career, "senior"))
        return done

    def _promotions(self, collection: Collection, busy: set[int]) -> set[int]:
        done: set[int] = set()
        for year in collection.exams:
            years = 2 if year < 2013 else 3
            ready = self._candidates(busy | done, self._ready(ASSISTANT, EXAMS[year], years=years))
            for career in self.rng.sample(ready, PROMOTIONS.get(year, 0)):
                career.certificates.append(self._certificate(INTERMEDIATE, EXAMS[year]))
                late = (
                    year >= 2016
                    and self.rng.random() < 0.1
                    and collection.number + 1 < len(COLLECTIONS)
                )
                if late:
                    self.late[collection.number + 1].append(career)
                    done.add(id(career))
                else:
                    done.add(self._write(collection, career, "promotion"))
        return done

    def _ready(self, level: str, on: date, *, years: int) -> object:
        latest = date(on.year - years, 12, 31)
        return lambda career: career.highest.level == level and career.highest.approved_on <= latest

    def _leaves(self, collection: Collection, busy: set[int]) -> set[int]:
        """Some leave for good, some come back elsewhere with the next collection; a fifth is late."""
        if collection.number == 0 or collection is COLLECTIONS[-1]:
            return set()
        reserved = busy | {id(career) for waiting in self.late.values() for career in waiting}
        before = COLLECTIONS[collection.number - 1].as_of
        stay = self._candidates(
            reserved,
            lambda career: (
                career.post.starts_on < before - timedelta(days=1)
                and career.highest.level != SENIOR
            ),
        )
        share = LEAVES + MOVES
        done = set()
        for career in self.rng.sample(stay, int(len(stay) * share)):
            career.posts[-1] = replace(
                career.post, last_day=self._last_day(career, before, collection)
            )
            if self.rng.random() > LEAVES / share:
                self.waiting[collection.number + 1].append(career)
            done.add(self._write(collection, career, "leave"))
        return done

    def _last_day(self, career: Career, before: date, collection: Collection) -> date:
        late = self.rng.random() < 0.2
        earliest = before - timedelta(days=300) if late else before
        latest = before if late else collection.as_of - timedelta(days=5)
        day = earliest + timedelta(days=self.rng.randrange((latest - earliest).days))
        begun = max(career.post.starts_on, career.highest.approved_on)
        return max(day, begun + timedelta(days=1))

    def _repeats(self, collection: Collection, busy: set[int]) -> None:
        reserved = busy | {id(career) for waiting in self.late.values() for career in waiting}
        same = self._candidates(reserved, lambda _career: True)
        for career in self.rng.sample(same, int(len(same) * REPEATS)):
            self._write(collection, career, "repeat")

    @staticmethod
    def _collection_of(day: date) -> int:
        return next(c.number for c in COLLECTIONS if day <= c.as_of)


def make_city(seed: int = SEED) -> City:
    """The whole city; the same for the same seed."""
    return Life(seed).run()


def entries_of(city: City, collection: Collection, district: str | None) -> Iterator[Entry]:
    """The lines of one file, ordered as offices order them: by street, then by employer."""
    lines = [e for e in city.entries[collection.number] if district in (None, e.post.district)]
    return iter(
        sorted(lines, key=lambda e: (e.post.street, e.post.employer.uscc, e.person.identity))
    )

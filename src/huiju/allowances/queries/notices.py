"""Lists on public notice: what everybody may see of them, masked before it leaves the database layer."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from huiju.allowances.enums import RunState
from huiju.allowances.models import Notice, RunLine
from huiju.directory.access import acting_as_system
from huiju.kernel.periods import Month
from huiju.ui.templatetags.ui import masked_name


@dataclass(frozen=True)
class NoticedPerson:
    """One person of a list as everybody sees them; `months` are those with a line."""

    name: str
    employer: str
    level: str
    months: str
    amount_fen: int


@dataclass(frozen=True)
class PublicNotice:
    """A notice with its people, masked, by employer and name."""

    notice: Notice
    people: list[NoticedPerson]

    def naming(self, words: str) -> list[NoticedPerson]:
        """Those whose masked name begins so, or whose employer's name has the words; everybody for no words."""
        return [
            person
            for person in self.people
            if person.name.startswith(words) or words in person.employer
        ]

    @property
    def total_fen(self) -> int:
        return sum(person.amount_fen for person in self.people)


def notice_is_open(notice: Notice, *, on: date) -> bool:
    """Whether the notice is shown on a day: on its days, unless its list was returned."""
    run = notice.run
    current = run.state == RunState.NOTICED and run.round == notice.round
    return current and notice.opens_on <= on <= notice.closes_on


def open_notice(token: str, *, on: date) -> Notice | None:
    """The notice of a token if it is shown on a day. Anybody may ask."""
    with acting_as_system():
        notices = Notice.objects.select_related("run__scheme", "run__place")
        found: Notice | None = notices.filter(token=token).first()
    return found if found and notice_is_open(found, on=on) else None


def public_notice(notice: Notice) -> PublicNotice:
    """What everybody may see of a list: no whole name, no number, no link."""
    by_person: dict[int, list[RunLine]] = defaultdict(list)
    with acting_as_system():
        lines = notice.run.lines.select_related("person", "post__employer", "post__place")
        for line in lines.order_by("person__pinyin", "person", "month"):
            by_person[line.person_id].append(line)
        people = [_person(own) for own in by_person.values()]
    return PublicNotice(notice, sorted(people, key=lambda person: person.employer))


def _person(lines: list[RunLine]) -> NoticedPerson:
    last = lines[-1]
    post = last.post
    return NoticedPerson(
        name=masked_name(last.person.name),
        employer=str(post.employer or post.place) if post else "",
        level=last.get_level_display() if last.level else "",
        months="、".join(str(Month.of(line.month)) for line in lines),
        amount_fen=sum(line.amount_fen for line in lines),
    )

"""Two records of one human become one file, and two again: nothing of either record is rewritten."""

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.directory.models import Place
from huiju.kernel.errors import DomainError
from huiju.registry import permissions, queries
from huiju.registry.models import DifferentPeople, Merge, Person, Post, SearchKey
from huiju.registry.queries.merges import KINDS, Conflict
from huiju.registry.services.books import write_revisions, write_search_keys
from huiju.registry.services.changes import need_reason
from huiju.registry.services.facts import Entry, Revision, next_version, stamp
from huiju.registry.services.searching import search_keys, sort_key
from huiju.registry.services.undo import facts_led_back

KEEP_FROM, KEEP_INTO, KEEP_BOTH = "from", "into", "both"
VALUES = ("name", "sex", "born_on", "phone", "field")


class SamePerson(DomainError):
    """The two are one file already, or one and the same record."""


class MergedAway(DomainError):
    """One of the two is part of another file."""


class ConflictOpen(DomainError):
    """Facts of the two files contradict each other, and it was not said which holds."""


class NotMerged(DomainError):
    """The merge has been taken back already."""


@transaction.atomic
def merge_people(
    *,
    from_person: Person,
    into_person: Person,
    choices: Mapping[str, str],
    values: Collection[str],
    entry: Entry,
) -> Merge:
    """Say that two records are one human. The second is the survivor, whose key the file keeps.

    `choices` says for each conflict (by its key) which fact holds: "from", "into", or "both" for
    posts; the other one is withdrawn, and comes back when the merge is taken back. `values` names the
    columns the survivor takes over from the other record.

    Both records are locked in the order of their keys, so of two merges that cross one comes first and
    the other finds its person merged away; only files are merged, never parts of one, so that no circle
    can come about. Raises NotPermitted, ReasonMissing, SamePerson, MergedAway or ConflictOpen.
    """
    locked = _locked({from_person.pk, into_person.pk})
    absorbed, survivor = locked[from_person.pk], locked[into_person.pk]
    _check_both(absorbed, survivor)
    permissions.may_merge(_actor(entry), absorbed, survivor).require()
    need_reason(entry)
    merge = Merge(fact=uuid4(), from_person=absorbed, into_person=survivor, **stamp(entry))
    decided = _decided(absorbed, survivor, choices, _as_of(merge, entry))
    _write(decided)
    _forget_distinction(absorbed, survivor, _as_of(merge, entry))
    merge.save()
    _settle(Person.objects.in_files_of([absorbed, survivor]).values_list("pk", flat=True))
    merge.values_before = json.dumps(_take_over(absorbed, survivor, values))
    merge.save(update_fields=["values_before"])
    audit.record(
        actor=entry.by,
        action="registry.people_merged",
        subject=survivor,
        absorbed=str(absorbed.pk),
        merge=merge.pk,
        withdrawn=len(decided),
    )
    return merge


@transaction.atomic
def unmerge_people(*, merge: Merge, entry: Entry) -> Merge:
    """Say that a merge was wrong: both records are two files again, as they were.

    What the merge withdrew holds again and the survivor's own values come back, unless they were
    changed since. What was recorded in between stays with the record it was recorded for. Raises
    NotPermitted, ReasonMissing or NotMerged.
    """
    members = Person.objects.in_files_of([Person.objects.get(pk=merge.into_person_id)])
    locked = _locked(set(members.values_list("pk", flat=True)))
    held = Merge.objects.current().filter(pk=merge.pk).first()
    if held is None:
        raise NotMerged(_("This merge has been taken back already. Reload the page."))
    absorbed, survivor = locked[held.from_person_id], locked[held.into_person_id]
    permissions.may_merge(_actor(entry), absorbed, survivor).require()
    need_reason(entry)
    undone: Merge = next_version(held, entry, voided=True)
    write_revisions(Merge, [Revision(held, undone)])
    _give_back(survivor, json.loads(held.values_before or "{}"))
    back = Entry(at=entry.at, by=entry.by, source=f"unmerge:{held.fact}", reason=entry.reason)
    kinds: tuple[type[Any], ...] = (*KINDS, DifferentPeople)
    for kind in kinds:
        write_revisions(kind, facts_led_back(kind, f"merge:{held.fact}", back))
    _settle(locked)
    audit.record(
        actor=entry.by,
        action="registry.people_unmerged",
        subject=survivor,
        absorbed=str(absorbed.pk),
        merge=held.pk,
    )
    return undone


@transaction.atomic
def tell_apart(*, one: Person, other: Person, entry: Entry) -> DifferentPeople:
    """Remember that two records that look alike are two humans. Said before: nothing is kept.

    Raises NotPermitted, ReasonMissing, SamePerson or MergedAway.
    """
    locked = _locked({one.pk, other.pk})
    _check_both(locked[one.pk], locked[other.pk])
    permissions.may_merge(_actor(entry), locked[one.pk], locked[other.pk]).require()
    need_reason(entry)
    first, second = sorted(locked.values(), key=lambda person: person.pk)
    known = DifferentPeople.objects.current().filter(first=first, second=second).first()
    if known is not None:
        said: DifferentPeople = known
        return said
    said = DifferentPeople.objects.create(first=first, second=second, **stamp(entry))
    audit.record(
        actor=entry.by, action="registry.people_told_apart", subject=first, other=str(second.pk)
    )
    return said


def _locked(keys: Collection[int]) -> dict[int, Person]:
    rows = Person.objects.select_for_update(of=("self",)).select_related("place")
    return {person.pk: person for person in rows.filter(pk__in=keys).order_by("pk")}


def _check_both(one: Person, other: Person) -> None:
    if one.file_key == other.file_key:
        raise SamePerson(_("Both are one file already. Choose two different people."))
    for person in (one, other):
        if person.file_key != person.pk:
            raise MergedAway(
                _(
                    "The record %(key)s has been merged into %(survivor)s in the meantime. Compare with"
                    " that file instead."
                )
                % {"key": person.pk, "survivor": person.survivor_id}
            )


def _as_of(merge: Merge, entry: Entry) -> Entry:
    """The entry under which a merge's own revisions stand, so that they can be found again."""
    return Entry(at=entry.at, by=entry.by, source=f"merge:{merge.fact}", reason=entry.reason)


def _decided(
    absorbed: Person, survivor: Person, choices: Mapping[str, str], entry: Entry
) -> list[Revision]:
    """What the choices withdraw, or keep with a reason; each fact once."""
    revisions: dict[Any, Revision] = {}
    for conflict in queries.conflicts_of(queries.sides_of(absorbed, survivor)):
        choice = choices.get(conflict.key, "")
        if choice not in (KEEP_FROM, KEEP_INTO, *([KEEP_BOTH] if conflict.may_keep_both else [])):
            raise ConflictOpen(
                _(
                    "Both files hold what one human cannot have: %(from)s, %(into)s. Say which of them"
                    " holds."
                )
                % {"from": conflict.from_fact, "into": conflict.into_fact}
            )
        fact, changes = _outcome(conflict, choice, entry)
        key = type(fact), fact.pk
        if key not in revisions or changes.get("voided"):
            revisions[key] = Revision(fact, next_version(fact, entry, **changes))
    return list(revisions.values())


def _outcome(conflict: Conflict, choice: str, entry: Entry) -> tuple[Any, dict[str, Any]]:
    """The fact a choice changes, and how."""
    if choice == KEEP_FROM:
        return conflict.into_fact, {"voided": True}
    if choice == KEEP_INTO:
        return conflict.from_fact, {"voided": True}
    later = max(conflict.from_fact, conflict.into_fact, key=lambda post: post.starts_on)
    return later, {"overlap_reason": entry.reason}


def _write(revisions: list[Revision]) -> None:
    for kind in KINDS:
        write_revisions(kind, revisions)


def _forget_distinction(one: Person, other: Person, entry: Entry) -> None:
    first, second = sorted((one.pk, other.pk))
    rows = DifferentPeople.objects.current().filter(first=first, second=second)
    write_revisions(
        DifferentPeople, [Revision(held, next_version(held, entry, voided=True)) for held in rows]
    )


def _settle(records: Collection[int]) -> None:
    """Let every record of some files point at its survivor, by the merges believed now."""
    keys = list(records)
    onward = dict(
        Merge.objects.current()
        .filter(from_person__in=keys)
        .values_list("from_person", "into_person")
    )
    ends = {key: _end(key, onward) for key in keys}
    for key, end in ends.items():
        is_alone = end == key and key not in onward.values()
        Person.objects.filter(pk=key).update(survivor=None if is_alone else end)


def _end(key: int, onward: Mapping[int, int]) -> int:
    while key in onward:
        key = onward[key]
    return key


def _take_over(absorbed: Person, survivor: Person, values: Collection[str]) -> dict[str, list[Any]]:
    """Give the survivor the values chosen, and the file to the office of the latest post begun."""
    wanted = {name: getattr(absorbed, name) for name in VALUES if name in values}
    records = Person.objects.in_files_of([Person.objects.get(pk=survivor.pk)]).values("pk")
    posts = Post.objects.current().filter(person__in=records).select_related("place")
    if latest := posts.order_by("-starts_on", "-pk").first():
        wanted["place"] = latest.place
    changed = {
        name: [_plain(getattr(survivor, name)), _plain(value)]
        for name, value in wanted.items()
        if value != getattr(survivor, name)
    }
    _set(survivor, {name: wanted[name] for name in changed})
    return changed


def _give_back(survivor: Person, changed: Mapping[str, list[Any]]) -> None:
    """Restore what a merge changed of the survivor, where it still says what the merge set."""
    restored = {
        name: _value(name, before)
        for name, (before, after) in changed.items()
        if _plain(getattr(survivor, name)) == after
    }
    if "name" in restored:
        extra = search_keys(survivor.name) - search_keys(restored["name"])
        SearchKey.objects.filter(person=survivor, key__in=extra).delete()
    _set(survivor, restored)


def _set(survivor: Person, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(survivor, name, value)
    survivor.pinyin = sort_key(survivor.name)
    survivor.save(update_fields=[*values, "pinyin"])
    if "name" in values:
        write_search_keys([survivor])


def _plain(value: Any) -> Any:
    if isinstance(value, Place):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value


def _value(name: str, plain: Any) -> Any:
    if name == "place":
        return Place.objects.get(pk=plain)
    return date.fromisoformat(plain) if name == "born_on" and plain else plain


def _actor(entry: Entry) -> Any:
    return entry.by

"""Why somebody would get less now than a list says: the first reason that the facts of today give."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from huiju.allowances.enums import Why
from huiju.allowances.models import Run, RunLine
from huiju.allowances.queries.merged import held_people, survivors
from huiju.registry.models import Certificate, Death, Post


class Reasons:
    """The facts about some people of a run as known at an instant, read at once."""

    def __init__(self, run: Run, people: Collection[int], *, known_at: datetime) -> None:
        self.held = held_people(run.scheme, known_at=known_at)
        self.merged = survivors(known_at=known_at)
        died = Death.objects.known_at(known_at).filter(person__in=people)
        self.died = set(died.values_list("person", flat=True))
        self.lines: dict[int, list[RunLine]] = defaultdict(list)
        lines = run.lines.filter(person__in=people).select_related("certificate", "post")
        for line in lines.order_by("-month", "pk"):
            self.lines[line.person_id].append(line)
        self.certificates = _now(Certificate.objects.known_at(known_at).filter(person__in=people))
        self.posts = _now(Post.objects.known_at(known_at).filter(person__in=people))

    def why(self, person: int) -> Why:
        """Death, merge or hold before what happened to the certificate and the post of a line."""
        if person in self.merged:
            return Why.MERGED
        if person in self.died:
            return Why.DIED
        if person in self.held:
            return Why.HELD
        found = (self._of_line(line) for line in self.lines[person])
        return next((why for why in found if why != Why.FACTS), Why.FACTS)

    def _of_line(self, line: RunLine) -> Why:
        certificate = self.certificates.get(line.certificate.fact) if line.certificate else None
        post = self.posts.get(line.post.fact) if line.post else None
        if (
            certificate
            and line.certificate
            and certificate.revoked_on != line.certificate.revoked_on
        ):
            return Why.CERTIFICATE_REVOKED
        if post and line.post and post.district_id != line.post.district_id:
            return Why.MOVED
        if post and line.post and post.ends_on != line.post.ends_on:
            return Why.POST_ENDED
        return Why.FACTS


def _now(versions: QuerySet[Any]) -> dict[Any, Any]:
    return {version.fact: version for version in versions}

"""People's facts out of a lake, as tables of the rules: the same as `known_facts` reads from PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import ibis

from huiju.allowances.enums import LEVEL_RANKS
from huiju.allowances.models import Scheme
from huiju.allowances.rules.facts import CERTIFICATES, LEAVES, POSTS
from huiju.engine.schemas import Facts

if TYPE_CHECKING:
    from ibis.expr.types import Table


def facts_of_lake(
    scheme: Scheme, districts: Mapping[str, int], held: Collection[int], *, known_at: datetime
) -> dict[str, Table]:
    """Expressions over a lake's fact tables, as known at an instant.

    `districts`: region codes and the keys of the rules; posts elsewhere do not count. `held` are the people
    who are held back.
    """
    facts = Facts(known_at=known_at)
    certificates, posts, leaves = facts["certificate"], facts["post"], facts["leave"]
    counted = posts.filter(
        posts.employer_kind.isin(scheme.employer_kinds), posts.district_code.isin(list(districts))
    )
    if held:
        counted = counted.filter(counted.person.notin(sorted(held)))
    return {
        "certificates": certificates.select(
            "person",
            level=certificates.level.cases(*LEVEL_RANKS.items()),
            starts_on=certificates.approved_on,
            ends_on=certificates.revoked_on,
            cert_ref=certificates.certificate,
        ).cast(dict(CERTIFICATES.items())),
        "posts": counted.select(
            "person",
            "starts_on",
            "ends_on",
            scheme=ibis.literal(scheme.pk),
            district=counted.district_code.cases(*districts.items()),
            post_ref=counted.post,
        )[list(POSTS.names)].cast(dict(POSTS.items())),
        "leaves": leaves[list(LEAVES.names)],
    }

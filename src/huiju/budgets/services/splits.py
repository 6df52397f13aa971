"""Sharing plans: who pays which part of something, from which day on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huiju.audit import services as audit
from huiju.budgets.models import Line, Payer, Split, SplitShare
from huiju.budgets.permissions import may_manage
from huiju.budgets.rules import further_shares
from huiju.budgets.services.posting import Share
from huiju.directory.models import Place, User
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.policies.models import Document


class SplitInvalid(DomainError):
    """A sharing plan that contradicts itself or one that is there already."""


@dataclass(frozen=True)
class SplitStatement:
    """A sharing plan as a policy states it: whole parts per payer, in force from a day on."""

    code: str
    name: str
    place: Place
    starts_on: date
    parts: Sequence[tuple[Payer, int]]
    document: Document | None = None


@transaction.atomic
def define_split(*, stated: SplitStatement, by: User, at: datetime) -> Split:
    """Enter a sharing plan; the one of the same code and place in force before it ends the day before.

    Raises NotPermitted, SplitInvalid. A plan is never changed: a new one follows it.
    """
    may_manage(by, stated.place, on=clock.day_of(at)).require()
    if not stated.parts or any(parts <= 0 for _payer, parts in stated.parts):
        raise SplitInvalid(_("Give each payer a whole number of parts, at least one."))
    Place.objects.select_for_update().get(pk=stated.place.pk)
    others = Split.objects.filter(code=stated.code, place=stated.place)
    if others.filter(starts_on__gte=stated.starts_on).exists():
        raise SplitInvalid(_("A plan that begins then or later is there already."))
    others.filter(ends_on=None).update(ends_on=stated.starts_on)
    split: Split = Split.objects.create(
        code=stated.code,
        name=stated.name,
        place=stated.place,
        starts_on=stated.starts_on,
        document=stated.document,
    )
    for position, (payer, parts) in enumerate(stated.parts):
        SplitShare.objects.create(split=split, payer=payer, parts=parts, position=position)
    audit.record(actor=by, action="budgets.split_defined", subject=split, code=split.code)
    return split


def shares_over(
    *,
    split: Split,
    lines: Mapping[int, Line],
    amount_fen: int,
    posted_fen: Sequence[int] = (),
) -> list[Share]:
    """An amount shared out over the payers' lines, in the plan's order.

    `lines` gives each payer's line by the payer's key; `posted_fen` are the shares posted before for the
    same thing, so that all together are the split of the whole. Raises SplitInvalid without a line.
    """
    plan = list(split.shares.select_related("payer").order_by("position"))
    for share in plan:
        if share.payer_id not in lines:
            raise SplitInvalid(
                _("“%(payer)s” has no budget line for this. Plan one first.")
                % {"payer": share.payer}
            )
    shares = further_shares(
        posted_fen or [0] * len(plan), amount_fen, [share.parts for share in plan]
    )
    return [
        Share(lines[share.payer_id], fen) for share, fen in zip(plan, shares, strict=True) if fen
    ]

"""Compute a month again as the facts were known on a day, at the machine; nothing is written."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huiju.allowances import queries, services
from huiju.allowances.management.commands.allowances_compute import scheme_named
from huiju.allowances.models import Run
from huiju.directory import queries as directory
from huiju.directory.access import reading_as
from huiju.directory.models import Place, User
from huiju.kernel import arguments, clock
from huiju.kernel.errors import NothingSuch
from huiju.kernel.periods import Month


class Command(BaseCommand):
    help = gettext_noop(
        "Compute a month again as known on a day and print what differs from what was posted, as JSON."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("district", help=_("code or name"))
        parser.add_argument("month", type=arguments.month, help=_("such as 2015-10"))
        parser.add_argument("--as", dest="user", required=True, help=_("who asks"))
        parser.add_argument(
            "--scheme", default="", help=_("code; not needed where there is one scheme")
        )
        parser.add_argument("--known-on", type=arguments.day, help=_("facts as known on a day"))

    def handle(self, *args: Any, district: str, month: Month, **options: Any) -> None:
        now = clock.now()
        day = options["known_on"] or clock.day_of(now)
        by = directory.user_named(options["user"])
        with reading_as(by):
            run = _run(by, options["scheme"], district, month)
            if not clock.day_of(run.known_at) <= day <= clock.day_of(now):
                words = _("Choose a day from %(first)s, when the month was computed, to today.")
                raise CommandError(words % {"first": clock.day_of(run.known_at).isoformat()})
            found = services.month_again(run=run, known_at=min(clock.end_of(day), now))
        self.stdout.write(json.dumps(_described(found, day), ensure_ascii=False))


def _run(by: User, scheme: str, district: str, month: Month) -> Run:
    where = directory.place_or_organisation(district)
    current = Run.objects.current().filter(
        scheme=scheme_named(scheme), place__code=where.code if isinstance(where, Place) else ""
    )
    runs = queries.runs_visible_to(by, on=clock.today()).filter(
        pk__in=current.filter(month=month.first_day).order_by().values("pk")
    )
    found: Run | None = runs.first()
    if found is None:
        raise NothingSuch(
            _("%(month)s was not computed for “%(place)s”, or %(user)s does not see it.")
            % {"month": month, "place": district, "user": by.username}
        )
    return found


def _described(found: services.MonthAgain, day: date) -> dict[str, Any]:
    return {
        "scheme": found.run.scheme.code,
        "place": found.run.place.name,
        "month": str(Month.of(found.run.month)),
        "known_on": day.isoformat(),
        "reproduced": found.reproduced,
        "due_fen": found.due_fen,
        "posted_fen": found.posted_fen,
        "arrears_fen": found.arrears_fen,
        "recoveries_fen": found.recoveries_fen,
        "differences": [
            {
                "person": each.person,
                "due_fen": each.due_fen,
                "posted_fen": each.posted_fen,
                "difference_fen": each.difference_fen,
                "why": each.why.value,
            }
            for each in found.differences
        ],
    }

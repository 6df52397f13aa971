"""Compute a month at the machine, for one district or all a user computes for."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huiju.allowances import queries, services
from huiju.allowances.models import Run, Scheme
from huiju.allowances.permissions import may_compute_somewhere
from huiju.allowances.services import RunOrder
from huiju.directory import queries as directory
from huiju.directory.access import acting_as_system
from huiju.directory.models import Place, User
from huiju.kernel import arguments, clock
from huiju.kernel.errors import NothingSuch
from huiju.kernel.periods import Month


class Command(BaseCommand):
    help = gettext_noop("Compute a month of allowances and print the runs as JSON.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", type=arguments.month, help=_("such as 2015-10"))
        parser.add_argument("--as", dest="user", required=True, help=_("who computes"))
        parser.add_argument(
            "--scheme", default="", help=_("code; not needed where there is one scheme")
        )
        parser.add_argument(
            "--place", default="", help=_("district; default: all the user computes for")
        )
        parser.add_argument("--known-on", type=arguments.day, help=_("facts as known on a day"))
        parser.add_argument("--as-of", type=arguments.day, help=_("computed on this day"))

    def handle(self, *args: Any, month: Month, **options: Any) -> None:
        at = clock.noon_of(options["as_of"]) if options["as_of"] else clock.now()
        known_on = options["known_on"]
        with acting_as_system():
            by = directory.user_named(options["user"])
            places = _districts(by, options["place"], on=clock.day_of(at))
            known_at = min(clock.end_of(known_on), at) if known_on else at
            order = RunOrder(scheme_named(options["scheme"]), places, month, known_at)
            made = services.compute_runs(order=order, by=by, at=at)
            answer = [_described(run) for run in made]
        self.stdout.write(json.dumps(answer, ensure_ascii=False))


def scheme_named(code: str) -> Scheme:
    """The scheme of a code, or the only one there is. Raises NothingSuch."""
    schemes = list(Scheme.objects.order_by("code"))
    named = [scheme for scheme in schemes if code in {scheme.code, ""}]
    if len(named) != 1:
        known = " ".join(scheme.code for scheme in schemes) or "—"
        raise NothingSuch(
            _("Name the scheme by its code: --scheme CODE. There are: %(known)s.")
            % {"known": known}
        )
    return named[0]


def _districts(user: User, place: str, *, on: date) -> list[Place]:
    if not place:
        may_compute_somewhere(user, on=on).require()
        return list(queries.computable_districts(user, on=on))
    found = directory.place_or_organisation(place)
    if not isinstance(found, Place):
        raise NothingSuch(_("“%(place)s” is not a district.") % {"place": place})
    return [found]


def _described(run: Run) -> dict[str, Any]:
    totals = queries.run_totals(queries.lines_of(run))
    return {
        "run": run.pk,
        "scheme": run.scheme.code,
        "place": run.place.name,
        "month": str(Month.of(run.month)),
        "revision": run.revision,
        **vars(totals),
    }

"""States are tables: `MOVES` maps a state to the states it may become."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from huiju.kernel.errors import WrongState

Moves = Mapping[str, set[str]]


def check_move(moves: Moves, now: str, then: str) -> None:
    """Raise `WrongState` unless the table allows the step from `now` to `then`."""
    if then not in moves.get(now, set()):
        raise WrongState(
            _("This step is not possible any more: the record has moved on. Reload the page.")
        )

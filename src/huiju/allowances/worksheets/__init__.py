"""Worksheets: the rules of a scheme checked by hand, without a database (docs/reference/allowance-worksheets.md)."""

from huiju.allowances.worksheets.command import replay, replay_file

__all__ = ["replay", "replay_file"]

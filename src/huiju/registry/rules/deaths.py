"""A row of a list of deaths, as registers of deaths and of cremations give it for comparison."""

from datetime import date

from huiju.registry.rules.matching import named_person, warned
from huiju.transfers.enums import RowReason
from huiju.transfers.rules.drafts import Draft
from huiju.transfers.rules.records import Record, Verdict


def judge(record: Record, on: date) -> Verdict:
    """The verdict on one row."""
    draft = Draft(record)
    warnings = named_person(draft, on)
    draft.date("died_on", needed=True)
    if draft.values["died_on"] and draft.values["died_on"] > on.isoformat():
        draft.refuse(RowReason.DATE_FUTURE)
    draft.text("register")
    draft.text("evidence", needed=True)
    return warned(draft.verdict(), warnings)

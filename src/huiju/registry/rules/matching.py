"""Whom a row of a sheet names: by the number of an identity document, with the name to compare."""

from datetime import date

from huiju.registry.rules.identity import identity
from huiju.registry.rules.names import name
from huiju.transfers.enums import Outcome
from huiju.transfers.rules.drafts import Draft
from huiju.transfers.rules.records import Verdict


def named_person(draft: Draft, on: date) -> list[str]:
    """Read name and number of a row into a draft; what only warns is answered."""
    draft.text("name", needed=True)
    if written := draft.values["name"]:
        draft.values["name"] = name(written, foreign=True)[0]
    draft.code("id_no", needed=True)
    if not draft.values["id_no"]:
        return []
    told = identity("", draft.record.cell("id_no"), on=on)
    draft.values["id_no"] = told.number or ""
    draft.reasons.extend(told.refusals)
    return list(told.warnings)


def warned(verdict: Verdict, warnings: list[str]) -> Verdict:
    """A verdict with what a person should look at; a refusal stays one."""
    if warnings:
        verdict.reasons = list(dict.fromkeys([*verdict.reasons, *warnings]))
        if verdict.outcome == Outcome.ACCEPTED:
            verdict.outcome = Outcome.WARNED
    return verdict

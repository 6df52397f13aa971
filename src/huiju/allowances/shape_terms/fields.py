"""Which terms each shape has, which facts it needs, and what each is called."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huiju.allowances.enums import (
    CeilingPer,
    Circumstance,
    Establishment,
    Every,
    GradesBy,
    Shape,
    Start,
    Stop,
)

LARGEST = 10**12
# shapes that multiply a month's amount once: with days of different levels that would be wrong
WHOLE_MONTHS = (Shape.GRADE_STEPS, Shape.INDEX_SHARE, Shape.SUB_GRADES)


@dataclass(frozen=True)
class Field:
    """One term: how it is written in the JSON of the terms.

    `kind`: whole, fen, text, month, day, choice, texts, choices, by_level, by_name, grades or payers. `unit` is
    what the numbers are: fen, months, pct, steps or nothing.
    """

    label: str | Promise
    kind: str
    choices: type[TextChoices] | None = None
    most: int = LARGEST
    unit: str = ""


# what bounds the amount of any shape
BOUNDS: Mapping[str, Field] = {
    "exclusive_with": Field(_("Not beside the schemes"), "texts"),
    "ceiling_fen": Field(_("Ceiling"), "fen", unit="fen"),
    "ceiling_per": Field(_("Ceiling reckoned over"), "choice", CeilingPer),
    "last_month": Field(_("Last month paid"), "month"),
    "payers": Field(_("Payers and their shares"), "payers", unit="pct"),
}
# which certificates, posts and days count; no other shape looks at them
IN_POST: Mapping[str, Field] = {
    "start": Field(_("Certificate counts from"), "choice", Start),
    "stops": Field(_("Payment stops on"), "choices", Stop),
    "establishment": Field(_("Establishment"), "choice", Establishment),
    "employer_kinds": Field(_("Employer kinds"), "texts"),
}
OWN: Mapping[str, Field] = {
    "conditions": Field(_("Conditions"), "texts"),
    "batch": Field(_("Batch"), "text"),
    "after_months": Field(_("Months in post before"), "whole", most=600, unit="months"),
    "most_months": Field(_("Months at most"), "whole", most=600, unit="months"),
    "claim_months": Field(_("Months in which to claim"), "whole", most=600, unit="months"),
    "base": Field(_("Scheme topped up"), "text"),
    "steps": Field(_("Steps by level"), "by_level", most=100, unit="steps"),
    "index": Field(_("Published index used"), "text"),
    "percents": Field(_("Per cent by level"), "by_level", most=1000, unit="pct"),
    "grades": Field(_("Sub-grades by level"), "grades"),
    "grades_by": Field(_("Sub-grade reached by"), "choice", GradesBy),
    "hired_from": Field(_("Hired on or after"), "day"),
    "service_months": Field(_("Months of service"), "whole", most=600, unit="months"),
    "cert_within_months": Field(
        _("Months in which to get the certificate"), "whole", most=600, unit="months"
    ),
    "commitment_months": Field(_("Months of commitment"), "whole", most=600, unit="months"),
    "title": Field(_("Talent title"), "text"),
    "every": Field(_("How often"), "choice", Every),
    "amount_fen": Field(_("Fixed amount"), "fen", unit="fen"),
    "amounts": Field(_("Amount by level"), "by_level", unit="fen"),
    "in_kind": Field(_("Benefits in kind"), "texts"),
    "items": Field(_("Costs paid back"), "texts"),
    "refund_pct": Field(_("Per cent paid back"), "whole", most=100, unit="pct"),
    "residence": Field(_("Place of origin asked for"), "text"),
    "events": Field(_("Amount by event"), "by_name", unit="fen"),
    "local_levels": Field(_("Local levels, lowest first"), "texts"),
}
FIELDS = {**BOUNDS, **IN_POST, **OWN}


@dataclass(frozen=True)
class Description:
    """What a shape does, in a sentence; terms it cannot do without, terms of its own it may have, facts beside certificates
    and posts, and whether it looks at these at all.
    """

    words: str | Promise
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    facts: tuple[Circumstance, ...] = ()
    in_post: bool = True

    @property
    def modifiers(self) -> tuple[str, ...]:
        return (*(IN_POST if self.in_post else ()), *BOUNDS)

    @property
    def has_rates(self) -> bool:
        """Whether its amounts are rates by level, which are parameters; else they stand in its terms or on receipts."""
        return not {"amount_fen", "items", "events"} & {*self.needs}

    @property
    def terms(self) -> tuple[str, ...]:
        return (*self.needs, *self.takes)


DESCRIPTIONS: Mapping[str, Description] = {
    Shape.MONTHLY_BY_LEVEL: Description(
        words=_("A fixed amount for every month that counts, by the highest certificate held.")
    ),
    Shape.ONCE_BY_LEVEL: Description(
        words=_(
            "Once a person, by the highest level held: on the claim, or on the first day in post with a certificate."
        ),
        takes=("claim_months", "amounts", "conditions", "batch"),
    ),
    Shape.YEARLY_BY_LEVEL: Description(
        words=_(
            "Once a year: in the month in which the months in one post with a certificate are complete, and every year after."
        ),
        needs=("after_months",),
    ),
    Shape.MONTHLY_TERM: Description(
        words=_(
            "A month's amount by level for a number of calendar months from the first that could count; of these the months worked are paid."
        ),
        needs=("most_months",),
    ),
    Shape.TOP_UP: Description(
        words=_("A month's amount by level, in months in which another scheme pays the person."),
        needs=("base",),
        facts=(Circumstance.PAID,),
    ),
    Shape.GRADE_STEPS: Description(
        words=_(
            "The value of one step of the pay grade times the steps of the level, from appointment or registration on; the higher level alone."
        ),
        needs=("steps", "start"),
    ),
    Shape.INDEX_SHARE: Description(
        words=_(
            "Per cent of a published index by level, rounded half up. The index is a parameter; its value in force on the deciding day counts."
        ),
        needs=("index", "percents"),
        facts=(Circumstance.INDEX,),
    ),
    Shape.SUB_GRADES: Description(
        words=_(
            "The level's monthly rate times the per cent of the sub-grade reached by months held or appraisals passed."
        ),
        needs=("grades",),
        takes=("grades_by",),
    ),
    Shape.NEW_HIRE: Description(
        words=_(
            "Once, on a claim, after service in one post with the certificate in time; taken back where the commitment is not kept."
        ),
        needs=("service_months", "cert_within_months", "claim_months", "commitment_months"),
        takes=("hired_from", "conditions", "batch"),
        facts=(Circumstance.CLAIM,),
    ),
    Shape.TITLE_STIPEND: Description(
        words=_("A fixed amount for holding a title: every month, every year, or once."),
        needs=("title", "every", "amount_fen"),
        takes=("most_months", "in_kind"),
        in_post=False,
        facts=(Circumstance.TITLE,),
    ),
    Shape.COST_REFUND: Description(
        words=_("The costs on receipts of the month, or their share, up to a ceiling."),
        needs=("items", "ceiling_fen"),
        takes=("refund_pct",),
        in_post=False,
        facts=(Circumstance.RECEIPT,),
    ),
    Shape.ORGANISATION_GRANT: Description(
        words=_(
            "A fixed amount, once, to an organisation that claims it and meets every condition that day."
        ),
        needs=("amount_fen",),
        takes=("conditions", "batch"),
        in_post=False,
        facts=(Circumstance.CLAIM, Circumstance.CONDITION),
    ),
    Shape.RESIDENCE_SUPPLEMENT: Description(
        words=_(
            "A fixed amount for each kind of event of people of a place of origin, each kind once."
        ),
        needs=("residence", "events"),
        in_post=False,
        facts=(Circumstance.RESIDENCE, Circumstance.EVENT),
    ),
    Shape.MIXTURE: Description(
        words=_("An amount once by level, and beside it a month's amount for a limited term."),
        needs=("amounts", "most_months"),
        takes=("claim_months",),
    ),
    Shape.LOCAL_LEVELS: Description(
        words=_("By level, once or every month; local certificates stand below the national ones."),
        needs=("local_levels", "every"),
        takes=("claim_months",),
    ),
    Shape.CO_FUNDED: Description(
        words=_(
            "A month's amount by level, borne by several governments in fixed shares, exact to the fen."
        ),
        needs=("payers",),
    ),
}

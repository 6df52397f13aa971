"""The shapes of schemes: how facts become the amounts due. A changed method is a new shape; the old one stays.

Every shape takes the same tables, policy and terms and gives rows of `facts.DUE`.
"""

from collections.abc import Callable

from huiju.allowances.enums import Shape
from huiju.allowances.rules.facts import Facts
from huiju.allowances.rules.policy import Policy
from huiju.allowances.rules.shapes.events import (
    cost_refund,
    new_hire,
    once_by_level,
    organisation_grant,
    residence_supplement,
    title_stipend,
    yearly_by_level,
)
from huiju.allowances.rules.shapes.mixtures import local_levels, mixture
from huiju.allowances.rules.shapes.monthly import monthly_by_level
from huiju.allowances.rules.shapes.scaled import grade_steps, index_share, sub_grades
from huiju.allowances.rules.shapes.terms import PLAIN, Terms
from huiju.allowances.rules.shapes.timed import monthly_term, top_up
from huiju.allowances.rules.stages import Staged

SHAPES: dict[Shape, Callable[[Facts, Policy, Terms], Staged]] = {
    Shape.MONTHLY_BY_LEVEL: monthly_by_level,
    Shape.ONCE_BY_LEVEL: once_by_level,
    Shape.YEARLY_BY_LEVEL: yearly_by_level,
    Shape.MONTHLY_TERM: monthly_term,
    Shape.TOP_UP: top_up,
    Shape.GRADE_STEPS: grade_steps,
    Shape.INDEX_SHARE: index_share,
    Shape.SUB_GRADES: sub_grades,
    Shape.NEW_HIRE: new_hire,
    Shape.TITLE_STIPEND: title_stipend,
    Shape.COST_REFUND: cost_refund,
    Shape.ORGANISATION_GRANT: organisation_grant,
    Shape.RESIDENCE_SUPPLEMENT: residence_supplement,
    Shape.MIXTURE: mixture,
    Shape.LOCAL_LEVELS: local_levels,
    Shape.CO_FUNDED: monthly_by_level,  # who pays which part is `payers.shares`
}

__all__ = ["PLAIN", "SHAPES", "Terms", "monthly_by_level"]

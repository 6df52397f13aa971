"""What a user does with allowances: set up a scheme, compute a month, and bring it to the payees."""

from huiju.allowances.services.again import MonthAgain, month_again
from huiju.allowances.services.approval import approve
from huiju.allowances.services.computing import RateMissing
from huiju.allowances.services.funding import FundingEntry, FundingInvalid, set_funding
from huiju.allowances.services.holds import HoldInvalid, HoldOrder, lift_hold, place_hold
from huiju.allowances.services.objections import (
    AnswerIncomplete,
    Decision,
    NoticeOver,
    ObjectionWords,
    TooMany,
    answer_objection,
    object_to_notice,
    object_to_payment,
    object_to_recovery,
)
from huiju.allowances.services.planning import (
    ApprovalPlan,
    NoFunding,
    PlannedPayment,
    Since,
    approval_plan,
)
from huiju.allowances.services.recounts import recount_ledger
from huiju.allowances.services.recoveries import (
    RecoveryInvalid,
    RecoveryOrder,
    Repayment,
    approve_recovery,
    propose_recovery,
    record_repayment,
    withdraw_recovery,
)
from huiju.allowances.services.runs import MonthNotComputable, RunOrder, compute_runs
from huiju.allowances.services.scenarios import ScenarioInvalid, save_scenario
from huiju.allowances.services.schemes import SchemeEntry, SchemeInvalid, define_scheme
from huiju.allowances.services.sentinels import Watch, explain, watch
from huiju.allowances.services.steps import (
    ListChanged,
    NoticeDaysUnknown,
    ReasonNeeded,
    check,
    publish_notice,
    return_run,
    review,
)

__all__ = [
    "AnswerIncomplete",
    "ApprovalPlan",
    "Decision",
    "FundingEntry",
    "FundingInvalid",
    "HoldInvalid",
    "HoldOrder",
    "ListChanged",
    "MonthAgain",
    "MonthNotComputable",
    "NoFunding",
    "NoticeDaysUnknown",
    "NoticeOver",
    "ObjectionWords",
    "PlannedPayment",
    "RateMissing",
    "ReasonNeeded",
    "RecoveryInvalid",
    "RecoveryOrder",
    "Repayment",
    "RunOrder",
    "ScenarioInvalid",
    "SchemeEntry",
    "SchemeInvalid",
    "Since",
    "TooMany",
    "Watch",
    "answer_objection",
    "approval_plan",
    "approve",
    "approve_recovery",
    "check",
    "compute_runs",
    "define_scheme",
    "explain",
    "lift_hold",
    "month_again",
    "object_to_notice",
    "object_to_payment",
    "object_to_recovery",
    "place_hold",
    "propose_recovery",
    "publish_notice",
    "record_repayment",
    "recount_ledger",
    "return_run",
    "review",
    "save_scenario",
    "set_funding",
    "watch",
    "withdraw_recovery",
]

"""What a user does with allowances: set up a scheme, compute a month."""

from huiju.allowances.services.runs import (
    MonthNotComputable,
    RateMissing,
    RunOrder,
    compute_runs,
)
from huiju.allowances.services.schemes import SchemeEntry, SchemeInvalid, define_scheme

__all__ = [
    "MonthNotComputable",
    "RateMissing",
    "RunOrder",
    "SchemeEntry",
    "SchemeInvalid",
    "compute_runs",
    "define_scheme",
]

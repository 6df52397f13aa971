"""What can be done to the policy library: documents here, parameters and their values beside."""

from huiju.policies.services.library import (
    DocumentEntry,
    DocumentInvalid,
    attach_file,
    record_document,
)
from huiju.policies.services.values import (
    Ending,
    ParameterEntry,
    ValueEntry,
    ValueInvalid,
    ValuesOverlap,
    confirm_value,
    define_parameter,
    end_value,
    propose_value,
    refuse_value,
)

__all__ = [
    "DocumentEntry",
    "DocumentInvalid",
    "Ending",
    "ParameterEntry",
    "ValueEntry",
    "ValueInvalid",
    "ValuesOverlap",
    "attach_file",
    "confirm_value",
    "define_parameter",
    "end_value",
    "propose_value",
    "record_document",
    "refuse_value",
]

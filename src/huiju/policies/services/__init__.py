"""What can be done to the policy library: documents, their words and relations, targets, parameters and values."""

from huiju.policies.services.library import (
    DocumentEntry,
    DocumentInvalid,
    attach_file,
    record_document,
)
from huiju.policies.services.relations import (
    RelationEntry,
    RelationInvalid,
    record_relation,
    withdraw_relation,
)
from huiju.policies.services.reviews import ReviewInvalid, confirm_unchanged
from huiju.policies.services.targets import TargetEntry, TargetInvalid, set_target
from huiju.policies.services.texts import TextEntry, TextInvalid, record_text
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
    "RelationEntry",
    "RelationInvalid",
    "ReviewInvalid",
    "TargetEntry",
    "TargetInvalid",
    "TextEntry",
    "TextInvalid",
    "ValueEntry",
    "ValueInvalid",
    "ValuesOverlap",
    "attach_file",
    "confirm_unchanged",
    "confirm_value",
    "define_parameter",
    "end_value",
    "propose_value",
    "record_document",
    "record_relation",
    "record_text",
    "refuse_value",
    "set_target",
    "withdraw_relation",
]

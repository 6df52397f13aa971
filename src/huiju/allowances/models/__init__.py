"""Tables of the allowances: schemes, their runs and lines, and a run's way to the payees."""

from huiju.allowances.models.archives import Archive
from huiju.allowances.models.bank import BankAnswer, BankBytes, BankFile, BankItem, BankResult
from huiju.allowances.models.findings import Finding
from huiju.allowances.models.funding import Funding, FundingLine
from huiju.allowances.models.holds import Hold
from huiju.allowances.models.notices import Notice, Objection
from huiju.allowances.models.payments import Payment
from huiju.allowances.models.recoveries import Recovery, RecoveryPart
from huiju.allowances.models.runs import Run, RunLine
from huiju.allowances.models.scenarios import Scenario
from huiju.allowances.models.schemes import Scheme
from huiju.allowances.models.steps import RunStep

__all__ = [
    "Archive",
    "BankAnswer",
    "BankBytes",
    "BankFile",
    "BankItem",
    "BankResult",
    "Finding",
    "Funding",
    "FundingLine",
    "Hold",
    "Notice",
    "Objection",
    "Payment",
    "Recovery",
    "RecoveryPart",
    "Run",
    "RunLine",
    "RunStep",
    "Scenario",
    "Scheme",
]

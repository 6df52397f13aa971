"""The terms of a scheme beside its policy: fields of the chosen shape, and modifiers every shape understands."""

from dataclasses import dataclass
from datetime import date

from huiju.allowances.enums import CeilingPer, Establishment, Every, GradesBy, Start

Amounts = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Terms:
    """Typed terms; `reading.read_terms` makes them. Amounts are fen, percentages whole per cent.

    Everything is a tuple, so that a statement can be kept for each. A scheme without terms is `PLAIN`.
    """

    start: Start = Start.APPROVAL
    stops: tuple[str, ...] = ()
    exclusive_with: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    ceiling_fen: int | None = None
    ceiling_per: CeilingPer = CeilingPer.MONTH
    batch: str | None = None
    establishment: Establishment | None = None
    employer_kinds: tuple[str, ...] = ()
    last_month: date | None = None
    first_month: date | None = None
    payers: tuple[tuple[str, Amounts], ...] = ()
    after_months: int = 0
    most_months: int | None = None
    claim_months: int | None = None
    base: str = ""
    steps: Amounts = ()
    index: str = ""
    percents: Amounts = ()
    grades: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = ()
    grades_by: GradesBy = GradesBy.MONTHS
    hired_from: date | None = None
    service_months: int = 0
    cert_within_months: int = 0
    commitment_months: int = 0
    title: str = ""
    every: Every = Every.MONTH
    amount_fen: int = 0
    amounts: Amounts = ()
    in_kind: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    refund_pct: int = 100
    residence: str = ""
    events: Amounts = ()
    local_levels: tuple[str, ...] = ()


PLAIN = Terms()

"""What an answer changes: each of its rows against the payments of the file, whatever their order."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from huiju.allowances.rules.bank.layouts import Template
from huiju.allowances.rules.bank.reading import Answer, AnswerInvalid, AnswerRow

TAKEN = ("PAID", "RETURNED", "RETURNED_LATE")
OTHER_REASON = "other"


@dataclass(frozen=True)
class Known:
    """A payment of the file as it stands: `state` is one of `enums.PaymentState`."""

    seq: int
    amount_fen: int
    account_digest: str
    state: str


@dataclass(frozen=True)
class Verdict:
    """What is done about a row: `word` is PAID, RETURNED or RETURNED_LATE, SAME for what is known
    already, or a code of `enums.AnswerFault` for what is not taken."""

    row: AnswerRow
    word: str
    reason: str = ""

    @property
    def is_taken(self) -> bool:
        return self.word in TAKEN


@dataclass(frozen=True)
class Judgement:
    """The verdicts in the order of the file, and the sequence numbers it says nothing of."""

    verdicts: tuple[Verdict, ...]
    missing: tuple[int, ...]

    def seqs(self, word: str) -> tuple[int, ...]:
        """The payments with a verdict, in the order of the file sent."""
        return tuple(sorted(each.row.seq for each in self.verdicts if each.word == word))

    @property
    def faults(self) -> tuple[Verdict, ...]:
        """The rows that are named and not taken."""
        return tuple(each for each in self.verdicts if not each.is_taken and each.word != "SAME")


def judged(
    template: Template,
    answer: Answer,
    number: str,
    known: Sequence[Known],
    digest_of: Callable[[str], str],
) -> Judgement:
    """What each row of an answer to file `number` means. `digest_of` gives an account's keyed digest.

    Raises AnswerInvalid where the answer says it is about another file.
    """
    if answer.number and answer.number != number:
        raise AnswerInvalid("OTHER_FILE", said=answer.number, asked=number)
    by_seq = {each.seq: each for each in known}
    said = _said(answer)
    verdicts, seen = [], set()
    for row in answer.rows:
        word = row.fault or _word(row, by_seq, said, digest_of)
        if word in TAKEN and row.seq in seen:
            word = "SAME"  # the very same thing said twice in one file
        seen.add(row.seq)
        reason = "" if row.is_paid else reason_of(template, row)
        verdicts.append(Verdict(row, word, reason if word in TAKEN else ""))
    missing = tuple(sorted(set(by_seq) - {row.seq for row in answer.rows}))
    return Judgement(tuple(verdicts), missing)


def reason_of(template: Template, row: AnswerRow) -> str:
    """Our reason for the bank's code or words; "other" for those that nobody has mapped."""
    if found := template.reasons.get(row.code):
        return found
    return next(
        (ours for theirs, ours in template.reasons.items() if theirs and theirs in row.words),
        OTHER_REASON,
    )


def _said(answer: Answer) -> Mapping[int, set[bool]]:
    said: dict[int, set[bool]] = defaultdict(set)
    for row in answer.rows:
        if not row.fault:
            said[row.seq].add(row.is_paid)
    return said


def _word(
    row: AnswerRow,
    by_seq: Mapping[int, Known],
    said: Mapping[int, set[bool]],
    digest_of: Callable[[str], str],
) -> str:
    payment = by_seq.get(row.seq)
    if payment is None:
        return "UNKNOWN_LINE"
    if payment.amount_fen != row.amount_fen:
        return "OTHER_AMOUNT"
    if payment.account_digest != digest_of(row.account):
        return "OTHER_ACCOUNT"
    if len(said[row.seq]) > 1:
        return "CONTRADICTS_ITSELF"
    return _moves(payment.state, row.is_paid)


def _moves(state: str, is_paid: bool) -> str:
    """Sent: as the bank says. Paid, then returned: taken. Returned, then paid: a person decides."""
    if state == "sent":
        return "PAID" if is_paid else "RETURNED"
    if state == "paid":
        return "SAME" if is_paid else "RETURNED_LATE"
    return "PAID_AFTER_RETURN" if is_paid else "SAME"

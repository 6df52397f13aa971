"""The bank's answers: read apart, judged row by row, taken once."""

import base64
import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from huiju.allowances.enums import (
    BANK_FILE_MOVES,
    AnswerFault,
    BankFileState,
    PaymentState,
    SettledAs,
)
from huiju.allowances.models import BankAnswer, BankFile, BankItem, BankResult, Payment
from huiju.allowances.permissions import may_pay
from huiju.allowances.queries import bank_template
from huiju.allowances.rules.bank import (
    AnswerInvalid,
    Judgement,
    Known,
    Template,
    answer_from,
    judged,
)
from huiju.allowances.services.bankfiles import locked_file, locked_run
from huiju.allowances.services.paying import settle
from huiju.allowances.services.payments import move_payments
from huiju.audit import services as audit
from huiju.budgets.enums import Kind
from huiju.directory.models import User
from huiju.kernel import clock, crypto
from huiju.kernel.encrypted import ring
from huiju.kernel.errors import DomainError
from huiju.kernel.states import check_move
from huiju.registry.services.accounts import number_digest
from huiju.transfers.enums import FileReason
from huiju.transfers.reading import box
from huiju.transfers.reading.grid import Limits, Refused, Row, SheetHead


class AnswerRefused(DomainError):
    """The answer as a whole is not taken; nothing of it was kept."""


class NothingTaken(DomainError):
    """Not one row of the answer can be taken."""


@dataclass(frozen=True)
class Answered:
    """An answer looked at: what it would change. `seen` is the digest of its bytes."""

    name: str
    content: bytes
    judgement: Judgement

    @property
    def seen(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


COLUMN = "allowances.uploaded_answer"
KEPT_FOR = timedelta(days=7)
WORDS = {
    "PAID": (SettledAs.PAID, PaymentState.PAID),
    "RETURNED": (SettledAs.RETURNED, PaymentState.RETURNED),
    "RETURNED_LATE": (SettledAs.RETURNED_LATE, PaymentState.RETURNED),
}
"""Verdict → what is noted about the item, and the state its payment moves to."""


def look_at_answer(*, file: BankFile, name: str, content: bytes) -> Answered:
    """Judge an answer without taking it. Raises AnswerRefused with the reason."""
    template = bank_template(file.template)
    if file.state == BankFileState.MADE:
        raise AnswerRefused(
            _("%(file)s was not sent yet. Say that it was, then take the answer.") % {"file": file}
        )
    try:
        answer = answer_from(template, _rows(template, name, content))
        return Answered(
            name, content, judged(template, answer, file.number, _known(file), number_digest)
        )
    except Refused as refusal:
        raise AnswerRefused(str(FileReason(refusal.reason).label)) from refusal
    except AnswerInvalid as refusal:
        sentence = str(AnswerFault(refusal.code).label)
        told = "、".join(str(value) for value in refusal.named.values())
        raise AnswerRefused(f"{sentence}（{told}）" if told else sentence) from refusal


def keep_answer(content: bytes) -> str:
    """Keep an answer's bytes, sealed, until it is taken; their SHA-256 is its key."""
    digest = hashlib.sha256(content).hexdigest()
    sealed = crypto.seal(ring(), base64.b64encode(content).decode(), column=COLUMN)
    with tempfile.NamedTemporaryFile("w", dir=_folder(), delete=False) as kept:
        kept.write(sealed)
    Path(kept.name).replace(_folder() / digest)
    return digest


def discard_untaken(*, at: datetime) -> int:
    """Remove uploaded answers nobody took within `KEPT_FOR`; how many. Taken ones are kept with their file."""
    old = [
        path for path in _folder().iterdir() if path.stat().st_mtime < (at - KEPT_FOR).timestamp()
    ]
    for path in old:
        path.unlink()
    return len(old)


def kept_answer(file: BankFile, digest: str) -> bytes:
    """The bytes of an answer that was uploaded or taken. Raises AnswerRefused where they are gone."""
    taken = file.answers.filter(digest=digest).first()
    if taken is not None:
        return base64.b64decode(taken.content)
    path = _folder() / digest
    if not path.is_file():
        raise AnswerRefused(_("This answer is not kept here any more. Upload it once more."))
    text = crypto.unseal(ring(), path.read_text(encoding="ascii"), column=COLUMN)
    return base64.b64decode(text)


@transaction.atomic
def take_answer(*, file: BankFile, name: str, content: bytes, by: User, at: datetime) -> BankAnswer:
    """Take what an answer settles: payments paid or returned, the ledger's payments, the file's state.

    Taken before, it is given as it was and changes nothing. Raises NotPermitted, AnswerRefused,
    NothingTaken, and what the ledger raises; nothing is kept then.
    """
    run, file = locked_run(file.run), locked_file(file)
    may_pay(by, run, on=clock.day_of(at)).require()
    digest = hashlib.sha256(content).hexdigest()
    before: BankAnswer | None = file.answers.filter(digest=digest).first()
    if before is not None:
        return before
    found = look_at_answer(file=file, name=name, content=content).judgement
    counts = Counter(verdict.word for verdict in found.verdicts)
    if not any(verdict.is_taken for verdict in found.verdicts):
        raise NothingTaken(
            _("Nothing was taken: the answer says nothing new, or none of its rows fits the file.")
        )
    answer: BankAnswer = BankAnswer.objects.create(
        file=file,
        digest=digest,
        name=name[-200:],
        content=base64.b64encode(content).decode(),
        paid=counts["PAID"],
        returned=counts["RETURNED"] + counts["RETURNED_LATE"],
        not_taken=len(found.faults),
        taken_by=by,
        taken_at=at,
    )
    sums = _keep_results(answer, found, by, at)
    key = f"allowance:bank:{file.number}:{digest}"
    for word, kind in (("RETURNED_LATE", Kind.TAKE_BACK), ("PAID", Kind.PAY)):
        if fen := sums[word]:
            settle(kind, run=run, amount_fen=fen, key=f"{key}:{word.lower()}", by=by, at=at)
    _move_file(file)
    audit.record(
        actor=by,
        action="allowances.answer_taken",
        subject=file,
        digest=digest,
        **dict(sorted(counts.items())),
    )
    return answer


def _keep_results(answer: BankAnswer, found: Judgement, by: User, at: datetime) -> Counter[str]:
    """Note the results, move the payments; fen by verdict."""
    items = {item.seq: item for item in BankItem.objects.filter(file=answer.file_id)}
    results, sums = [], Counter[str]()
    for verdict in found.verdicts:
        if not verdict.is_taken:
            continue
        item = items[verdict.row.seq]
        sums[verdict.word] += item.amount_fen
        results.append(
            BankResult(
                item=item,
                answer=answer,
                settled_as=WORDS[verdict.word][0],
                reason=verdict.reason,
                code="" if verdict.row.is_paid else verdict.row.code,
                words="" if verdict.row.is_paid else verdict.row.words,
            )
        )
    BankResult.objects.bulk_create(results)
    for settled_as, state in WORDS.values():
        payments = [result.item.payment_id for result in results if result.settled_as == settled_as]
        if payments:
            move_payments(Payment.objects.filter(pk__in=payments), state, by=by, at=at)
    return sums


def _move_file(file: BankFile) -> None:
    open_still = Payment.objects.filter(item__file=file, state=PaymentState.SENT).exists()
    state = BankFileState.ANSWERED if open_still else BankFileState.CLOSED
    if file.state != state and file.state != BankFileState.CLOSED:
        check_move(BANK_FILE_MOVES, file.state, state)
        file.state = state
        file.save(update_fields=["state"])


def _known(file: BankFile) -> list[Known]:
    items = BankItem.objects.filter(file=file).select_related("payment").order_by("seq")
    return [
        Known(item.seq, item.amount_fen, item.account_digest, item.payment.state) for item in items
    ]


def _rows(template: Template, name: str, content: bytes) -> Iterable[tuple[int, list[object]]]:
    """The rows of the one sheet an answer has, read in a process that can do nothing else."""
    familiar = " ".join(sorted(template.paid | template.returned))
    with tempfile.NamedTemporaryFile(dir=_folder()) as kept:
        kept.write(content)
        kept.flush()
        chunks = box.read(
            Path(kept.name),
            name,
            familiar,
            Limits(max_bytes=settings.IMPORT_MAX_BYTES),
            as_lines=template.kind == "fixed",
        )
        rows: list[Row] = []
        heads = 0
        for chunk in chunks:
            if isinstance(chunk, SheetHead):
                heads += not chunk.hidden
            elif heads == 1:
                rows += chunk
    return [(number, cells) for number, _hidden, cells in rows]


def _folder() -> Path:
    folder = Path(settings.HUIJU_FILES) / "answers"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder

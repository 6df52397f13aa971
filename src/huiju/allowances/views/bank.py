"""Paying an approved month: files for the bank, its answers, what it sends back."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiju.allowances import queries
from huiju.allowances.enums import AnswerFault, BankFileState, PaymentState, ReturnReason, Why
from huiju.allowances.forms import BankAnswerForm, ReasonForm, TemplateForm
from huiju.allowances.models import BankFile, Payment, Run
from huiju.allowances.permissions import APPROVE, PAY, VIEW, may_archive, may_let_go, may_pay
from huiju.allowances.services import answers, bankfiles, returns
from huiju.directory.access import change, page, reader
from huiju.kernel import clock
from huiju.kernel.errors import DomainError
from huiju.ui import tables

SUFFIXES = {"xlsx": "xlsx", "csv": "csv", "fixed": "txt"}
KINDS: dict[str, str] = {
    BankFileState.MADE: "wait",
    BankFileState.SENT: "active",
    BankFileState.ANSWERED: "wait",
    BankFileState.CLOSED: "good",
    PaymentState.PAID: "good",
    PaymentState.RETURNED: "bad",
    PaymentState.SENT: "active",
    PaymentState.DUE: "wait",
}


class ItemTable(tables.ListTable):
    seq = tables.NumberColumn(verbose_name=gettext_lazy("Number in the file"))
    person = tables.Column(
        verbose_name=gettext_lazy("Name of the person"), accessor="payment__person"
    )
    account = tables.Column(
        verbose_name=gettext_lazy("Account paid to"), accessor="account__masked"
    )
    bank = tables.Column(verbose_name=gettext_lazy("Bank"), accessor="account__bank")
    amount_fen = tables.MoneyColumn(verbose_name=gettext_lazy("Yuan"), total=True)
    state = tables.StateColumn(
        verbose_name=gettext_lazy("State"), accessor="payment__state", kinds=KINDS
    )


@page(VIEW, logged="allowances.bank_read", of="allowances.Run")
def bank(request: HttpRequest, pk: int) -> HttpResponse:
    run = _run(request, pk)
    context = {
        "run": run,
        "sums": queries.payments_by_state(run),
        "files": run.bank_files.select_related("made_by", "sent_by").order_by("-sequence"),
        "form": TemplateForm(),
        "may_pay": may_pay(reader(request), run, on=clock.today()),
        "may_archive": may_archive(reader(request), run, on=clock.today()),
        "balance": returns.balance_of(run),
        "asked_again": "asked" in request.GET,
    }
    return render(request, "allowances/bank.html", context)


@change(PAY, truth="allowances:bank")
def make_bank_file(request: HttpRequest, pk: int) -> HttpResponse:
    run, form = _run(request, pk), TemplateForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the templates offered."))
        return redirect("allowances:bank", pk)
    template = queries.bank_template(form.cleaned_data["template"])
    try:
        file = bankfiles.make_file(run=run, template=template, by=reader(request), at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("allowances:bank", pk)
    return redirect("allowances:bank_file", file.pk)


@page(VIEW, logged="allowances.bank_file_read", of="allowances.BankFile")
def bank_file(request: HttpRequest, pk: int) -> HttpResponse:
    file = _file(request, pk)
    rows = queries.items_of(file).order_by("seq")
    context = {
        "file": file,
        "state_kind": KINDS[file.state],
        "template": queries.bank_template(file.template),
        "table": tables.listed(request, ItemTable(rows)),
        "answers": file.answers.select_related("taken_by").order_by("-taken_at"),
        "form": BankAnswerForm(),
        "may_pay": may_pay(reader(request), file.run, on=clock.today()),
        "asked_again": "asked" in request.GET,
    }
    return render(request, "allowances/bank_file.html", context)


@change(PAY)
def download_bank_file(request: HttpRequest, pk: int) -> HttpResponse:
    file = _file(request, pk)
    try:
        content = bankfiles.open_bank_file(file=file, by=reader(request), at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("allowances:bank_file", pk)
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    answer["Cache-Control"] = "no-store"
    return answer


@change(PAY, truth="allowances:bank_file")
def send_bank_file(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        bankfiles.send_file(file=_file(request, pk), by=reader(request), at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("allowances:bank_file", pk)


@change(PAY)
def upload_answer(request: HttpRequest, pk: int) -> HttpResponse:
    file, form = _file(request, pk), BankAnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose the file the bank gave you."))
        return redirect("allowances:bank_file", pk)
    sent = form.cleaned_data["file"]
    try:
        answers.look_at_answer(file=file, name=sent.name, content=(content := sent.read()))
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("allowances:bank_file", pk)
    digest = answers.keep_answer(content)
    return redirect("allowances:bank_answer", pk, digest)


@page(VIEW, logged="allowances.answer_read", of="allowances.BankFile")
def bank_answer(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    file = _file(request, pk)
    context: dict[str, Any] = {"file": file, "digest": digest}
    context["asked_again"] = "asked" in request.GET
    context["taken"] = file.answers.filter(digest=digest).select_related("taken_by").first()
    context["may_pay"] = may_pay(reader(request), file.run, on=clock.today())
    if context["taken"] is None:
        try:
            context |= _judged(file, digest)
        except DomainError as refusal:
            context["refusal"] = str(refusal)
    return render(request, "allowances/bank_answer.html", context)


@change(PAY, truth="allowances:bank_answer")
def take_answer(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    file = _file(request, pk)
    try:
        content = answers.kept_answer(file, digest)
        answers.take_answer(
            file=file, name=_name(file), content=content, by=reader(request), at=clock.now()
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("allowances:bank_answer", pk, digest)


@page(VIEW, logged="allowances.returns_read")
def returned(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    rows = list(
        queries.waiting_payments(reader(request), on=today).order_by("changed_at", "pk")[:500]
    )
    for row in rows:
        row.days = (today - clock.day_of(row.changed_at)).days
        row.why = _why_waiting(row)
        row.may_pay = may_pay(reader(request), row.run, on=today)
        row.may_let_go = may_let_go(reader(request), row.run, on=today)
    return render(request, "allowances/returns.html", {"rows": rows})


def _why_waiting(payment: Payment) -> str:
    """The bank's reason in words, or why approval withheld the payment, or nothing."""
    if payment.state == PaymentState.RETURNED:
        words = payment.bank_words
        reason = ReturnReason(payment.bank_reason).label
        return f"{reason}（{words}）" if words else str(reason)
    return str(Why(payment.reason).label) if payment.state == PaymentState.WITHHELD else ""


@change(PAY, truth="allowances:return_truth")
def reissue(request: HttpRequest, pk: int) -> HttpResponse:
    payment, form = _payment(request, pk), ReasonForm(request.POST)
    form.full_clean()
    try:
        returns.reissue(
            payment=payment,
            by=reader(request),
            at=clock.now(),
            note=form.cleaned_data.get("note", ""),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("allowances:returns")
    messages.success(request, _("It is due again. Make a follow-up file for the bank."))
    return redirect("allowances:bank", payment.run_id)


@change(PAY, truth="allowances:return_truth")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    payment, form = _payment(request, pk), ReasonForm(request.POST)
    form.full_clean()
    try:
        returns.cancel_payment(
            payment=payment,
            reason=form.cleaned_data.get("note", ""),
            by=reader(request),
            at=clock.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The payment was given up; its money is available again."))
    return redirect("allowances:returns")


@change(APPROVE, truth="allowances:return_truth")
def let_go(request: HttpRequest, pk: int) -> HttpResponse:
    payment, form = _payment(request, pk), ReasonForm(request.POST)
    form.full_clean()
    note = form.cleaned_data.get("note", "")
    try:
        returns.let_go(payment=payment, note=note, by=reader(request), at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The payment is due after all."))
    return redirect("allowances:returns")


@change(PAY, truth="allowances:bank")
def reconcile(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        returns.reconcile(run=_run(request, pk), by=reader(request), at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Reconciled: payments and ledger say the same."))
    return redirect("allowances:bank", pk)


@page(VIEW)
def return_truth(request: HttpRequest, pk: int) -> HttpResponse:
    payment = _payment(request, pk)
    context = {"payment": payment, "asked_again": "asked" in request.GET}
    return render(request, "allowances/return_truth.html", context)


def _judged(file: BankFile, digest: str) -> dict[str, Any]:
    content = answers.kept_answer(file, digest)
    found = answers.look_at_answer(file=file, name=_name(file), content=content).judgement
    named = [
        {"row": each.row, "sentence": AnswerFault(each.word).label} for each in found.faults[:200]
    ]
    numbers = {
        "paid": len(found.seqs("PAID")),
        "returned": len(found.seqs("RETURNED")),
        "late": len(found.seqs("RETURNED_LATE")),
        "same": len(found.seqs("SAME")),
        "missing": len(found.missing),
    }
    takes = numbers["paid"] + numbers["returned"] + numbers["late"]
    return {"numbers": numbers, "faults": named, "takes": takes}


def _name(file: BankFile) -> str:
    """What the reader needs to know of a name: the kind of file."""
    return f"answer.{SUFFIXES[queries.bank_template(file.template).kind]}"


def _run(request: HttpRequest, pk: int) -> Run:
    found: Run = get_object_or_404(
        queries.runs_visible_to(reader(request), on=clock.today()), pk=pk
    )
    return found


def _file(request: HttpRequest, pk: int) -> BankFile:
    files = queries.bank_files_visible_to(reader(request), on=clock.today())
    found: BankFile = get_object_or_404(files, pk=pk)
    return found


def _payment(request: HttpRequest, pk: int) -> Payment:
    runs = queries.runs_visible_to(reader(request), on=clock.today()).values("pk")
    payments = Payment.objects.filter(run__in=runs).select_related(
        "person", "run__place", "account", "changed_by"
    )
    found: Payment = get_object_or_404(payments, pk=pk)
    return found

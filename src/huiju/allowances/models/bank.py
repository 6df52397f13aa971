"""Files for the bank, what stands in them, and what the bank answered. Nothing in them ever changes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiju.allowances.enums import BankFileState, ReturnReason, SettledAs
from huiju.allowances.models.payments import Payment
from huiju.allowances.models.runs import Run
from huiju.directory.models import User
from huiju.kernel.encrypted import EncryptedTextField
from huiju.registry.models import BankAccount


class BankFile(models.Model):
    """A file of payments of one run, with control totals; its bytes are the same each time.

    `digest` is the SHA-256 of the bytes. Only its state moves.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="bank_files")
    sequence = models.PositiveSmallIntegerField(_("Which file of the run"))
    number = models.CharField(_("Batch number"), max_length=24)
    template = models.CharField(_("Bank's template"), max_length=40)
    name = models.CharField(_("File name"), max_length=120)
    digest = models.CharField("SHA-256", max_length=64)
    count = models.PositiveIntegerField(_("Payments"))
    total_fen = models.BigIntegerField(_("Total"))
    state = models.CharField(
        _("State"), max_length=10, choices=BankFileState, default=BankFileState.MADE
    )
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("Made by"))
    made_at = models.DateTimeField(_("File made"))
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(_("Sent"), null=True)

    class Privacy:
        personal: set[str] = set()
        open = {
            *("run", "sequence", "number", "template", "name", "digest", "count", "total_fen"),
            *("state", "made_by", "made_at", "sent_by", "sent_at"),
        }

    class Reach:
        parent = "run"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="one_bank_file_per_number"),
            models.UniqueConstraint(
                fields=["run", "sequence"], name="one_bank_file_per_run_and_sequence"
            ),
            models.CheckConstraint(
                condition=Q(count__gt=0, total_fen__gt=0), name="bank_files_pay_something"
            ),
            models.CheckConstraint(
                condition=Q(state="made", sent_by=None, sent_at=None)
                | ~Q(state="made") & Q(sent_by__isnull=False, sent_at__isnull=False),
                name="sent_bank_files_say_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class BankBytes(models.Model):
    """The bytes of a bank file, sealed: they hold whole account numbers. Base64 under the seal."""

    file = models.OneToOneField(BankFile, models.PROTECT, related_name="kept")
    content = EncryptedTextField()

    class Privacy:
        personal = {"content"}
        open = {"file"}

    class Reach:
        parent = "file"

    def __str__(self) -> str:
        return f"{self.file}"


class BankItem(models.Model):
    """A payment in a file: to which version of an account, how much. A payment stands in one file."""

    file = models.ForeignKey(BankFile, models.PROTECT, related_name="items")
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="item")
    seq = models.PositiveIntegerField(_("Number in the file"))
    amount_fen = models.BigIntegerField(_("Amount"))
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="+")
    account_digest = models.CharField(max_length=64)

    class Privacy:
        personal = {"payment", "account", "account_digest"}
        open = {"file", "seq", "amount_fen"}

    class Reach:
        parent = "file"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "seq"], name="one_item_per_file_and_number"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="items_pay_something"),
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.seq}"


class BankAnswer(models.Model):
    """An answer of the bank as it was taken: once for a file and its bytes, which stay sealed."""

    file = models.ForeignKey(BankFile, models.PROTECT, related_name="answers")
    digest = models.CharField("SHA-256", max_length=64)
    name = models.CharField(_("File name"), max_length=200)
    content = EncryptedTextField()
    paid = models.PositiveIntegerField(_("Paid"))
    returned = models.PositiveIntegerField(_("Sent back by the bank"))
    not_taken = models.PositiveIntegerField(_("Not taken"))
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("Taken by"))
    taken_at = models.DateTimeField(_("Taken"))

    class Privacy:
        personal = {"name", "content"}
        open = {"file", "digest", "paid", "returned", "not_taken", "taken_by", "taken_at"}

    class Reach:
        parent = "file"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "digest"], name="one_answer_per_file_and_bytes")
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.digest[:12]}"


class BankResult(models.Model):
    """What an answer settled about an item: once paid, once returned."""

    item = models.ForeignKey(BankItem, models.PROTECT, related_name="results")
    answer = models.ForeignKey(BankAnswer, models.PROTECT, related_name="results")
    settled_as = models.CharField(_("Bank's result"), max_length=14, choices=SettledAs)
    reason = models.CharField(_("Reason"), max_length=20, choices=ReturnReason, blank=True)
    code = models.CharField(_("Bank's code"), max_length=100, blank=True)
    words = models.CharField(_("Bank's words"), max_length=100, blank=True)

    class Privacy:
        personal = {"item", "reason", "code", "words"}
        open = {"answer", "settled_as"}

    class Reach:
        parent = "item"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(settled_as="paid"), name="items_are_paid_once"
            ),
            models.UniqueConstraint(
                fields=["item"],
                condition=~Q(settled_as="paid"),
                name="items_are_returned_once",
            ),
            models.CheckConstraint(
                condition=Q(settled_as="paid", reason="") | ~Q(settled_as="paid") & ~Q(reason=""),
                name="returned_items_say_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.get_settled_as_display()}"

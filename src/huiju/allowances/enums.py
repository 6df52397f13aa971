"""Choices of the allowance schemes, and what each is called."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from huiju.directory.enums import Role
from huiju.registry.enums import Level

# A rule compares levels by rank: the higher certificate counts.
LEVEL_RANKS: dict[str, int] = {level.value: rank for rank, level in enumerate(Level, start=1)}
LEVELS_BY_RANK: dict[int, Level] = {LEVEL_RANKS[level.value]: level for level in Level}


class Shape(TextChoices):
    """The ways in which a scheme may compute; `rules.SHAPES` holds the function of each."""

    MONTHLY_BY_LEVEL = "monthly_by_level", _("Fixed amount a month by certificate level")
    ONCE_BY_LEVEL = "once_by_level", _("Once, by certificate level")
    YEARLY_BY_LEVEL = "yearly_by_level", _("Once a year by level, after months in post")
    MONTHLY_TERM = "monthly_term", _("A month's amount by level, for a limited term")
    TOP_UP = "top_up", _("A month's amount on top of another payment")
    GRADE_STEPS = "grade_steps", _("Steps of the pay grade by level")
    INDEX_SHARE = "index_share", _("A share of a published index")
    SUB_GRADES = "sub_grades", _("A month's amount by sub-grades inside a level")
    NEW_HIRE = "new_hire", _("Once for the newly hired, with service and commitment")
    TITLE_STIPEND = "title_stipend", _("Stipend of a talent title")
    COST_REFUND = "cost_refund", _("Costs paid back against receipts")
    ORGANISATION_GRANT = "organisation_grant", _("Grant to an organisation")
    RESIDENCE_SUPPLEMENT = "residence_supplement", _("Supplement by place of origin")
    MIXTURE = "mixture", _("Once, and a month's amount for a limited term")
    LOCAL_LEVELS = "local_levels", _("By level, with local certificates below the national ones")
    CO_FUNDED = "co_funded", _("A month's amount by level, shared between governments")


PAY_THEIR_RATE = (Shape.MONTHLY_BY_LEVEL, Shape.MONTHLY_TERM, Shape.TOP_UP, Shape.CO_FUNDED)
"""Shapes whose rate is what a month is paid; of the others it is a step, an index, or paid on a day."""


class Circumstance(TextChoices):
    """What only some shapes ask for, beside certificates, posts, leaves and rates."""

    REGISTRATION = "registration", _("Registration of the certificate")
    APPOINTMENT = "appointment", _("Appointment to a post of the level")
    TITLE = "title", _("Talent title")
    APPRAISAL = "appraisal", _("Appraisal passed")
    RECEIPT = "receipt", _("Receipt")
    CLAIM = "claim", _("Claim handed in")
    CONDITION = "condition", _("Condition found to be met")
    RESIDENCE = "residence", _("Place of origin")
    EVENT = "event", _("Event that is paid for")
    PAID = "paid", _("Paid by another scheme")
    ENDED = "ended", _("Reason for which payment stops")
    INDEX = "index", _("Published index")


class Start(TextChoices):
    """What a certificate must have passed to count."""

    APPROVAL = "approval", _("Its approval")
    MONTH_AFTER = "month_after", _("The month after its approval")
    REGISTRATION = "registration", _("The month of its registration")
    APPOINTMENT = "appointment", _("The month of appointment to its level")


class Stop(TextChoices):
    """For what payment stops, beside the end of the post."""

    RETIREMENT = "retirement", _("Retirement")
    DEATH = "death", _("Death")
    REGISTRATION_LAPSED = "registration_lapsed", _("Registration lapsed")
    FAILED_APPRAISAL = "failed_appraisal", _("Appraisal failed")
    BAD_RECORD = "bad_record", _("Breach of honesty on record")
    MOVED_DISTRICT = "moved_district", _("Moving to another district")


class Establishment(TextChoices):
    """Whether somebody is on the establishment 在编."""

    WITHIN = "within", _("On the establishment")
    OUTSIDE = "outside", _("Not on the establishment")


class CeilingPer(TextChoices):
    """Over what time the ceiling is reckoned for one person."""

    MONTH = "month", _("A month")
    YEAR = "year", _("A year")
    EVER = "ever", _("Altogether")


class Every(TextChoices):
    """How often something is paid."""

    MONTH = "month", _("Every month")
    YEAR = "year", _("Every year")
    ONCE = "once", _("Once")


class GradesBy(TextChoices):
    """What a sub-grade is reached by."""

    MONTHS = "months", _("Months the certificate was held")
    APPRAISALS = "appraisals", _("Appraisals passed")


class Granularity(TextChoices):
    """What is paid: whole months, or days."""

    MONTH = "month", _("Whole months")
    DAY = "day", _("Single days")


class MonthRule(TextChoices):
    """Which months count when whole months are paid."""

    ANY_DAY = "any_day", _("One eligible day earns the month")
    FULL_MONTH = "full_month", _("Every day of the month must be eligible")
    ON_DAY = "on_day", _("One day of the month decides")
    MIN_DAYS = "min_days", _("A least number of eligible days earns the month")


class LevelPick(TextChoices):
    """Which day gives level, rate and district of a whole month."""

    HIGHEST = "highest", _("The first day on which the highest level was held")
    FIRST_DAY = "first_day", _("The first eligible day")
    LAST_DAY = "last_day", _("The last eligible day")


class Effect(TextChoices):
    """From when a certificate or a post counts."""

    SAME_DAY = "same_day", _("From the same day")
    NEXT_MONTH = "next_month", _("From the first day of the following month")


class RecoveryKind(TextChoices):
    """How overpaid money comes back."""

    ALLOW_NEGATIVE = "allow_negative", _("The receivable shows at once")
    OFFSET = "offset", _("Set off against later payments, up to a share of each")


class RunState(TextChoices):
    """The life of a run, in the order of its steps."""

    DRAFT = "draft", _("Draft")
    CHECKED = "checked", _("Checked")
    NOTICED = "noticed", _("On public notice")
    REVIEWED = "reviewed", _("Review passed")
    APPROVED = "approved", _("Approved for payment")
    PAYING = "paying", _("Being paid")
    RECONCILED = "reconciled", _("Reconciled")
    ARCHIVED = "archived", _("Archived")
    REPLACED = "replaced", _("Computed again")


# A returned run is a draft again, in its next round. From APPROVED on nothing goes back.
MOVES: dict[str, set[str]] = {
    RunState.DRAFT: {RunState.CHECKED, RunState.REPLACED},
    RunState.CHECKED: {RunState.NOTICED, RunState.DRAFT},
    RunState.NOTICED: {RunState.REVIEWED, RunState.DRAFT},
    RunState.REVIEWED: {RunState.APPROVED, RunState.DRAFT},
    RunState.APPROVED: {RunState.PAYING, RunState.RECONCILED},
    RunState.PAYING: {RunState.RECONCILED},
    RunState.RECONCILED: {RunState.ARCHIVED},
}


AFTER_APPROVAL = (RunState.APPROVED, RunState.PAYING, RunState.RECONCILED, RunState.ARCHIVED)

FROM_NOTICE = (RunState.NOTICED, RunState.REVIEWED, *AFTER_APPROVAL)
"""What a payee sees of their own lists: those everybody has seen or could see."""


class Step(TextChoices):
    """What somebody did to a run, as its trail names it."""

    COMPUTED = "computed", _("List made")
    CHECKED = "checked", _("List checked")
    NOTICED = "noticed", _("Notice published")
    REVIEWED = "reviewed", _("List reviewed")
    APPROVED = "approved", _("Payment approved")
    RETURNED = "returned", _("Returned for correction")
    PAYING = "paying", _("Payment begun")
    RECONCILED = "reconciled", _("Payments reconciled")
    ARCHIVED = "archived", _("Papers archived")


SIGNING = (Step.COMPUTED, Step.CHECKED, Step.REVIEWED, Step.APPROVED)
"""The steps of which nobody takes two in one round."""


class ObjectionState(TextChoices):
    """What became of an objection."""

    OPEN = "open", _("Awaiting an answer")
    UPHELD = "upheld", _("Upheld")
    REJECTED = "rejected", _("Not upheld")


class RecoveryState(TextChoices):
    """What became of a decision that money is given back."""

    PROPOSED = "proposed", _("Proposed, may be objected to")
    APPROVED = "approved", _("Approved: being recovered")
    WITHDRAWN = "withdrawn", _("Given up")


RECOVERY_MOVES: dict[str, set[str]] = {
    RecoveryState.PROPOSED: {RecoveryState.APPROVED, RecoveryState.WITHDRAWN},
    RecoveryState.APPROVED: {RecoveryState.WITHDRAWN},
}


class PaymentState(TextChoices):
    """Where a payment stands."""

    WITHHELD = "withheld", _("Withheld")
    NO_ACCOUNT = "no_account", _("No account known")
    DUE = "due", _("To be paid")
    SENT = "sent", _("At the bank")
    PAID = "paid", _("Paid out")
    RETURNED = "returned", _("Returned by the bank")
    REISSUED = "reissued", _("Issued anew")
    CANCELLED = "cancelled", _("Cancelled for good")


# What a payee is told of a payment: where it is, and what they can do.
PAYEE_WORDS = {
    PaymentState.WITHHELD: _(
        "Withheld: by facts entered since, less would be due. The finance office decides; ask your district."
    ),
    PaymentState.NO_ACCOUNT: _(
        "No account of yours is known. Tell the office that keeps your file where the money goes."
    ),
    PaymentState.DUE: _("Approved. It goes to the bank with the next file."),
    PaymentState.SENT: _("At the bank. Its answer is awaited."),
    PaymentState.PAID: _("Paid out, says the bank."),
    PaymentState.RETURNED: _(
        "The bank sent it back. Have your account looked at by the office that keeps your file."
    ),
    PaymentState.REISSUED: _("The bank sent it back; it was issued anew, see its next issue."),
    PaymentState.CANCELLED: _("Given up. What is still due to you comes with a later month."),
}
NOTHING_TO_PAY = _("Nothing leaves the account: all of it is set off.")

# A payment of nothing (all of it set off, or only a debt) is born PAID: nothing leaves the account.
PAYMENT_MOVES: dict[str, set[str]] = {
    PaymentState.WITHHELD: {PaymentState.DUE, PaymentState.NO_ACCOUNT, PaymentState.CANCELLED},
    PaymentState.NO_ACCOUNT: {
        PaymentState.DUE,
        PaymentState.WITHHELD,
        PaymentState.CANCELLED,
    },
    PaymentState.DUE: {PaymentState.SENT, PaymentState.WITHHELD, PaymentState.CANCELLED},
    PaymentState.SENT: {PaymentState.PAID, PaymentState.RETURNED},
    PaymentState.PAID: {PaymentState.RETURNED},
    PaymentState.RETURNED: {PaymentState.REISSUED, PaymentState.CANCELLED},
}


class Difference(TextChoices):
    """How somebody's month differs from the month before."""

    NEW = "new", _("New")
    GONE = "gone", _("No longer")
    CHANGED = "changed", _("Amount changed")


class Why(TextChoices):
    """What a difference between two months comes from."""

    CERTIFICATE_APPROVED = "certificate_approved", _("A certificate began to count")
    CERTIFICATE_REVOKED = "certificate_revoked", _("The certificate was revoked")
    POST_BEGUN = "post_begun", _("A post began to count")
    POST_ENDED = "post_ended", _("The post ended")
    MOVED = "moved", _("In post in another district")
    LEVEL = "level", _("Another level")
    RATE = "rate", _("Another rate")
    DAYS = "days", _("Another number of days")
    DIED = "died", _("A death was recorded")
    HELD = "held", _("The allowance was stopped")
    MERGED = "merged", _("The file was merged into another")
    FACTS = "facts", _("Facts were entered or corrected late")


class BankFileState(TextChoices):
    """The life of a file for the bank."""

    MADE = "made", _("File made")
    SENT = "sent", _("Sent to the bank")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Everything answered")


BANK_FILE_MOVES: dict[str, set[str]] = {
    BankFileState.MADE: {BankFileState.SENT},
    BankFileState.SENT: {BankFileState.ANSWERED, BankFileState.CLOSED},
    BankFileState.ANSWERED: {BankFileState.CLOSED},
}


class SettledAs(TextChoices):
    """What a bank's answer says of a payment."""

    PAID = "paid", _("Paid")
    RETURNED = "returned", _("Returned by the bank")
    RETURNED_LATE = "returned_late", _("Returned after it was paid")


class ReturnReason(TextChoices):
    """Why a bank sends money back."""

    HOLDER_DIFFERS = "holder_differs", _("Account and holder do not match")
    ACCOUNT_UNKNOWN = "account_unknown", _("No such account")
    ACCOUNT_CLOSED = "account_closed", _("The account was closed at the bank")
    ACCOUNT_FROZEN = "account_frozen", _("Account frozen or stopped")
    ACCOUNT_DORMANT = "account_dormant", _("Account dormant")
    ACCOUNT_RESTRICTED = "account_restricted", _("Account takes no such payments")
    OVER_LIMIT = "over_limit", _("Over a limit of the account")
    OTHER = "other", _("Another reason")


class AnswerFault(TextChoices):
    """Why a row of an answer, or the whole of it, is not taken."""

    OTHER_FILE = "OTHER_FILE", _("The answer is about another file.")
    OTHER_LAYOUT = "OTHER_LAYOUT", _("This is not how the template says an answer looks.")
    CONTROL_COUNT = "CONTROL_COUNT", _("The number of lines is not the one the file states.")
    CONTROL_TOTAL = "CONTROL_TOTAL", _("The lines do not add up to the total the file states.")
    UNKNOWN_LINE = "UNKNOWN_LINE", _("No payment of this number was in the file.")
    OTHER_AMOUNT = "OTHER_AMOUNT", _("The amount is not the one that was sent.")
    OTHER_ACCOUNT = "OTHER_ACCOUNT", _("The account is not the one that was sent.")
    CONTRADICTS_ITSELF = "CONTRADICTS_ITSELF", _("The file says both paid and returned.")
    PAID_AFTER_RETURN = (
        "PAID_AFTER_RETURN",
        _("It was returned before and is said to be paid now. Ask the bank before anything else."),
    )
    FORMULA = "FORMULA", _("A cell holds a formula. Ask for a file with plain values.")
    SEQ_UNREADABLE = "SEQ_UNREADABLE", _("The number of the payment cannot be read.")
    AMOUNT_UNREADABLE = "AMOUNT_UNREADABLE", _("The amount is no amount of whole fen.")
    ACCOUNT_ROUNDED = (
        "ACCOUNT_ROUNDED",
        _("The account number was rounded by a spreadsheet. Ask for the file as the bank made it."),
    )
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN", _("The template does not know this result.")


class Watched(TextChoices):
    """What the nightly watch looks for."""

    DEATH = "death", _("On a list or paid for months after a death")
    POST_ENDED = "post_ended", _("On a list or paid for months after the last post")
    TWO_DISTRICTS = "two_districts", _("Granted by two districts for one month")
    ONE_ACCOUNT = "one_account", _("One account of two people")
    TWO_POSTS = "two_posts", _("Two posts at once, in two districts or without a reason")
    RETURNED = "returned", _("Sent back by the bank and not settled")
    UNEXPLAINED = "unexplained", _("Paid more than the facts known now explain")


# Who answers a finding, in its place.
FINDING_OWNERS: dict[Watched, Role] = {
    **dict.fromkeys(Watched, Role.DISTRICT),
    Watched.RETURNED: Role.FINANCE,
}


class ScenarioFault(TextChoices):
    """Why a what-if question cannot be asked; said of one of its entries."""

    UNKNOWN = "unknown", _("a scenario has no such entry")
    MISSING = "missing", _("this entry is missing")
    WRONG = "wrong", _("its value cannot be used here")
    MONTHS = "months", _("the months must follow one another, ten years at most")
    NOT_YET = "not_yet", _("facts are known only until this month")
    NO_SCHEME = (
        "no_scheme",
        _("only schemes by the month and the level, with everything known, can be simulated"),
    )


class FindingState(TextChoices):
    """What became of a finding. It is resolved when the watch no longer sees its cause."""

    OPEN = "open", _("To be answered")
    EXPLAINED = "explained", _("Explained")
    RESOLVED = "resolved", _("Cause gone")


FINDING_MOVES: dict[str, set[str]] = {
    FindingState.OPEN: {FindingState.EXPLAINED, FindingState.RESOLVED},
    FindingState.EXPLAINED: {FindingState.RESOLVED},
}

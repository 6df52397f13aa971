"""Choices of the registry."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    """Certificate levels, lowest first."""

    ASSISTANT = "assistant", _("Assistant social worker")
    INTERMEDIATE = "intermediate", _("Intermediate social worker")
    SENIOR = "senior", _("Senior social worker")


class EmployerKind(TextChoices):
    """What kind of employer a post is with, for allowances and figures."""

    COMMUNITY = "community", _("Community")
    AGENCY = "agency", _("Social-work agency")
    INSTITUTION = "institution", _("Public institution")
    GOVERNMENT = "government", _("Government office")
    OTHER = "other", _("Other employer")


class Sex(TextChoices):
    """As the identity document says."""

    FEMALE = "f", _("Female")
    MALE = "m", _("Male")


class IdentityType(TextChoices):
    """Documents that name a person in the registry."""

    RESIDENT_ID = "resident_id", _("Resident identity card")
    HMT_RESIDENCE_PERMIT = (
        "hmt_residence_permit",
        _("Residence permit for HK, Macau and Taiwan residents"),
    )
    TAIWAN_TRAVEL_PERMIT = "taiwan_travel_permit", _("Mainland travel permit for Taiwan residents")
    HM_TRAVEL_PERMIT = "hm_travel_permit", _("Mainland travel permit for HK and Macau residents")
    FOREIGN_RESIDENCE_PERMIT = "foreign_residence_permit", _("Foreigner's permanent residence card")
    PASSPORT = "passport", _("Passport")


# What the end of an employer's name tells of its kind, where a sheet does not say it. First match counts.
EMPLOYER_WORDS: tuple[tuple[str, EmployerKind], ...] = (
    (r"(社区|居民委员会|居委会|村民委员会|村委会|社区工作站)$", EmployerKind.COMMUNITY),
    (r"社会工作|社工|社会服务", EmployerKind.AGENCY),
    (
        r"(街道办事处|街道办|人民政府|委员会|局|法院|检察院|联合会|联合总会|总工会)$",
        EmployerKind.GOVERNMENT,
    ),
    (
        r"(医院|学校|小学|中学|学院|大学|福利院|救助站|救助管理站|养老院|中心)$",
        EmployerKind.INSTITUTION,
    ),
)


class RosterReason(TextChoices):
    """What is wrong with a roster row, beside the reasons any row can have (`RowReason`)."""

    ID_LENGTH = "ID_LENGTH", _("The identity number has too few or too many signs.")
    ID_FORMAT = "ID_FORMAT", _("The identity number holds signs that do not belong there.")
    ID_CHECK_DIGIT = "ID_CHECK_DIGIT", _("The identity number's check digit does not fit.")
    ID_DATE = "ID_DATE", _("The day of birth in the identity number does not exist.")
    ID_15_DIGIT = "ID_15_DIGIT", _("Identity numbers of 15 digits are no longer valid.")
    ID_PRECISION_LOST = (
        "ID_PRECISION_LOST",
        _("A number was stored as an amount and has lost its last digits."),
    )
    ID_PLACE = "ID_PLACE", _("The identity number's place code is unknown.")
    ID_TYPE_UNSUPPORTED = "ID_TYPE_UNSUPPORTED", _("This type of document is not taken.")
    ID_TYPE_MISMATCH = "ID_TYPE_MISMATCH", _("The number does not belong to this type of document.")
    ID_DUP_IN_FILE = "ID_DUP_IN_FILE", _("The same row stands in the file already.")
    ID_DUP_CONFLICT = (
        "ID_DUP_CONFLICT",
        _("Rows with this identity number contradict each other."),
    )
    CERT_NO_CONFLICT = "CERT_NO_CONFLICT", _("Two persons have the same certificate number.")
    TWO_CERTIFICATES = "TWO_CERTIFICATES", _("The person stands in the file with two levels.")
    NAME_INVALID = "NAME_INVALID", _("This is not a person's name.")
    NAME_SUSPICIOUS = "NAME_SUSPICIOUS", _("The name looks unusual.")
    AGE = "AGE", _("The person's age does not fit.")
    LEVEL_UNKNOWN = "LEVEL_UNKNOWN", _("The certificate level is unknown.")
    LEVEL_AMBIGUOUS = (
        "LEVEL_AMBIGUOUS",
        _("The certificate level can be read in more than one way."),
    )
    LEVEL_NOT_HELD = "LEVEL_NOT_HELD", _("The person holds no certificate.")
    DATE_BEFORE_SCHEME = (
        "DATE_BEFORE_SCHEME",
        _("The certificate is dated before there were such certificates."),
    )
    POST_BEFORE_CERT = "POST_BEFORE_CERT", _("The post ended before the certificate was obtained.")
    DISTRICT_UNKNOWN = "DISTRICT_UNKNOWN", _("The district is none of this city.")
    DISTRICT_FORBIDDEN = "DISTRICT_FORBIDDEN", _("You do not import for this district.")
    STREET_UNKNOWN = "STREET_UNKNOWN", _("The street is not known.")
    STREET_MISMATCH = "STREET_MISMATCH", _("The street lies in another district.")


ROSTER_SUGGESTIONS = {
    RosterReason.ID_LENGTH: _("Check the number against the document; a card's has 18 signs."),
    RosterReason.ID_FORMAT: _("Check the number; only the last sign may be an X."),
    RosterReason.ID_CHECK_DIGIT: _("Compare the number with the document digit by digit."),
    RosterReason.ID_DATE: _("Check digits 7 to 14 of the number, the day of birth."),
    RosterReason.ID_15_DIGIT: _("Write the 18-digit number of the present card."),
    RosterReason.ID_PRECISION_LOST: _("Set the column to “text” and type the number again."),
    RosterReason.ID_PLACE: _("Check the first six digits; nothing to do if they are right."),
    RosterReason.ID_TYPE_UNSUPPORTED: _("Give the number of one of the documents in the template."),
    RosterReason.ID_TYPE_MISMATCH: _("Correct the document type or the number."),
    RosterReason.ID_DUP_IN_FILE: _("Nothing to do: the first of the equal rows is taken."),
    RosterReason.ID_DUP_CONFLICT: _("Find out which row is right and delete the other."),
    RosterReason.CERT_NO_CONFLICT: _("Check the certificate numbers of both persons."),
    RosterReason.TWO_CERTIFICATES: _("Check that both certificates exist; both are taken."),
    RosterReason.NAME_INVALID: _("Write the name as in the document."),
    RosterReason.NAME_SUSPICIOUS: _("Compare the name with the document."),
    RosterReason.AGE: _("Check the identity number and the dates."),
    RosterReason.LEVEL_UNKNOWN: _("Write one of the three levels of the template."),
    RosterReason.LEVEL_AMBIGUOUS: _("Write one level in full, one row for each certificate."),
    RosterReason.LEVEL_NOT_HELD: _("Leave people without a certificate out of this roster."),
    RosterReason.DATE_BEFORE_SCHEME: _(
        "Check the approval date; the first examination was in 2008."
    ),
    RosterReason.POST_BEFORE_CERT: _("Check the dates of the post and of the certificate."),
    RosterReason.DISTRICT_UNKNOWN: _("Write the district's name as in the template."),
    RosterReason.DISTRICT_FORBIDDEN: _("Send these rows to the district that keeps them."),
    RosterReason.STREET_UNKNOWN: _("Write the street's full name; the row comes in without it."),
    RosterReason.STREET_MISMATCH: _("Correct the district or the street."),
}


class LeaveKind(TextChoices):
    """Why somebody in post is away for days that do not count."""

    SICK = "sick", _("Sick leave")
    MATERNITY = "maternity", _("Maternity leave")
    UNPAID = "unpaid", _("Unpaid leave")
    SECONDMENT = "secondment", _("Secondment elsewhere")
    STUDY = "study", _("Study leave")
    SUSPENSION = "suspension", _("Suspended from duty")
    OTHER = "other", _("Other leave")


class AccountReason(TextChoices):
    """What is wrong with the account in a row of a list of accounts."""

    ACCOUNT_LENGTH = "ACCOUNT_LENGTH", _("The account number has too few or too many digits.")
    ACCOUNT_FORMAT = "ACCOUNT_FORMAT", _("The account number holds signs that do not belong there.")
    ACCOUNT_LOST_DIGITS = (
        "ACCOUNT_LOST_DIGITS",
        _("The account number was stored as an amount and has lost its last digits."),
    )
    ACCOUNT_CHECK_DIGIT = (
        "ACCOUNT_CHECK_DIGIT",
        _("The card number's check digit does not fit."),
    )
    ACCOUNT_HOLDER = (
        "ACCOUNT_HOLDER",
        _("The account is held under another name than the person's."),
    )


ACCOUNT_SUGGESTIONS = {
    AccountReason.ACCOUNT_LENGTH: _("Compare the number with the card: 12 to 25 digits."),
    AccountReason.ACCOUNT_FORMAT: _("Write digits only."),
    AccountReason.ACCOUNT_LOST_DIGITS: _("Set the column to “text” and type the number again."),
    AccountReason.ACCOUNT_CHECK_DIGIT: _("Compare the number with the card digit by digit."),
    AccountReason.ACCOUNT_HOLDER: _("Check that the account belongs to the person."),
}


class PayReason(TextChoices):
    """What the registry itself says of a row about a leave, an account or a death."""

    PERSON_UNKNOWN = "PERSON_UNKNOWN", _("No file you keep carries this document number.")
    NAME_DIFFERS = "NAME_DIFFERS", _("The identity number is on file under another name.")
    KNOWN_LATER = "KNOWN_LATER", _("A newer statement stands already.")
    LEAVE_ENDS_BEFORE_START = "LEAVE_ENDS_BEFORE_START", _("The leave ends before it begins.")
    LEAVE_OVERLAP = "LEAVE_OVERLAP", _("The days overlap another leave of the person.")
    LEAVE_OUTSIDE_POST = "LEAVE_OUTSIDE_POST", _("Some days of the leave lie in no post.")
    ACCOUNT_ENDS_BEFORE_START = "ACCOUNT_ENDS_BEFORE_START", _("The account ends before it begins.")
    ACCOUNT_OVERLAP = "ACCOUNT_OVERLAP", _("Another account of the person counts on these days.")
    ACCOUNT_SHARED = "ACCOUNT_SHARED", _("Somebody else is paid into the same account.")
    DEATH_BEFORE_BIRTH = "DEATH_BEFORE_BIRTH", _("The day of death lies before the day of birth.")
    DEATH_KNOWN = "DEATH_KNOWN", _("The person is on file as having died on another day.")


PAY_SUGGESTIONS = {
    PayReason.PERSON_UNKNOWN: _("Check the number; people come in with the roster first."),
    PayReason.NAME_DIFFERS: _("Check the number; a changed name is changed on the person's page."),
    PayReason.KNOWN_LATER: _("Import it for today, or correct it on the person's page."),
    PayReason.LEAVE_ENDS_BEFORE_START: _("Check the dates of the leave."),
    PayReason.LEAVE_OVERLAP: _("Let the earlier leave end first, or correct it."),
    PayReason.LEAVE_OUTSIDE_POST: _("Check the days of the leave and those of the posts."),
    PayReason.ACCOUNT_ENDS_BEFORE_START: _("Check the dates of the account."),
    PayReason.ACCOUNT_OVERLAP: _("Let the new account begin later, or correct the other one."),
    PayReason.ACCOUNT_SHARED: _("Compare the number with the card, or give the reason."),
    PayReason.DEATH_BEFORE_BIRTH: _("Check the dates."),
    PayReason.DEATH_KNOWN: _("Find out which day is right and correct it on the person's page."),
}


class Likeness(TextChoices):
    """What two records share that makes them look like one human's."""

    SAME_NUMBER = "same_number", _("The same identity number, perhaps in its old form")
    SAME_CERTIFICATE = "same_certificate", _("The same certificate or management number")
    SAME_ACCOUNT = "same_account", _("The same account")
    FORMER_NAME = "former_name", _("Called as the other was before, born on the same day")
    SAME_NAME_AND_BIRTH = "same_name_and_birth", _("The same name and day of birth")

    @property
    def weight(self) -> int:
        """How much it tells: what hardly ever happens by chance tells most."""
        return LIKENESS_WEIGHTS[self]


LIKENESS_WEIGHTS = {
    Likeness.SAME_NUMBER: 100,
    Likeness.SAME_CERTIFICATE: 70,
    Likeness.SAME_ACCOUNT: 60,
    Likeness.FORMER_NAME: 50,
    Likeness.SAME_NAME_AND_BIRTH: 40,
}


class RegistrationKind(TextChoices):
    """Whether a certificate is registered for the first time or again."""

    FIRST = "first", _("First registration")
    RENEWAL = "renewal", _("Renewed registration")


class CreditItem(TextChoices):
    """What hours of continuing education were earned by."""

    TRAINING = "training", _("Training with a pass certificate")
    COURSES = "courses", _("Courses of a degree passed")
    DEGREE = "degree", _("Degree in social work obtained")
    RECOGNISED = "recognised", _("Recognised by the authority under local rules")


class RegistrationState(TextChoices):
    """Where somebody's registration stands on a day; words of the field, with what is to be done."""

    NONE = "none", _("Nothing to register")
    FIRST_OPEN = "first_open", _("To be registered")
    FIRST_LATE = "first_late", _("First registration overdue")
    VALID = "valid", _("Registered")
    RENEWABLE = "renewable", _("To be renewed")
    LAPSED = "lapsed", _("Lapsed registration")


class RegistrationAsked(TextChoices):
    """Whose registrations a list shows."""

    VALID = "valid", _("Registered")
    ENDING = "ending", _("Registration ends within 90 days")
    LAPSED = "lapsed", _("Lapsed registration")
    NONE = "none", _("Never registered")


class ClockState(TextChoices):
    """How one of the three clocks stands."""

    DONE = "done", _("In order")
    SOON = "soon", _("Nearly due")
    MISSING = "missing", _("Missing")
    UNKNOWN = "unknown", _("Not settled")


class NotCounted(TextChoices):
    """Why hours do not count in a registration period."""

    OUTSIDE = "outside", _("Earned outside the registration period")
    DEGREE_TWICE = "degree_twice", _("A degree counts once")
    NO_PERIOD = "no_period", _("No registration was in force on the day")


class ClockReason(TextChoices):
    """What the registry itself says of a row about a registration or about hours."""

    REGISTRATION_OVERLAP = (
        "REGISTRATION_OVERLAP",
        _("The days overlap another registration of the person."),
    )
    REGISTRATION_ENDS_BEFORE_START = (
        "REGISTRATION_ENDS_BEFORE_START",
        _("The registration ends before it begins."),
    )
    REGISTRATION_WITHOUT_CERTIFICATE = (
        "REGISTRATION_WITHOUT_CERTIFICATE",
        _("The person holds no certificate of this level on the day."),
    )
    CREDIT_TWICE = "CREDIT_TWICE", _("The same evidence gave this person hours already.")
    CREDIT_OF_ANOTHER = "CREDIT_OF_ANOTHER", _("The evidence belongs to somebody else.")
    CREDIT_HOURS = "CREDIT_HOURS", _("The number of hours cannot be.")
    CREDIT_NOT_YET = "CREDIT_NOT_YET", _("The day lies in the future.")


CLOCK_SUGGESTIONS = {
    ClockReason.REGISTRATION_OVERLAP: _("Check the dates, or correct the registration on file."),
    ClockReason.REGISTRATION_ENDS_BEFORE_START: _("Check the dates of the registration."),
    ClockReason.REGISTRATION_WITHOUT_CERTIFICATE: _(
        "Check level and date; certificates come in with the roster first."
    ),
    ClockReason.CREDIT_TWICE: _("Nothing to do if it is the same event; else give its own number."),
    ClockReason.CREDIT_OF_ANOTHER: _("Compare the number of the evidence with the paper."),
    ClockReason.CREDIT_HOURS: _("Write hours such as 24 or 1.5, at most 400."),
    ClockReason.CREDIT_NOT_YET: _("Check the date."),
}

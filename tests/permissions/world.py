"""A small city with two of everything: here in 思明区, and there in 湖里区."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from huiju.allowances.models import (
    Archive,
    BankFile,
    Finding,
    Hold,
    Notice,
    Objection,
    Payment,
    Recovery,
    RecoveryPart,
    Run,
    RunLine,
    Scenario,
    Scheme,
)
from huiju.allowances.tests.bankfactories import answer, make_bank_file, make_due
from huiju.allowances.tests.factories import (
    make_debt,
    make_finding,
    make_funding,
    make_hold,
    make_notice,
    make_objection,
    make_payment,
    make_recovery,
    make_run,
    make_scenario,
    make_scheme,
)
from huiju.budgets.models import Consent, Entry, Line
from huiju.budgets.tests.factories import make_consent, make_entry
from huiju.budgets.tests.factories import make_line as make_budget_line
from huiju.directory.models import Grant, Organisation, Place, User
from huiju.directory.tests.factories import make_organisation, make_user, place
from huiju.documents.models import StoredFile
from huiju.documents.tests.factories import make_file
from huiju.kernel import clock
from huiju.policies.models import Attachment, ParameterValue, Relation
from huiju.policies.tests.factories import make_document, make_parameter, make_relation, make_value
from huiju.registry.models import (
    BankAccount,
    Certificate,
    Credit,
    Death,
    DifferentPeople,
    IdentityDocument,
    Leave,
    Merge,
    Person,
    Post,
    Registration,
)
from huiju.registry.tests.factories import (
    make_account,
    make_certificate,
    make_credit,
    make_death,
    make_leave,
    make_person,
    make_post,
    make_registration,
)
from huiju.statistics.models import FigureSource, FigureValue, KeptFigure, Publication
from huiju.transfers.models import Export, Import, Progress, SealedRows, StagedRow

MONTH = date(2015, 10, 1)


PASSWORD = "a-password-of-one-s-own"
NOBODYS = 10**9  # the key of no token and no passkey
PARAMETER_ROUTES = [
    f"policies:{name}" for name in ("parameter", "value_new", "propose_value", "confirm_unchanged")
]
VALUE_ROUTES = [
    f"policies:{name}" for name in ("ending_new", "end_value", "confirm_value", "refuse_value")
]
FACTS = ("leave", "account", "death", "registration", "credit")
WORKER_ROUTES = [
    "allowances:person",
    *(
        f"registry:{name}"
        for name in (
            *("worker", "new_post", "add_post", "name", "rename"),
            *(f"{step}_{word}" for word in FACTS for step in ("new", "add")),
            *("comparison", "merge", "tell_apart"),
        )
    ),
]
CERTIFICATE_ROUTES = [
    f"registry:{name}"
    for name in ("certificate", "correct_certificate", "revocation", "revoke_certificate")
]
POST_ROUTES = [f"registry:{name}" for name in ("post", "correct_post", "ending", "end_post")]
MERGE_ROUTES = ["registry:unmerging", "registry:unmerge"]
FACT_ROUTES = {
    f"registry:{name}": word
    for word in FACTS
    for name in (word, f"correct_{word}", f"{word}_withdrawal", f"withdraw_{word}")
} | {"registry:reveal_account": "account"}
BANK_FILE_ROUTES = [
    f"allowances:{name}"
    for name in (
        *("bank_file", "download_bank_file", "send_bank_file"),
        *("upload_answer", "bank_answer", "take_answer"),
    )
]
ANSWER_DIGESTS = ["allowances:bank_answer.digest", "allowances:take_answer.digest"]
RECOVERY_ROUTES = [
    f"allowances:{name}"
    for name in (
        *("recovery", "approve_recovery", "withdraw_recovery", "record_repayment"),
        *("my_recovery", "object_to_recovery"),
    )
]
DEBT_ROUTES = ["allowances:recovery_new", "allowances:propose_recovery"]
PAYMENT_ROUTES = [
    f"allowances:{name}" for name in ("return_truth", "reissue", "let_go", "cancel_payment")
]
SCHEME_ROUTES = [f"allowances:{name}" for name in ("scheme", "scheme_edit", "change_scheme")]
BUDGET_YEAR_ROUTES = [
    f"budgets:{name}" for name in ("year", "open_year", "close_year", "carry", "request_reopening")
]
CONSENT_ROUTES = [f"budgets:{name}" for name in ("approve", "refuse", "withdraw")]
YEAR_ROUTES = [
    f"statistics:{name}"
    for name in ("bulletin", "bulletin_pdf", "bulletin_docx", "bulletin_publish")
]


@dataclass
class Half:
    """One district's records."""

    district: str
    street: str
    agency: Organisation
    person: Person
    document: IdentityDocument
    certificate: Certificate
    post: Post
    leave: Leave
    account: BankAccount
    death: Death
    registration: Registration
    credit: Credit
    merge: Merge
    file: StoredFile
    run: Run
    line: RunLine
    payment: Payment
    recovery: Recovery
    bank_file: BankFile
    objection: Objection
    notice: Notice
    hold: Hold
    finding: Finding
    scenario: Scenario
    source: FigureSource
    kept: KeptFigure
    upload: Import
    export: Export
    grant: Grant
    value: ParameterValue
    attachment: Attachment
    relation: Relation
    budget: Line
    spent: Entry
    consent: Consent

    def samples(self) -> dict[str, Any]:
        """What stands in for the arguments of each route: `<route>` first, else `<package>`."""
        policy, publication = self.value.document, self.source.figure_value.publication
        return {
            "api": NOBODYS,
            "": NOBODYS,
            "allowances": self.run.pk,
            "allowances:line": self.line.pk,
            "allowances:answer": self.objection.pk,
            **dict.fromkeys(BANK_FILE_ROUTES, self.bank_file.pk),
            **dict.fromkeys(SCHEME_ROUTES, self.run.scheme_id),
            **dict.fromkeys(PAYMENT_ROUTES, self.payment.pk),
            **dict.fromkeys(RECOVERY_ROUTES, self.recovery.pk),
            **dict.fromkeys(DEBT_ROUTES, self.person.pk),
            **{f"{route}.scheme": self.run.scheme_id for route in DEBT_ROUTES},
            **{f"{route}.place": self.run.place_id for route in DEBT_ROUTES},
            **dict.fromkeys(ANSWER_DIGESTS, self.bank_file.answers.get().digest),
            "notices": self.notice.token,
            "allowances:my_line": self.line.pk,
            "allowances:my_payment": self.payment.pk,
            "allowances:object_to_payment": self.payment.pk,
            "allowances:slip": self.payment.pk,
            **dict.fromkeys(("allowances:finding", "allowances:explain"), self.finding.pk),
            "budgets": self.budget.pk,
            **dict.fromkeys(("budgets:entry", "budgets:reverse"), self.spent.pk),
            **dict.fromkeys(BUDGET_YEAR_ROUTES, self.budget.fiscal_year_id),
            **dict.fromkeys(CONSENT_ROUTES, self.consent.pk),
            "directory:end_grant": self.grant.pk,
            "directory": self.grant.user_id,
            "policies": policy.pk,
            "policies:attachment": self.attachment.pk,
            "policies:withdraw_relation": self.relation.pk,
            **dict.fromkeys(PARAMETER_ROUTES, self.value.parameter_id),
            **dict.fromkeys(VALUE_ROUTES, self.value.pk),
            "registry:place": self.street,
            "registry:organisation": self.agency.pk,
            "registry:reveal": self.document.pk,
            **dict.fromkeys(WORKER_ROUTES, self.person.pk),
            **dict.fromkeys(CERTIFICATE_ROUTES, self.certificate.pk),
            **dict.fromkeys(POST_ROUTES, self.post.pk),
            **dict.fromkeys(MERGE_ROUTES, self.merge.pk),
            **{route: getattr(self, word).pk for route, word in FACT_ROUTES.items()},
            "statistics": publication.pk,
            "statistics:figure": "registry.certified",
            **dict.fromkeys(YEAR_ROUTES, MONTH.year),
            "transfers": self.upload.pk,
            "api:v1:place": self.street,
            "api:v1:organisation": self.agency.pk,
            "api:v1:worker": self.person.pk,
            "api:v1:figure": "registry.certified",
            "api:v1:import": self.upload.pk,
            "api:v1:import_rows": self.upload.pk,
            "transfers:export_file": self.export.pk,
            "transfers:template": "roster",
            "transfers:ask_export": "workers",
        }


def make_half(district: str, street: str, scheme: Scheme, owner: User) -> Half:
    agency = make_organisation(place=place(street))
    person = make_person(place=place(street))
    certificate, post = (
        make_certificate(person),
        make_post(person, employer=agency, place=place(street)),
    )
    run = Run.objects.create(
        scheme=scheme,
        place=place(district),
        month=MONTH,
        revision=1,
        known_at=clock.now(),
        computed_by=owner,
        computed_at=clock.now(),
    )
    budget = make_budget_line(government=district)
    account, line = make_account(person), make_line(run, person)
    payment = make_payment(person, run=run, account=account)
    make_due(run, payment.amount_fen, (1,))
    bank_file = make_bank_file(run)
    answer(bank_file, back={1: ("103", "销户")})
    Archive.objects.create(run=run, name="发放表.pdf", digest="0" * 64, content="JVBERi0=")
    make_funding(scheme, budget, place=place(district))
    return Half(
        district=district,
        street=street,
        agency=agency,
        person=person,
        document=person.documents.get(),
        certificate=certificate,
        post=post,
        leave=make_leave(person),
        account=account,
        death=make_death(person),
        registration=make_registration(person),
        credit=make_credit(person),
        merge=make_twins(person, place(street)),
        file=make_file(in_place=district, by=owner),
        run=run,
        line=line,
        payment=payment,
        recovery=make_asked_back(person, scheme, place(district), owner),
        bank_file=bank_file,
        objection=make_objection(make_notice(run)),
        notice=make_open_notice(scheme, place(district), owner),
        hold=make_hold(person, scheme=scheme),
        finding=make_finding(person, place=place(district)),
        scenario=make_scenario(scheme, place=place(district)),
        source=make_source(district, person, owner),
        kept=make_kept(district),
        upload=make_upload(district, owner),
        export=make_export(district, owner),
        grant=make_user("street", street).grants.get(),
        value=make_value(make_parameter(), date(2015, 1, 1)),
        attachment=make_attachment(district, owner),
        relation=make_relation(make_document(), make_document(), "amends"),
        budget=budget,
        spent=make_entry(budget),
        consent=make_consent(budget),
    )


def make_asked_back(person: Person, scheme: Scheme, where: Place, owner: User) -> Recovery:
    """A debt of which one part was paid back already and another is proposed to be given back."""
    run = make_run(scheme=scheme, place=where, month=date(2015, 12, 1))
    debt = make_debt(person, run=run)
    before = make_recovery(debt, amount_fen=5000, state="approved")
    RecoveryPart.objects.create(
        recovery=before,
        amount_fen=5000,
        received_on=MONTH,
        voucher="1",
        recorded_by=owner,
        recorded_at=clock.now(),
    )
    return make_recovery(debt, amount_fen=5000)


def make_open_notice(scheme: Scheme, where: Place, owner: User) -> Notice:
    """A list of nobody that is on public notice today."""
    run = make_run(scheme=scheme, place=where, month=date(2015, 11, 1))
    for state in ("checked", "noticed"):
        Run.objects.filter(pk=run.pk).update(state=state)
    today = clock.today()
    return make_notice(run, opens_on=today, closes_on=today, published_by=owner)


def make_twins(person: Person, where: Place) -> Merge:
    """Another record of the same human, which somebody once held for somebody else's."""
    twin = make_person(place=where)
    stamps: dict[str, Any] = {"recorded_at": clock.now(), "source": "page"}
    DifferentPeople.objects.create(first=person, second=twin, voided=True, **stamps)
    merge: Merge = Merge.objects.create(from_person=twin, into_person=person, **stamps)
    for record in (person, twin):
        record.survivor = person
        record.save(update_fields=["survivor"])
    return merge


def make_line(run: Run, person: Person) -> RunLine:
    """A line that takes back 200 yuan: it needs no facts."""
    line: RunLine = RunLine.objects.create(
        run=run,
        person=person,
        month=MONTH,
        place=run.place,
        step_due_fen=0,
        step_posted_fen=20_000,
        amount_fen=-20_000,
    )
    return line


def make_source(district: str, person: Person, owner: User) -> FigureSource:
    published: dict[str, Any] = {"known_at": clock.now(), "published_at": clock.now()}
    publication = Publication.objects.create(
        kind="series",
        title=district,
        on=MONTH,
        edition=Publication.objects.count() + 1,
        place=place(district),
        published_by=owner,
        **published,
    )
    value = FigureValue.objects.create(
        publication=publication,
        code="registry.certified",
        version=1,
        on=MONTH,
        value=1,
        unit="person",
    )
    source: FigureSource = FigureSource.objects.create(
        figure_value=value, place=place(district), definition="", digest="0" * 64, keys=[person.pk]
    )
    return source


def make_kept(district: str) -> KeptFigure:
    """Kept figures are the city's; these two are only there to be in reach and out of it."""
    kept: KeptFigure = KeptFigure.objects.create(
        code=district,
        on=MONTH,
        place=place(district),
        release="",
        structure=0,
        reads=[],
        version=0,
        cells=[],
        computed_at=clock.now(),
    )
    return kept


def make_attachment(district: str, owner: User) -> Attachment:
    file = make_file(in_place=district, everybody=True, by=owner)
    made: Attachment = Attachment.objects.create(document=make_document(), file=file)
    return made


def make_upload(district: str, owner: User) -> Import:
    upload: Import = Import.objects.create(
        sheet="roster",
        file_name="名册.xlsx",
        digest="0" * 64,
        size=1,
        place=place(district),
        by=owner,
        at=clock.now(),
        as_of=MONTH,
    )
    Progress.objects.create(source=upload, done=1, total=1)
    SealedRows.objects.create(source=upload, number=0, content="[null]")
    StagedRow.objects.create(
        source=upload, place_in_file=0, sheet_name="名册", row=6, outcome="accepted"
    )
    return upload


def make_export(district: str, owner: User) -> Export:
    export: Export = Export.objects.create(
        listing="workers", owner=owner, place=place(district), asked_at=clock.now()
    )
    return export


@dataclass
class World:
    """Both halves, and one reader of each role in 思明区."""

    here: Half
    there: Half
    readers: dict[str, User]


def make_world() -> World:
    owner = make_user(username="owner")
    scheme = make_scheme(code="walls", rates=False)
    here = make_half("350203", "350203001", scheme, owner)
    there = make_half("350206", "350206001", scheme, owner)
    where: dict[str, Any] = {"city": "350200", "street": here.street, "agency": here.agency}
    readers = {
        role: make_user(
            role, where.get(role, here.district), username=role, person_ref=here.person.pk
        )
        for role in (
            *("city", "district", "street", "agency", "worker"),
            *("reviewer", "finance", "auditor", "administrator"),
        )
    }
    readers["nobody"] = make_user(username="nobody")
    for reader in readers.values():
        reader.set_password(PASSWORD)
        reader.save()
    return World(here, there, readers)

"""A small city with two of everything: here in 思明区, and there in 湖里区."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from huiju.allowances.models import Run, RunLine, Scheme
from huiju.allowances.tests.factories import make_scheme
from huiju.directory.models import Grant, Organisation, User
from huiju.directory.tests.factories import make_organisation, make_user, place
from huiju.documents.models import StoredFile
from huiju.documents.tests.factories import make_file
from huiju.kernel import clock
from huiju.policies.models import Attachment, ParameterValue
from huiju.policies.tests.factories import make_document, make_parameter, make_value
from huiju.registry.models import Certificate, IdentityDocument, Person, Post
from huiju.registry.tests.factories import make_certificate, make_person, make_post
from huiju.statistics.models import FigureSource, FigureValue, Publication
from huiju.transfers.models import Export, Import, Progress, SealedRows, StagedRow

MONTH = date(2015, 10, 1)


PASSWORD = "a-password-of-one-s-own"
NOBODYS = 10**9  # the key of no token and no passkey
PARAMETER_ROUTES = [f"policies:{name}" for name in ("parameter", "value_new", "propose_value")]
VALUE_ROUTES = [
    f"policies:{name}" for name in ("ending_new", "end_value", "confirm_value", "refuse_value")
]
WORKER_ROUTES = [
    f"registry:{name}" for name in ("worker", "new_post", "add_post", "name", "rename")
]
CERTIFICATE_ROUTES = [
    f"registry:{name}"
    for name in ("certificate", "correct_certificate", "revocation", "revoke_certificate")
]
POST_ROUTES = [f"registry:{name}" for name in ("post", "correct_post", "ending", "end_post")]
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
    file: StoredFile
    run: Run
    line: RunLine
    source: FigureSource
    upload: Import
    export: Export
    grant: Grant
    value: ParameterValue
    attachment: Attachment

    def samples(self) -> dict[str, Any]:
        """What stands in for the arguments of each route: `<route>` first, else `<package>`."""
        policy, publication = self.value.document, self.source.figure_value.publication
        return {
            "api": NOBODYS,
            "": NOBODYS,
            "allowances": self.run.pk,
            "allowances:line": self.line.pk,
            "directory:end_grant": self.grant.pk,
            "directory": self.grant.user_id,
            "policies": policy.pk,
            "policies:attachment": self.attachment.pk,
            **dict.fromkeys(PARAMETER_ROUTES, self.value.parameter_id),
            **dict.fromkeys(VALUE_ROUTES, self.value.pk),
            "registry:place": self.street,
            "registry:organisation": self.agency.pk,
            "registry:reveal": self.document.pk,
            **dict.fromkeys(WORKER_ROUTES, self.person.pk),
            **dict.fromkeys(CERTIFICATE_ROUTES, self.certificate.pk),
            **dict.fromkeys(POST_ROUTES, self.post.pk),
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
    return Half(
        district=district,
        street=street,
        agency=agency,
        person=person,
        document=person.documents.get(),
        certificate=certificate,
        post=post,
        file=make_file(in_place=district, by=owner),
        run=run,
        line=make_line(run, person),
        source=make_source(district, person, owner),
        upload=make_upload(district, owner),
        export=make_export(district, owner),
        grant=make_user("street", street).grants.get(),
        value=make_value(make_parameter(), date(2015, 1, 1)),
        attachment=make_attachment(district, owner),
    )


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

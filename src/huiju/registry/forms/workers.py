from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from huiju.directory.enums import OrganisationKind, PlaceKind
from huiju.directory.models import Organisation, Place
from huiju.registry.enums import EmployerKind, Level, RegistrationAsked
from huiju.registry.models import Certificate, Post
from huiju.registry.queries import IN_POST, LEFT, NO_LEVEL, WorkerFilter
from huiju.registry.services import CertificateStatement, PostStatement

Choices = list[tuple[Any, Any]]
ANY = ("", _("Any"))


class DayField(forms.DateField):
    """A day, by the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


@dataclass(frozen=True)
class PlaceChoices:
    """Districts, and their streets under the name of each, as a choice offers them."""

    places: dict[str, Place]

    @classmethod
    def valid(cls, *, on: date) -> Self:
        kinds = [PlaceKind.DISTRICT, PlaceKind.STREET]
        rows = Place.objects.in_force(on).filter(kind__in=kinds).order_by("path")
        return cls({place.code: place for place in rows})

    @property
    def districts(self) -> Choices:
        return [(p.code, p.name) for p in self.places.values() if p.kind == PlaceKind.DISTRICT]

    @property
    def streets(self) -> Choices:
        return [
            (name, [(p.code, p.name) for p in self.places.values() if p.code[:6] == code != p.code])
            for code, name in self.districts
        ]


class WorkerFilterForm(forms.Form):
    """The questions the list of workers answers."""

    is_filter = True

    text = forms.CharField(label=_("Name, pinyin or number"), required=False, max_length=40)
    district = forms.ChoiceField(label=_("District"), required=False)
    level = forms.ChoiceField(
        label=_("Level"),
        required=False,
        choices=[ANY, *Level.choices, (NO_LEVEL, _("Without a certificate"))],
    )
    standing = forms.ChoiceField(
        label=_("Post"),
        required=False,
        choices=[ANY, (IN_POST, _("In post")), (LEFT, _("Not in post"))],
    )
    street = forms.ChoiceField(label=_("Street or town"), required=False)
    registration = forms.ChoiceField(
        label=_("Registration"), required=False, choices=[ANY, *RegistrationAsked.choices]
    )
    employer_kind = forms.ChoiceField(
        label=_("Kind of employer"), required=False, choices=[ANY, *EmployerKind.choices]
    )
    field = forms.CharField(label=_("Service field"), required=False, max_length=40)
    on = DayField(label=_("On the day"), required=False)

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data)
        self.today = today
        self.places = PlaceChoices.valid(on=today)
        self.fields["district"].choices = [ANY, *self.places.districts]
        self.fields["street"].choices = [ANY, *self.places.streets]

    @cached_property
    def asked(self) -> WorkerFilter:
        """What the address asks for; what cannot be read is not used."""
        self.full_clean()
        said = self.cleaned_data
        place = said.get("street") or said.get("district")
        return WorkerFilter(
            on=said.get("on") or self.today,
            place=self.places.places[place] if place else None,
            **{
                name: said.get(name, "")
                for name in ("level", "employer_kind", "standing", "field", "text", "registration")
            },
        )


class OrganisationFilterForm(forms.Form):
    """The questions the list of organisations answers."""

    is_filter = True

    text = forms.CharField(label=_("Name, pinyin or credit code"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=_("Kind of organisation"), required=False, choices=[ANY, *OrganisationKind.choices]
    )
    district = forms.ChoiceField(label=_("District"), required=False)

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data)
        self.places = PlaceChoices.valid(on=today)
        self.fields["district"].choices = [ANY, *self.places.districts]


class KnownForm(forms.Form):
    """Which day's knowledge a page shows."""

    is_filter = True

    known = DayField(label=_("As known on"), required=False)


class ReasonForm(forms.Form):
    """A change and the evidence for it."""

    reason = forms.CharField(
        label=_("Reason and evidence"),
        max_length=200,
        help_text=_("What is wrong now, and what paper shows it. It stays in the history."),
    )


class CertificateForm(ReasonForm):
    """What a certificate really is."""

    approved_on = DayField(label=_("Approval date"))
    level = forms.ChoiceField(label=_("Level"), choices=Level)
    certificate_no = forms.CharField(label=_("Certificate number"), max_length=40, required=False)
    management_no = forms.CharField(label=_("Management number"), max_length=40, required=False)
    revoked_on = DayField(label=_("Revoked on"), required=False)
    field_order = (
        "level",
        "approved_on",
        "certificate_no",
        "management_no",
        "revoked_on",
        "reason",
    )

    @classmethod
    def of(cls, certificate: Certificate) -> Self:
        names = CertificateStatement.__dataclass_fields__
        return cls(initial={name: getattr(certificate, name) for name in names})

    @property
    def statement(self) -> CertificateStatement:
        names = CertificateStatement.__dataclass_fields__
        return CertificateStatement(**{name: self.cleaned_data[name] for name in names})


class RevocationForm(ReasonForm):
    """The day from which a certificate no longer counts."""

    revoked_on = DayField(label=_("Revoked on"))
    field_order = ("revoked_on", "reason")


class EndForm(ReasonForm):
    """The last day of a post."""

    last_day = DayField(label=_("Last day in post"))
    field_order = ("last_day", "reason")


class NameForm(ReasonForm):
    """A person's name as the identity document has it."""

    name = forms.CharField(label=_("Full name"), max_length=60)
    field_order = ("name", "reason")


class PostForm(ReasonForm):
    """A spell of work; its last day is counted in."""

    place = forms.ChoiceField(label=_("District or street"))
    employer = forms.CharField(
        label=_("Employer"),
        required=False,
        max_length=120,
        help_text=_("The full name, as the list of organisations has it."),
    )
    kind = forms.ChoiceField(
        label=_("Kind of employer"),
        required=False,
        choices=[("", _("As the employer")), *EmployerKind.choices],
    )
    title = forms.CharField(label=_("Post"), required=False, max_length=60)
    established = forms.TypedChoiceField(
        label=_("On establishment"),
        required=False,
        choices=[("", _("Not known")), ("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda said: said == "yes",
        empty_value=None,
    )
    starts_on = DayField(label=_("First day in post"))
    last_day = DayField(
        label=_("Last day in post"), required=False, help_text=_("Empty: still in post.")
    )
    overlap_reason = forms.CharField(
        label=_("Reason for a second post"),
        required=False,
        max_length=200,
        help_text=_("Only where these days overlap another post of the person."),
    )
    field_order = (
        "place",
        "employer",
        "kind",
        "title",
        "established",
        "starts_on",
        "last_day",
        "overlap_reason",
        "reason",
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = PlaceChoices.valid(on=today)
        grouped = [(_("Districts"), self.places.districts), *self.places.streets]
        self.fields["place"].choices = [("", "—"), *grouped]

    @classmethod
    def of(cls, post: Post, *, today: date) -> Self:
        last_day = post.ends_on - timedelta(days=1) if post.ends_on else None
        known = {None: "", True: "yes", False: "no"}
        initial = {
            "place": post.place.code,
            "employer": str(post.employer or ""),
            "kind": post.kind,
            "title": post.title,
            "established": known[post.established],
            "starts_on": post.starts_on,
            "last_day": last_day,
            "overlap_reason": post.overlap_reason,
        }
        return cls(initial=initial, today=today)

    def clean_place(self) -> Place:
        return self.places.places[self.cleaned_data["place"]]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        name, place = said.get("employer"), said.get("place")
        if not name or place is None:
            said["employer"] = None
            return said
        district = self.places.places[place.code[:6]]
        found = Organisation.objects.filter(name=name)
        near = found.filter(place__path__startswith=district.path).first() or found.first()
        if near is None:
            self.add_error("employer", _("No organisation has this name. Look it up in the list."))
        said["employer"] = near
        return said

    @property
    def statement(self) -> PostStatement:
        said = self.cleaned_data
        return PostStatement(
            place=said["place"],
            district=self.places.places[said["place"].code[:6]],
            starts_on=said["starts_on"],
            ends_on=said["last_day"] + timedelta(days=1) if said["last_day"] else None,
            employer=said["employer"],
            kind=said["kind"],
            title=said["title"],
            established=said["established"],
            overlap_reason=said["overlap_reason"],
        )

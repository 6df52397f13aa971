"""Organisations and places with the people in post there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from huiju.directory import queries as directory
from huiju.directory.access import page
from huiju.directory.models import Place
from huiju.kernel import clock
from huiju.registry import queries
from huiju.registry.enums import Level
from huiju.registry.forms import OrganisationFilterForm
from huiju.registry.views.listing import OrganisationTable, SpellTable, StaffTable, percent
from huiju.ui import tables


@page("directory.view_organisations")
def organisations(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    form = OrganisationFilterForm(request.GET, today=today)
    form.full_clean()
    rows = queries.organisations_with_staff(on=today)
    if text := form.cleaned_data.get("text"):
        rows = queries.organisations_named(rows, text)
    if kind := form.cleaned_data.get("kind"):
        rows = rows.filter(kind=kind)
    if code := form.cleaned_data.get("district"):
        rows = rows.filter(place__path__startswith=form.places.places[code].path)
    table = tables.listed(
        request, OrganisationTable(rows.order_by("pinyin")), folded=OrganisationTable.folded
    )
    return render(request, "registry/organisations.html", {"form": form, "table": table})


@page("directory.view_organisations")
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    today = clock.today()
    found = get_object_or_404(directory.organisations(), pk=pk)
    posts = queries.posts_in_force(on=today).filter(employer=found)
    spells = queries.spells_at(found)
    everybody = request.GET.get("staff") == "ever"
    if everybody:
        listing: tables.ListTable = SpellTable(spells.order_by("-starts_on"))
    else:
        people = queries.staff_of(found, on=today)
        listing = StaffTable(people.order_by("pinyin"), on=today)
    return render(
        request,
        "registry/organisation.html",
        {
            "organisation": found,
            "staff": (counts := queries.staff_counts(posts, on=today)),
            "share": percent(counts.certified, counts.total),
            "levels": [(level.label, counts.by_level[level]) for level in Level],
            "table": tables.listed(request, listing, folded=("title", "established", "field")),
            "everybody": everybody,
        },
    )


@page("registry.view")
def place(request: HttpRequest, code: str) -> HttpResponse:
    today = clock.today()
    found = get_object_or_404(Place.objects.select_related("parent"), code=code)
    counts = queries.staff_counts(queries.in_post_at(found, on=today), on=today)
    parts = queries.places_with_staff(found, on=today)
    return render(
        request,
        "registry/place.html",
        {
            "place": found,
            "today": today,
            "staff": counts,
            "share": percent(counts.certified, counts.total),
            "levels": [(level.label, counts.by_level[level]) for level in Level],
            "parts": [(part, percent(part.certified, part.total)) for part in parts],
        },
    )

"""The first page after signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huiju.desk.enums import Tray
from huiju.desk.queries import area, guide, trays
from huiju.directory.access import page
from huiju.kernel import clock


@page("desk.view")
def home(request: HttpRequest) -> HttpResponse:
    on = clock.today()
    place = area.area_of(request.user, on=on)
    lists = trays.trays(request.user, on=on)
    asked = request.GET.get("tray", Tray.TODO)
    tray = Tray(asked) if asked in Tray else Tray.TODO
    return render(
        request,
        "desk/home.html",
        {
            "on": on,
            "grants": request.user.grants_on(on),
            "area": place,
            "tray": tray,
            "entries": lists[tray],
            "counts": [(each, len(lists[each])) for each in Tray],
            "may_export": request.user.holds("transfers.export", on=on),
            "figures": area.key_figures(place, on=on),
            "steps": guide.steps_for(request.user, on=on),
        },
    )

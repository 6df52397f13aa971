"""One search box for people, agencies and policies."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huiju.desk.queries import search as queries
from huiju.directory.access import page
from huiju.kernel import clock


@page("desk.view")
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")
    groups = queries.found(request.user, text, on=clock.today())
    return render(request, "desk/search.html", {"text": text, "groups": groups})

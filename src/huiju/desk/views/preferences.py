"""How a reader wants pages: language and type size, kept in this browser."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from huiju.directory.access import public_page

YEAR_SECONDS = 365 * 86400

language = public_page(set_language)


@public_page
@require_POST
def type_size(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    answer = redirect(back)
    if request.POST.get("size") == "large":
        answer.set_cookie("type", "large", max_age=YEAR_SECONDS, samesite="Lax", httponly=True)
    else:
        answer.delete_cookie("type")
    return answer

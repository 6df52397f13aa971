from django.urls import path

from huiju.budgets.views import changes, consents, lines, years

app_name = "budgets"
urlpatterns = [
    path("", lines.lines, name="lines"),
    path("new/", lines.line_new, name="line_new"),
    path("plan/", lines.plan_line, name="plan_line"),
    path("lines/<int:pk>/", lines.line, name="line"),
    path("lines/<int:pk>/change/", changes.change_new, name="change_new"),
    path("lines/<int:pk>/record/", changes.change_line, name="change_line"),
    path("entries/<int:pk>/", changes.entry, name="entry"),
    path("entries/<int:pk>/reverse/", changes.reverse, name="reverse"),
    path("report/", lines.report, name="report"),
    path("years/", years.years, name="years"),
    path("years/begin/", years.begin, name="begin"),
    path("years/<int:pk>/", years.year, name="year"),
    path("years/<int:pk>/open/", years.open_year, name="open_year"),
    path("years/<int:pk>/close/", years.close_year, name="close_year"),
    path("years/<int:pk>/carry/", years.carry, name="carry"),
    path("years/<int:pk>/reopen/", years.request_reopening, name="request_reopening"),
    path("consents/", consents.consents, name="consents"),
    path("consents/<int:pk>/approve/", consents.approve, name="approve"),
    path("consents/<int:pk>/refuse/", consents.refuse, name="refuse"),
    path("consents/<int:pk>/withdraw/", consents.withdraw, name="withdraw"),
]

from django.urls import path

from huiju.allowances.views import lines, runs

app_name = "allowances"
urlpatterns = [
    path("", runs.runs, name="runs"),
    path("compute/new/", runs.compute_new, name="compute_new"),
    path("compute/", runs.compute, name="compute"),
    path("<int:pk>/", runs.run, name="run"),
    path("<int:pk>/comparison/", runs.comparison, name="comparison"),
    path("lines/<int:pk>/", lines.line, name="line"),
]

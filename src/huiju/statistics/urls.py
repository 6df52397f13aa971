from django.urls import path

from huiju.statistics.views import bulletins, dashboard, figures, publications, targets

app_name = "statistics"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("figures/", figures.catalogue, name="catalogue"),
    path("figures/<str:code>/", figures.figure, name="figure"),
    path("targets/", targets.targets, name="targets"),
    path("publications/", publications.publications, name="publications"),
    path("publications/publish/", publications.publish, name="publish"),
    path("publications/<int:pk>/", publications.publication, name="publication"),
    path("publications/<int:pk>/check/", publications.check, name="check"),
    path("bulletins/<int:year>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<int:year>/bulletin.pdf", bulletins.pdf, name="bulletin_pdf"),
    path("bulletins/<int:year>/bulletin.docx", bulletins.docx, name="bulletin_docx"),
    path("bulletins/<int:year>/publish/", bulletins.publish, name="bulletin_publish"),
]

"""Every path of the site, by package."""

from django.urls import include, path

from huiju.allowances.urls import notice_urlpatterns
from huiju.directory.urls import account_urlpatterns

urlpatterns = [
    path("", include("huiju.desk.urls")),
    path("registry/", include("huiju.registry.urls")),
    path("imports/", include("huiju.transfers.urls")),
    path("policies/", include("huiju.policies.urls")),
    path("documents/", include("huiju.documents.urls")),
    path("allowances/", include("huiju.allowances.urls")),
    path("notices/", include((notice_urlpatterns, "notices"))),
    path("budgets/", include("huiju.budgets.urls")),
    path("statistics/", include("huiju.statistics.urls")),
    path("directory/", include("huiju.directory.urls")),
    path("account/", include(account_urlpatterns)),
    path("", include("huiju.api.urls")),
]

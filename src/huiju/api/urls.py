from django.urls import path

from huiju.api import views
from huiju.api.root import api

app_name = "api"
urlpatterns = [
    path("api/", views.reference, name="reference"),
    path("api/openapi.json", views.openapi, name="openapi"),
    path("api/tokens/", views.tokens, name="tokens"),
    path("api/tokens/create/", views.create_token, name="create_token"),
    path("api/tokens/<int:token_id>/revoke/", views.revoke_token, name="revoke_token"),
    path("api/v1/", api.urls),
]

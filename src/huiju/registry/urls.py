from django.urls import path

from huiju.registry.views import changes, organisations, workers

app_name = "registry"
urlpatterns = [
    path("workers/", workers.workers, name="workers"),
    path("workers/<int:pk>/", workers.worker, name="worker"),
    path("me/", workers.me, name="me"),
    path("workers/<int:pk>/posts/new/", changes.new_post_form, name="new_post"),
    path("workers/<int:pk>/posts/add/", changes.add_post, name="add_post"),
    path("workers/<int:pk>/name/", changes.name_form, name="name"),
    path("workers/<int:pk>/rename/", changes.rename_person, name="rename"),
    path("certificates/<int:pk>/", changes.certificate_form, name="certificate"),
    path("certificates/<int:pk>/correct/", changes.correct_certificate, name="correct_certificate"),
    path("certificates/<int:pk>/revocation/", changes.revocation_form, name="revocation"),
    path("certificates/<int:pk>/revoke/", changes.revoke_certificate, name="revoke_certificate"),
    path("posts/<int:pk>/", changes.post_form, name="post"),
    path("posts/<int:pk>/correct/", changes.correct_post, name="correct_post"),
    path("posts/<int:pk>/ending/", changes.end_form, name="ending"),
    path("posts/<int:pk>/end/", changes.end_post, name="end_post"),
    path("documents/<int:pk>/reveal/", changes.reveal_number, name="reveal"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path("places/<str:code>/", organisations.place, name="place"),
]

from django.urls import path

from huiju.registry.views import changes, merges, organisations, pay, workers

app_name = "registry"
facts = [
    pattern
    for word in pay.PAPERS
    for pattern in (
        path(f"workers/<int:pk>/{word}s/new/", pay.new_form, {"word": word}, name=f"new_{word}"),
        path(f"workers/<int:pk>/{word}s/add/", pay.add, {"word": word}, name=f"add_{word}"),
        path(f"{word}s/<int:pk>/", pay.correction_form, {"word": word}, name=word),
        path(f"{word}s/<int:pk>/correct/", pay.correct, {"word": word}, name=f"correct_{word}"),
        path(
            f"{word}s/<int:pk>/withdrawal/",
            pay.withdrawal_form,
            {"word": word},
            name=f"{word}_withdrawal",
        ),
        path(f"{word}s/<int:pk>/withdraw/", pay.withdraw, {"word": word}, name=f"withdraw_{word}"),
    )
]
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
    *facts,
    path("duplicates/", merges.duplicates, name="duplicates"),
    path("workers/<int:pk>/comparison/", merges.comparison, name="comparison"),
    path("workers/<int:pk>/merge/", merges.merge, name="merge"),
    path("workers/<int:pk>/apart/", merges.tell_apart, name="tell_apart"),
    path("merges/<int:pk>/", merges.unmerge_form, name="unmerging"),
    path("merges/<int:pk>/unmerge/", merges.unmerge, name="unmerge"),
    path("accounts/<int:pk>/reveal/", pay.reveal_account, name="reveal_account"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path("places/<str:code>/", organisations.place, name="place"),
]

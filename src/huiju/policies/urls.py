from django.urls import path

from huiju.policies.views import library, parameters, relations, targets, texts

app_name = "policies"
urlpatterns = [
    path("", library.documents, name="documents"),
    path("new/", library.document_new, name="document_new"),
    path("record/", library.record_document, name="record_document"),
    path("<int:pk>/", library.document, name="document"),
    path("<int:pk>/attach/", library.attach_file, name="attach_file"),
    path("<int:pk>/text/", texts.text_new, name="text_new"),
    path("<int:pk>/text/record/", texts.record_text, name="record_text"),
    path("<int:pk>/relations/new/", relations.relation_new, name="relation_new"),
    path("<int:pk>/relations/record/", relations.record_relation, name="record_relation"),
    path("<int:pk>/targets/new/", targets.target_new, name="target_new"),
    path("<int:pk>/targets/set/", targets.set_target, name="set_target"),
    path("relations/<int:pk>/withdraw/", relations.withdraw_relation, name="withdraw_relation"),
    path("left-behind/", relations.left_behind, name="left_behind"),
    path("attachments/<int:pk>/", library.attachment, name="attachment"),
    path("parameters/", parameters.parameters, name="parameters"),
    path("parameters/new/", parameters.parameter_new, name="parameter_new"),
    path("parameters/define/", parameters.define_parameter, name="define_parameter"),
    path("parameters/<int:pk>/", parameters.parameter, name="parameter"),
    path("parameters/<int:pk>/new/", parameters.value_new, name="value_new"),
    path("parameters/<int:pk>/propose/", parameters.propose_value, name="propose_value"),
    path("parameters/<int:pk>/unchanged/", parameters.confirm_unchanged, name="confirm_unchanged"),
    path("values/", parameters.awaiting, name="awaiting"),
    path("values/<int:pk>/ending/", parameters.ending_new, name="ending_new"),
    path("values/<int:pk>/end/", parameters.end_value, name="end_value"),
    path("values/<int:pk>/confirm/", parameters.confirm_value, name="confirm_value"),
    path("values/<int:pk>/refuse/", parameters.refuse_value, name="refuse_value"),
]

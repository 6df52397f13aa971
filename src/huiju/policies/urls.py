from django.urls import path

from huiju.policies.views import library, parameters

app_name = "policies"
urlpatterns = [
    path("", library.documents, name="documents"),
    path("new/", library.document_new, name="document_new"),
    path("record/", library.record_document, name="record_document"),
    path("<int:pk>/", library.document, name="document"),
    path("<int:pk>/attach/", library.attach_file, name="attach_file"),
    path("attachments/<int:pk>/", library.attachment, name="attachment"),
    path("parameters/", parameters.parameters, name="parameters"),
    path("parameters/new/", parameters.parameter_new, name="parameter_new"),
    path("parameters/define/", parameters.define_parameter, name="define_parameter"),
    path("parameters/<int:pk>/", parameters.parameter, name="parameter"),
    path("parameters/<int:pk>/new/", parameters.value_new, name="value_new"),
    path("parameters/<int:pk>/propose/", parameters.propose_value, name="propose_value"),
    path("values/", parameters.awaiting, name="awaiting"),
    path("values/<int:pk>/ending/", parameters.ending_new, name="ending_new"),
    path("values/<int:pk>/end/", parameters.end_value, name="end_value"),
    path("values/<int:pk>/confirm/", parameters.confirm_value, name="confirm_value"),
    path("values/<int:pk>/refuse/", parameters.refuse_value, name="refuse_value"),
]

from django.urls import path

from huiju.transfers.views import files, imports

app_name = "transfers"
urlpatterns = [
    path("", imports.imports, name="imports"),
    path("new/", imports.new_import, name="new"),
    path("upload/", imports.upload, name="upload"),
    path("<int:import_id>/", imports.one_import, name="import"),
    path("<int:import_id>/apply/", imports.apply, name="apply"),
    path("<int:import_id>/retry/", imports.retry, name="retry"),
    path("<int:import_id>/undo/", imports.undo, name="undo"),
    path("<int:import_id>/discard/", imports.discard, name="discard"),
    path("<int:import_id>/result/", files.result, name="result"),
    path("template/<slug:code>/", files.template, name="template"),
    path("exports/", files.exports, name="exports"),
    path("exports/ask/<str:code>/", files.ask_export, name="ask_export"),
    path("exports/<int:export_id>/", files.export_file, name="export_file"),
]

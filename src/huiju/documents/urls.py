"""Files are read through the pages of what they belong to; this package has no page of its own."""

app_name = "documents"
urlpatterns: list[object] = []

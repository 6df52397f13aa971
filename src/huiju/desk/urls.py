from django.urls import path

from huiju.desk.views import home, preferences, search, style_guide, trail

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("audit/", trail.events, name="events"),
    path("audit/check/", trail.check, name="check"),
    path("language/", preferences.language, name="language"),
    path("type-size/", preferences.type_size, name="type_size"),
    path("ui/", style_guide.style_guide, name="style_guide"),
]

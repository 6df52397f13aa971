from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "huiju.ui"
    label = "ui"

from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "huiju.transfers"

"""Huiju 汇聚: the working ledger of a city's social work."""

__version__ = "0.1.0"

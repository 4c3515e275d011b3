"""The `numbering` application."""

from django.apps import AppConfig


class NumberingConfig(AppConfig):
    """Codes of records."""

    name = "quarterdeck.kernel.numbering"
    label = "numbering"

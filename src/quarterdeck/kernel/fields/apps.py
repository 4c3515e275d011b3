"""The `fields` application."""

from django.apps import AppConfig


class FieldsConfig(AppConfig):
    """Custom fields."""

    name = "quarterdeck.kernel.fields"
    label = "fields"

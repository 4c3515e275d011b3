"""The `tags` application."""

from django.apps import AppConfig


class TagsConfig(AppConfig):
    """Tags on any record."""

    name = "quarterdeck.kernel.tags"
    label = "tags"

"""The `links` application."""

from django.apps import AppConfig


class LinksConfig(AppConfig):
    """Links between any two records."""

    name = "quarterdeck.kernel.links"
    label = "links"

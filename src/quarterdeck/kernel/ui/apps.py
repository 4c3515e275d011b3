"""The Django application of the frame and the components."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Holds templates, template tags and the built assets' manifest; it has no tables."""

    name = "quarterdeck.kernel.ui"
    label = "ui"

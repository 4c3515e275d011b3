"""The Django application of signing in."""

from django.apps import AppConfig


class SigninConfig(AppConfig):
    """Sign-in pages, the first run, one's own preferences."""

    name = "quarterdeck.kernel.signin"
    label = "signin"

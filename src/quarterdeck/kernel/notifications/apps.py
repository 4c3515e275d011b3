"""The Django app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Telling people what concerns them."""

    name = "quarterdeck.kernel.notifications"
    label = "notifications"

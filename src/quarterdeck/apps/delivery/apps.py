"""Starts the app: reckons plans anew after an Undo, enters pages into the navigation, fills slots."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    """Plans of projects."""

    name = "quarterdeck.apps.delivery"
    label = "delivery"
    verbose_name = _("Delivery")

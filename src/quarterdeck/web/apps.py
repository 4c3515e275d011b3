"""Starts the top of the house, which knows everybody."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    """Addresses, navigation and what connects rooms that do not know each other."""

    name = "quarterdeck.web"
    label = "web"
    verbose_name = _("Web")

    def ready(self) -> None:
        """Connect."""
        from quarterdeck.web import wiring

        wiring.connect()

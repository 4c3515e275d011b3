"""Starts the app: offers lessons on the home of projects."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    """Lessons."""

    name = "quarterdeck.apps.knowledge"
    label = "knowledge"
    verbose_name = _("Knowledge")

    def ready(self) -> None:
        """Offer lessons on the home of projects."""
        from quarterdeck.apps.knowledge.pages.offered import card
        from quarterdeck.kernel.ui import slots

        slots.fill("portfolio.initiative.home", render=card, order=50)

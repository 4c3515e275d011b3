"""Starts the app: puts risks, issues and what follows from them on the pages of initiatives."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    """Risks, issues, assumptions, decisions and actions."""

    name = "quarterdeck.apps.governance"
    label = "governance"
    verbose_name = _("Governance")

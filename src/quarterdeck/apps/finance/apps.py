"""Starts the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FinanceConfig(AppConfig):
    """Money of projects."""

    name = "quarterdeck.apps.finance"
    label = "finance"
    verbose_name = _("Money")

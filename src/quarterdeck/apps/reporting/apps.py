"""Starts the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    """Assessments, dashboards and reports."""

    name = "quarterdeck.apps.reporting"
    label = "reporting"
    verbose_name = _("Reporting")

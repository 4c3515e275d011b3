"""Django's entry to this room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """History of every record."""

    name = "quarterdeck.kernel.audit"
    label = "audit"

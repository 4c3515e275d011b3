"""The verbs of this app."""

from quarterdeck.apps.reporting.services.assessing import assess, assess_all, assess_with_ancestors

__all__ = ["assess", "assess_all", "assess_with_ancestors"]

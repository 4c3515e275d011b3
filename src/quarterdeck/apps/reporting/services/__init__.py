"""The verbs of this app."""

from quarterdeck.apps.reporting.services.assessing import assess, assess_all, assess_with_ancestors
from quarterdeck.apps.reporting.services.holding import collected, held

__all__ = ["assess", "assess_all", "assess_with_ancestors", "collected", "held"]

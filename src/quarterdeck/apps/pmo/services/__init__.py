"""Verbs of the office: take over what ships, hand over, escalate."""

from quarterdeck.apps.pmo.services.accountabilities import HandedOver, Installed, hand_over, install
from quarterdeck.apps.pmo.services.escalation import escalate

__all__ = ["HandedOver", "Installed", "escalate", "hand_over", "install"]

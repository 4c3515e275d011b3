"""The records of governance."""

from quarterdeck.apps.governance.models.raid import Action, Assumption, Decision, Issue
from quarterdeck.apps.governance.models.risks import Risk, RiskTask, ScaleLevel

__all__ = ["Action", "Assumption", "Decision", "Issue", "Risk", "RiskTask", "ScaleLevel"]

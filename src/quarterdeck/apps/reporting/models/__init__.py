"""What assessments leave behind, the rules by which they judge, and the manager's own word."""

from quarterdeck.apps.reporting.models.calls import ManagerCall
from quarterdeck.apps.reporting.models.reports import BoardPack, StatusReport
from quarterdeck.apps.reporting.models.rules import HealthRule
from quarterdeck.apps.reporting.models.snapshots import Snapshot

__all__ = ["BoardPack", "HealthRule", "ManagerCall", "Snapshot", "StatusReport"]

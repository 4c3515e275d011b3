"""What plans are made of."""

from quarterdeck.apps.delivery.models.analyses import PlanAnalysis, PlanRisk, Shape, TaskEstimate
from quarterdeck.apps.delivery.models.baselines import Baseline
from quarterdeck.apps.delivery.models.deliverables import Deliverable
from quarterdeck.apps.delivery.models.exchange import PlanFile, PlanImport
from quarterdeck.apps.delivery.models.feeds import PlanFeed
from quarterdeck.apps.delivery.models.interfaces import Interface
from quarterdeck.apps.delivery.models.matches import SourceMatch
from quarterdeck.apps.delivery.models.plans import Plan, PlanCalendar, PlanRevision
from quarterdeck.apps.delivery.models.resources import PlanResource, TaskAssignment
from quarterdeck.apps.delivery.models.tasks import Task, TaskLink

__all__ = [
    "Baseline",
    "Deliverable",
    "Interface",
    "Plan",
    "PlanAnalysis",
    "PlanCalendar",
    "PlanFeed",
    "PlanFile",
    "PlanImport",
    "PlanResource",
    "PlanRevision",
    "PlanRisk",
    "Shape",
    "SourceMatch",
    "Task",
    "TaskAssignment",
    "TaskEstimate",
    "TaskLink",
]

"""What plans are made of."""

from quarterdeck.apps.delivery.models.baselines import Baseline
from quarterdeck.apps.delivery.models.exchange import PlanFile, PlanImport
from quarterdeck.apps.delivery.models.plans import Plan, PlanCalendar, PlanRevision
from quarterdeck.apps.delivery.models.resources import PlanResource, TaskAssignment
from quarterdeck.apps.delivery.models.tasks import Task, TaskLink

__all__ = [
    "Baseline",
    "Plan",
    "PlanCalendar",
    "PlanFile",
    "PlanImport",
    "PlanResource",
    "PlanRevision",
    "Task",
    "TaskAssignment",
    "TaskLink",
]

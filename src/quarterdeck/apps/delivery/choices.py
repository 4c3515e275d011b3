"""Words of the app: kinds of tasks, constraints, links, resources. Values are the names that plan files and the engine
use, so that nothing is translated on the way between them.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class TaskKind(models.TextChoices):
    """What a line of a plan is. Whatever has parts is a summary, whatever it says itself."""

    TASK = "TASK", _("Task")
    MILESTONE = "MILESTONE", _("Milestone")
    SUMMARY = "SUMMARY", _("Summary")
    LEVEL_OF_EFFORT = "LEVEL_OF_EFFORT", _("Level of effort")
    HAMMOCK = "HAMMOCK", _("Hammock")
    START_MILESTONE = "START_MILESTONE", _("Start milestone")


class Constraint(models.TextChoices):
    """The eight date constraints."""

    AS_SOON_AS_POSSIBLE = "AS_SOON_AS_POSSIBLE", _("As soon as possible")
    AS_LATE_AS_POSSIBLE = "AS_LATE_AS_POSSIBLE", _("As late as possible")
    START_NO_EARLIER_THAN = "START_NO_EARLIER_THAN", _("Start no earlier than")
    START_NO_LATER_THAN = "START_NO_LATER_THAN", _("Start no later than")
    FINISH_NO_EARLIER_THAN = "FINISH_NO_EARLIER_THAN", _("Finish no earlier than")
    FINISH_NO_LATER_THAN = "FINISH_NO_LATER_THAN", _("Finish no later than")
    MUST_START_ON = "MUST_START_ON", _("Must start on")
    MUST_FINISH_ON = "MUST_FINISH_ON", _("Must finish on")


class LinkKind(models.TextChoices):
    """Which end of the predecessor binds which end of the successor."""

    FINISH_START = "FINISH_START", _("Finish to start")
    START_START = "START_START", _("Start to start")
    FINISH_FINISH = "FINISH_FINISH", _("Finish to finish")
    START_FINISH = "START_FINISH", _("Start to finish")


class LagUnit(models.TextChoices):
    """How a lag is measured."""

    WORKING = "WORKING", _("Working time")
    ELAPSED = "ELAPSED", _("Elapsed time")
    PERCENT = "PERCENT", _("Percent of the predecessor")


class LagCalendar(models.TextChoices):
    """Whose calendar counts a lag in working time."""

    DIALECT = "DIALECT", _("As the program does")
    PREDECESSOR = "PREDECESSOR", _("The predecessor’s")
    SUCCESSOR = "SUCCESSOR", _("The successor’s")
    PROJECT = "PROJECT", _("The plan’s")
    AROUND_THE_CLOCK = "AROUND_THE_CLOCK", _("Around the clock")


class ResourceKind(models.TextChoices):
    """What a resource is to a plan."""

    WORK = "work", _("People and machines")
    MATERIAL = "material", _("Material")
    COST = "cost", _("Cost")


class DeliverableState(models.TextChoices):
    """Where a deliverable is on its way to being accepted."""

    PLANNED = "planned", _("Planned")
    IN_WORK = "in_work", _("In work")
    SUBMITTED = "submitted", _("Submitted")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Colours of the badges."""
        return {cls.SUBMITTED: "blue", cls.ACCEPTED: "green", cls.REJECTED: "red"}


class InterfaceState(models.TextChoices):
    """Where a promise between two projects is on its way to being kept."""

    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    DELIVERED = "delivered", _("Delivered")
    ACCEPTED = "accepted", _("Accepted")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Colours of the badges."""
        return {cls.AGREED: "blue", cls.DELIVERED: "blue", cls.ACCEPTED: "green"}


class Side(models.TextChoices):
    """The two sides of an interface."""

    GIVER = "giver", _("Giver")
    RECEIVER = "receiver", _("Receiver")


class ServiceStart(models.TextChoices):
    """From which event the service level of a task counts."""

    ORDER = "order", _("Order date of the plan")
    PREDECESSORS = "predecessors", _("Finish of the predecessors")
    DATE = "date", _("Fixed date")


class ServiceState(models.TextChoices):
    """How the service level of a task stands."""

    RUNNING = "running", _("In time")
    AT_RISK = "at_risk", _("At risk")
    BREACHED = "breached", _("Breached")
    MET = "met", _("Met")
    MISSED = "missed", _("Missed")


class Dialect(models.TextChoices):
    """By whose rules a plan is reckoned."""

    MICROSOFT = "microsoft", _("Microsoft Project")
    PRIMAVERA = "primavera", _("Primavera P6")


#: Shorthand of links, as planners type it.
SHORT_KINDS = {
    LinkKind.FINISH_START: "FS",
    LinkKind.START_START: "SS",
    LinkKind.FINISH_FINISH: "FF",
    LinkKind.START_FINISH: "SF",
}
#: Constraints that hold a date.
DATED = frozenset(Constraint) - {Constraint.AS_SOON_AS_POSSIBLE, Constraint.AS_LATE_AS_POSSIBLE}
#: The baseline against which a plan is judged unless another is picked.
FIRST_BASELINE = 0
#: Constraints stronger than the logic of a plan.
HARD = frozenset({Constraint.MUST_START_ON, Constraint.MUST_FINISH_ON})

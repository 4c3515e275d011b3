"""Levelling: schedules within what resources can do (resource-constrained project scheduling, RCPSP).

Calendars of activities and resources, several resources in part, by name or by skill, priorities, work that may be
split, links of all four kinds with lags; the least finish, or the least cost of delay over several projects. The search
follows Hartmann (1998) and Valls, Ballestin & Quintanilla (2005); constraint programming proves or improves.
`smooth` levels peaks without moving the finish.
"""

from quarterdeck.engine.levelling.histogram import usage
from quarterdeck.engine.levelling.problem import (
    Activity,
    Assigned,
    Cause,
    Levelled,
    Move,
    Problem,
    Project,
    Resource,
    Smoothed,
    Usage,
)
from quarterdeck.engine.levelling.smoothing import smooth
from quarterdeck.engine.levelling.solve import level

__all__ = [
    "Activity",
    "Assigned",
    "Cause",
    "Levelled",
    "Move",
    "Problem",
    "Project",
    "Resource",
    "Smoothed",
    "Usage",
    "level",
    "smooth",
    "usage",
]

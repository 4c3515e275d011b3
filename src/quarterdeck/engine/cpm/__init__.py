"""The critical path method: when every task can and must happen, how much room it has, and why.

    plan = Network(tasks, links, calendars, calendar="office", start=minutes(datetime(2026, 1, 5, 8)))
    found = schedule(plan, PRIMAVERA)
    found["B"].start, found["B"].total_float, found.longest_path

`Options` hold the rules, with the dialects `MICROSOFT` and `PRIMAVERA`; `compile_plan` makes a plan ready to be
scheduled often; `Columns` give a plan as NumPy columns, without an object for each task.
"""

from quarterdeck.engine.cpm.columns import NONE, Columns, columns
from quarterdeck.engine.cpm.editing import reschedule
from quarterdeck.engine.cpm.options import (
    MICROSOFT,
    PRIMAVERA,
    AsLate,
    Critical,
    Options,
    OutOfSequence,
    TotalFloat,
)
from quarterdeck.engine.cpm.plan import Plan, compile_plan
from quarterdeck.engine.cpm.results import Dates, Schedule
from quarterdeck.engine.cpm.solving import schedule

__all__ = [
    "MICROSOFT",
    "NONE",
    "PRIMAVERA",
    "AsLate",
    "Columns",
    "Critical",
    "Dates",
    "Options",
    "OutOfSequence",
    "Plan",
    "Schedule",
    "TotalFloat",
    "columns",
    "compile_plan",
    "reschedule",
    "schedule",
]

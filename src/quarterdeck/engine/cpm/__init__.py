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
from quarterdeck.engine.cpm.paths import FloatPath, drag, float_paths
from quarterdeck.engine.cpm.plan import Plan, compile_plan
from quarterdeck.engine.cpm.reasons import Cause, Reason, why
from quarterdeck.engine.cpm.results import Dates, Schedule
from quarterdeck.engine.cpm.solving import schedule
from quarterdeck.engine.cpm.structure import Role

__all__ = [
    "MICROSOFT",
    "NONE",
    "PRIMAVERA",
    "AsLate",
    "Cause",
    "Columns",
    "Critical",
    "Dates",
    "FloatPath",
    "Options",
    "OutOfSequence",
    "Plan",
    "Reason",
    "Role",
    "Schedule",
    "TotalFloat",
    "columns",
    "compile_plan",
    "drag",
    "float_paths",
    "reschedule",
    "schedule",
    "why",
]

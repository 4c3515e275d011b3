"""Which column of a task list is which, by the names that people and programs give them."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from quarterdeck.apps.delivery.exchange.texts import WORDS
from quarterdeck.engine.network import Constraint

#: Field -> names of its column, as `plain` makes them.
NAMES: Final = {
    "id": ("id", "unique id", "no", "nr", "number", "row", "task id", "task no", "line", "#"),
    "code": ("activity id", "activity code", "code", "key", "ref", "reference"),
    "name": ("name", "task name", "task", "activity", "activity name", "title", "description", "summary",
             "work package"),
    "duration": ("duration", "original duration", "planned duration", "at completion duration", "dur"),
    "start": ("start", "start date", "planned start", "begin", "begins", "from", "early start"),
    "finish": ("finish", "end", "finish date", "end date", "planned finish", "planned end", "to", "due", "due date",
               "early finish"),
    "predecessors": ("predecessors", "predecessor", "depends on", "dependencies", "dependency", "pred", "preds",
                     "predecessor details", "after"),
    "successors": ("successors", "successor"),
    "outline_level": ("outline level", "level", "indent"),
    "wbs": ("wbs", "wbs code", "outline number", "outline", "wbs id"),
    "resources": ("resources", "resource", "resource names", "assigned to", "assignee", "assignees", "owner", "who",
                  "responsible"),
    "percent": ("percent complete", "% complete", "complete", "percent", "progress", "done", "%",
                "activity % complete"),
    "work": ("work", "effort", "hours", "planned work", "budgeted labor units"),
    "cost": ("cost", "budget", "total cost", "planned cost", "budgeted total cost"),
    "fixed_cost": ("fixed cost",),
    "actual_start": ("actual start", "actual start date", "started"),
    "actual_finish": ("actual finish", "actual end", "actual finish date", "finished"),
    "remaining": ("remaining duration", "remaining"),
    "baseline_start": ("baseline start", "bl start", "bl project start"),
    "baseline_finish": ("baseline finish", "baseline end", "bl finish", "bl project finish"),
    "baseline_duration": ("baseline duration",),
    "baseline_cost": ("baseline cost",),
    "deadline": ("deadline",),
    "constraint": ("constraint", "constraint type", "primary constraint"),
    "constraint_at": ("constraint date", "primary constraint date"),
    "milestone": ("milestone", "is milestone"),
    "manual": ("task mode", "mode", "manual", "schedule mode"),
    "active": ("active", "is active"),
    "priority": ("priority", "leveling priority"),
    "notes": ("notes", "note", "comment", "comments", "remarks"),
    "total_float": ("total slack", "total float", "slack", "float"),
    "free_float": ("free slack", "free float"),
    "critical": ("critical", "is critical"),
}  # fmt: skip
FIELDS: Final = {name: field for field, names in NAMES.items() for name in names}
#: Constraints by their short names.
CONSTRAINTS: Final = {
    "ASAP": Constraint.AS_SOON_AS_POSSIBLE,
    "ALAP": Constraint.AS_LATE_AS_POSSIBLE,
    "SNET": Constraint.START_NO_EARLIER_THAN,
    "SNLT": Constraint.START_NO_LATER_THAN,
    "FNET": Constraint.FINISH_NO_EARLIER_THAN,
    "FNLT": Constraint.FINISH_NO_LATER_THAN,
    "MSO": Constraint.MUST_START_ON,
    "MFO": Constraint.MUST_FINISH_ON,
}
#: Days of work by other names, in the headings of columns.
DAYS: Final = dict.fromkeys(("workday", "workdays", "weekday", "weekdays", "mandays", "manday"), "d")
#: Priorities as words.
PRIORITIES: Final = {
    "do not level": 1000, "highest": 900, "critical": 900, "very high": 800, "higher": 700, "high": 600, "medium": 500,
    "normal": 500, "low": 400, "lower": 300, "very low": 200, "lowest": 100,
}  # fmt: skip
#: Without one of these a table is no list of tasks.
NEEDED: Final = "name"
#: Lines above the header at most: titles, dates of printing.
ABOVE: Final = 20
#: Characters of a heading that are looked at.
LONG: Final = 200


def plain(heading: object) -> str:
    """Return a heading without case, underlines, units in brackets and marks.

    >>> plain("Task_Name"), plain("Duration (days)"), plain("% Complete")
    ('task name', 'duration', '% complete')
    """
    text = re.sub(r"[\[(].*?[\])]", "", str(heading or "")[:LONG]).replace("_", " ").strip(" *:.\ufeff")
    return re.sub(r"\s+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)).strip().lower()


def unit_of(heading: object) -> str | None:
    """Return the unit that a heading names in brackets; empty where it names none, None where it is not known.

    >>> unit_of("Duration (working days)"), unit_of("Work [man-days]"), unit_of("Duration (elapsed hours)")
    ('d', 'd', 'eh')
    >>> unit_of("Duration"), unit_of("Duration (planned)")
    ('', None)
    """
    found = re.search(r"[\[(]([^\[()\]]*)[\])]", str(heading or "")[:LONG])
    words = re.findall(r"[a-z]+", found[1].lower()) if found else []
    if not words:
        return ""
    unit = DAYS.get(words[-1]) or WORDS.get(words[-1])
    return f"e{unit}" if unit and "elapsed" in words[:-1] else unit


def found_in(row: Sequence[object]) -> dict[int, str]:
    """Return column -> field of a row of headings; the first of two columns that mean the same counts."""
    found: dict[int, str] = {}
    for place, heading in enumerate(row):
        field = FIELDS.get(plain(heading))
        if field and field not in found.values():
            found[place] = field
    return found


def header_at(rows: Sequence[Sequence[object]]) -> int | None:
    """Return which row has the headings: among the first lines that with the most known ones, and a name among them.

    Empty rows do not count.
    """
    best, most = None, 0
    filled = ((at, row) for at, row in enumerate(rows) if any(cell not in ("", None) for cell in row))
    for at, row in islice(filled, ABOVE):
        fields = found_in(row)
        if NEEDED in fields.values() and len(fields) > most:
            best, most = at, len(fields)
    return best

"""Setting one field of a task: what was typed, and what goes with it. Each rule is named for its field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.choices import DATED, Constraint, TaskKind
from quarterdeck.apps.delivery.exchange.texts import Span, TextError, Units, parse_duration
from quarterdeck.apps.delivery.models import Task
from quarterdeck.apps.delivery.selectors import promises
from quarterdeck.apps.delivery.services.reckoning import PlanRefused
from quarterdeck.engine.calendar import instant as instant_of
from quarterdeck.engine.calendar import minutes

#: When a day of work begins and ends where a date is typed without time.
MORNING, EVENING = 480, 1020
FIRST, LAST = minutes(dt.date(1900, 1, 1)), minutes(dt.date(2199, 12, 31))
#: Limits of the board's columns, and how high one may be.
LIMITS: Final = frozenset({"todo_limit", "doing_limit"})
MOST_ON_BOARD: Final = 999
Rule = Callable[[Task, Any, Units], None]


def refuse(task: Task, field: str, message: str) -> PlanRefused:
    """Return the refusal of what was typed in a field of a task."""
    return PlanRefused(message, task=task.pk, field=field)


def instant(task: Task, field: str, value: Any, minute: int) -> int | None:
    """Return a date as typed, or an instant, as an instant; None for nothing. Raises PlanRefused."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refuse(task, field, _("This is no date."))
    if isinstance(value, str):
        try:
            moment = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            raise refuse(task, field, _("“%(text)s” is no date. Write it as 2026-03-17.") % {"text": value}) from None
        minute = moment.hour * 60 + moment.minute if len(value.strip()) > 10 else minute
        value = minutes(moment.date()) + minute
    found = int(value)
    if not FIRST <= found <= LAST:
        raise refuse(task, field, _("The date lies outside of 1900 to 2199."))
    return found


def span(task: Task, field: str, value: Any, units: Units, default: str = "d") -> Span:
    """Return a duration as typed, or minutes. Raises PlanRefused."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = Span(round(value), task.duration_unit)
    else:
        try:
            found = parse_duration(str(value or ""), units, default)
        except TextError as error:
            raise refuse(task, field, str(error)) from error
    if not 0 <= found.minutes <= 1_000_000_000:
        raise refuse(task, field, _("The duration is too long."))
    return found


def _text(task: Task, value: Any, field: str, most: int) -> str:
    text = "" if value is None else str(value)
    if "\x00" in text or len(text) > most:
        raise refuse(task, field, _("This is longer than %(most)d signs.") % {"most": most})
    return text


def _flag(value: Any) -> bool:
    return value in (True, 1) or str(value).strip().casefold() in ("1", "true", "yes")


def set_name(task: Task, value: Any, units: Units) -> None:
    """A task has a name."""
    name = " ".join(_text(task, value, "name", 500).split())
    if not name:
        raise refuse(task, "name", _("Give the task a name."))
    task.name = name


def set_duration(task: Task, value: Any, units: Units) -> None:
    """The work already done stays; what is left changes. No duration makes a milestone."""
    given = span(task, "duration", value, units)
    if task.remaining is not None and task.actual_start is not None and task.actual_finish is None:
        task.remaining = max(0, given.minutes - max(0, task.duration - task.remaining))
    task.duration, task.duration_unit, task.estimated = given.minutes, given.unit, given.estimated
    if task.manual:
        task.manual_finish = None
    _kind_by_length(task)


def _kind_by_length(task: Task) -> None:
    if task.duration == 0 and task.kind == TaskKind.TASK:
        task.kind = TaskKind.MILESTONE
    elif task.duration and task.kind in (TaskKind.MILESTONE, TaskKind.START_MILESTONE):
        task.kind = TaskKind.TASK


def set_start(task: Task, value: Any, units: Units) -> None:
    """A start that was typed holds the task no earlier; once begun, it is when it began."""
    at = instant(task, "start", value, MORNING)
    if task.actual_start is not None and at is not None:
        task.actual_start = at
    elif task.manual:
        task.manual_start = at if at is not None else task.start
        task.manual_finish = None
    elif at is None:
        set_constraint(task, Constraint.AS_SOON_AS_POSSIBLE, units)
    else:
        task.constraint, task.constraint_at = Constraint.START_NO_EARLIER_THAN, at


def set_finish(task: Task, value: Any, units: Units) -> None:
    """A finish that was typed holds the task no earlier; once done, it is when it ended."""
    at = instant(task, "finish", value, EVENING)
    if task.actual_finish is not None and at is not None:
        task.actual_finish = at
    elif at is None:
        set_constraint(task, Constraint.AS_SOON_AS_POSSIBLE, units)
    else:
        task.constraint, task.constraint_at = Constraint.FINISH_NO_EARLIER_THAN, at


def set_constraint(task: Task, value: Any, units: Units) -> None:
    """A constraint with a date takes the date that the task has, unless it has one."""
    name = str(value or Constraint.AS_SOON_AS_POSSIBLE)
    if name not in Constraint.values:
        raise refuse(task, "constraint", _("There is no such constraint."))
    task.constraint = name
    if name not in DATED:
        task.constraint_at = None
    elif task.constraint_at is None:
        task.constraint_at = task.finish if "FINISH" in name else task.start
        if task.constraint_at is None:
            task.constraint_at = task.plan.start


def set_constraint_at(task: Task, value: Any, units: Units) -> None:
    """The date of a constraint; without one there is none."""
    at = instant(task, "constraint_at", value, EVENING if "FINISH" in task.constraint else MORNING)
    if at is None:
        set_constraint(task, Constraint.AS_SOON_AS_POSSIBLE, units)
        return
    task.constraint_at = at
    if task.constraint not in DATED:
        task.constraint = Constraint.START_NO_EARLIER_THAN


def set_deadline(task: Task, value: Any, units: Units) -> None:
    """By when it is to be finished; it binds no date."""
    task.deadline = instant(task, "deadline", value, EVENING)


def set_percent(task: Task, value: Any, units: Units) -> None:
    """Progress begins a task where it stands, and 100 % ends it there."""
    try:
        percent = float(str(value or "0").replace(",", ".").rstrip("% "))
    except ValueError:
        percent = -1.0
    if not 0 <= percent <= 100:
        raise refuse(task, "percent", _("Percent complete lies between 0 and 100."))
    task.percent = percent
    if percent == 0:
        task.actual_start = task.actual_finish = task.remaining = None
        return
    _begin(task)
    if percent == 100:
        _finish(task, task.finish)
    else:
        task.actual_finish = None
        task.remaining = round(task.duration * (100 - percent) / 100)


def _begin(task: Task) -> None:
    """Begin a task where it stands, where it has not begun."""
    if task.actual_start is None:
        task.actual_start = task.start if task.start is not None else task.plan.start


def _finish(task: Task, at: int | None) -> None:
    """End a task at an instant, where it has not ended."""
    begun = task.actual_start if task.actual_start is not None else task.plan.start
    if task.actual_finish is None:
        task.actual_finish = max(begun, at if at is not None else begun)
    task.actual_start = begun
    task.percent, task.remaining = 100.0, 0


def set_actual_start(task: Task, value: Any, units: Units) -> None:
    """Begun, or, with nothing, not begun after all."""
    at = instant(task, "actual_start", value, MORNING)
    if at is None:
        set_percent(task, 0, units)
        return
    if task.actual_finish is not None and at > task.actual_finish:
        raise refuse(task, "actual_start", _("It cannot have started after it finished."))
    task.actual_start = at
    if task.remaining is None and task.actual_finish is None:
        task.remaining = round(task.duration * (100 - task.percent) / 100)


def set_actual_finish(task: Task, value: Any, units: Units) -> None:
    """Ended, or, with nothing, not ended after all: begun still, where it stands if nobody has said when."""
    at = instant(task, "actual_finish", value, EVENING)
    if at is None:
        if task.actual_finish is not None or task.percent >= 100:
            if task.duration:
                _begin(task)
            task.actual_finish, task.percent, task.remaining = None, 0.0, task.duration
        return
    begun = task.actual_start if task.actual_start is not None else task.start
    if task.actual_start is not None and at < task.actual_start:
        raise refuse(task, "actual_finish", _("It cannot have finished before it started."))
    task.actual_start = min(at, begun) if begun is not None else at
    task.actual_finish, task.percent, task.remaining = at, 100.0, 0


def set_remaining(task: Task, value: Any, units: Units) -> None:
    """What is left; what was done stays, so that the duration follows. Nothing left ends the task."""
    left = span(task, "remaining", value, units).minutes
    if left == 0:
        task.actual_start = task.actual_start if task.actual_start is not None else task.start
        _finish(task, task.finish)
        return
    before = task.remaining if task.actual_start is not None and task.remaining is not None else task.duration
    worked = max(0, task.duration - before)
    if worked == 0 and task.actual_start is None:
        task.duration = left
        _kind_by_length(task)
        return
    task.duration, task.remaining, task.actual_finish = worked + left, left, None
    task.percent = round(100 * worked / task.duration, 2)


def set_manual(task: Task, value: Any, units: Units) -> None:
    """By hand a task stays where it stands now."""
    task.manual = _flag(value)
    task.manual_start = task.start if task.manual else None
    task.manual_finish = task.finish if task.manual else None


def set_active(task: Task, value: Any, units: Units) -> None:
    """Out of use a task stays in the plan and counts for nothing."""
    task.active = _flag(value)


def set_priority(task: Task, value: Any, units: Units) -> None:
    """From 0 to 1000; who goes first when people are short."""
    text = str(value if value is not None else "").strip()
    if not text.isdecimal() or int(text) > 1000:
        raise refuse(task, "priority", _("A priority lies between 0 and 1000."))
    task.priority = int(text)


def set_notes(task: Task, value: Any, units: Units) -> None:
    """Whatever is to be known."""
    task.notes = _text(task, value, "notes", 100_000)


def set_wbs(task: Task, value: Any, units: Units) -> None:
    """A code of one's own; without one it is numbered by its place."""
    task.wbs = _text(task, value, "wbs", 200).strip()


def set_kind(task: Task, value: Any, units: Units) -> None:
    """A milestone takes no time; a task that took none takes a day."""
    kind = str(value)
    if kind not in TaskKind.values or kind == TaskKind.SUMMARY:
        raise refuse(task, "kind", _("There is no such kind of task."))
    task.kind = kind
    if kind in (TaskKind.MILESTONE, TaskKind.START_MILESTONE):
        task.duration, task.remaining = 0, None
    elif task.duration == 0:
        task.duration = units.minutes_per_day


def limit(field: str, value: Any) -> int | None:
    """Return how many tasks a column of the board is to hold at most; None for no limit. Raises PlanRefused."""
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) <= MOST_ON_BOARD:
        told = _("A limit lies between 1 and %(most)d, or is left empty.") % {"most": MOST_ON_BOARD}
        raise PlanRefused(told, field=field)
    return int(text)


def set_service(task: Task, value: Any, units: Units) -> None:
    """Within how many working days of which event it is to be finished; with nothing, no service level."""
    try:
        level = promises.parse(_text(task, value, "service", 100))
    except TextError as error:
        raise refuse(task, "service", str(error)) from error
    task.service_days, task.service_from, task.service_at = level.days, level.start, level.at


RULES: Final[dict[str, Rule]] = {
    "name": set_name,
    "duration": set_duration,
    "start": set_start,
    "finish": set_finish,
    "constraint": set_constraint,
    "constraint_at": set_constraint_at,
    "deadline": set_deadline,
    "percent": set_percent,
    "actual_start": set_actual_start,
    "actual_finish": set_actual_finish,
    "remaining": set_remaining,
    "manual": set_manual,
    "active": set_active,
    "priority": set_priority,
    "notes": set_notes,
    "wbs": set_wbs,
    "kind": set_kind,
    "service": set_service,
}
#: What a summary has of its own; all else follows from its parts.
OF_SUMMARIES: Final = frozenset({"name", "notes", "wbs", "priority", "deadline", "predecessors", "resources", "active"})


#: What is told of work that goes on; all else is planning.
OF_PROGRESS: Final = frozenset({"percent", "actual_start", "actual_finish", "remaining", "notes"})


def refuse_future(task: Task, field: str, today: dt.date) -> None:
    """Refuse work that has begun or ended after today, such as progress of what is planned for later."""
    told = [at for at in (task.actual_start, task.actual_finish) if at is not None]
    if not told or max(told) < minutes(today + dt.timedelta(days=1)):
        return
    if field in ("actual_start", "actual_finish"):
        raise refuse(task, field, _("This lies after today."))
    values = {"name": task.name, "day": date_format(instant_of(max(told)), "j M Y")}
    raise refuse(task, field, _("“%(name)s” stands at %(day)s, after today. Say first when it began.") % values)


def set_field(task: Task, field: str, value: Any, units: Units) -> None:
    """Set a field of a task. Raises PlanRefused, naming task and field."""
    RULES[field](task, value, units)

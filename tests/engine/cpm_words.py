"""Short words for plans in tests: times of a week, tasks of hours, links as planners write them."""

import re
from typing import Any

from quarterdeck.engine.calendar import Calendar, five_day, instant
from quarterdeck.engine.cpm import Options, Schedule, schedule
from quarterdeck.engine.network import Link, LinkKind, Network, Task

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
#: Monday 2026-01-05 00:00.
MONDAY = 20_458 * 1440
KINDS = {
    "FS": LinkKind.FINISH_START,
    "SS": LinkKind.START_START,
    "FF": LinkKind.FINISH_FINISH,
    "SF": LinkKind.START_FINISH,
}
OFFICE = five_day("office")
HOUR, DAY = 60, 480


def at(text: str) -> int:
    """The instant of `Tue 13:00`; `Tue+1 13:00` is that of the week after."""
    found = re.fullmatch(r"(\w{3})([+-]\d)? (\d\d):(\d\d)", text)
    assert found is not None
    day = DAYS.index(found[1]) + 7 * int(found[2] or 0)
    return MONDAY + day * 1440 + int(found[3]) * 60 + int(found[4])


def said(minutes: int | None) -> str:
    """The inverse of `at`."""
    if minutes is None:
        return "-"
    week, day = divmod((minutes - MONDAY) // 1440, 7)
    return f"{DAYS[day]}{f'{week:+d}' if week else ''} {instant(minutes):%H:%M}"


def link(text: str, **more: Any) -> Link:
    """The link of `A FS B` or `A SS+60 B`, the lag in minutes."""
    found = re.fullmatch(r"(\S+) (FS|SS|FF|SF)([+-]\d+)? (\S+)", text)
    assert found is not None
    return Link(found[1], found[4], KINDS[found[2]], int(found[3] or 0), **more)


def plan(*lines: Task | Link | str, calendars: dict[Any, Calendar] | None = None, **more: Any) -> Network:
    """A plan on the office calendar that starts on Monday at 08:00, links as objects or text."""
    links = tuple(each if isinstance(each, Link) else link(each) for each in lines if not isinstance(each, Task))
    held: dict[str, Any] = {"calendar": "office", "start": at("Mon 08:00")} | more
    tasks = tuple(each for each in lines if isinstance(each, Task))
    return Network(tasks, links, {"office": OFFICE} | (calendars or {}), **held)


def spans(found: Schedule, *tasks: str) -> dict[str, str]:
    """When each task runs, in words."""
    return {each: f"{said(found[each].start)} - {said(found[each].finish)}" for each in tasks}


def late(found: Schedule, *tasks: str) -> dict[str, str]:
    """How late each task may run, in words."""
    return {each: f"{said(found[each].late_start)} - {said(found[each].late_finish)}" for each in tasks}


def solved(*lines: Task | Link | str, options: Options | None = None, **more: Any) -> Schedule:
    """The schedule of `plan(...)`."""
    network = plan(*lines, **more)
    return schedule(network) if options is None else schedule(network, options)

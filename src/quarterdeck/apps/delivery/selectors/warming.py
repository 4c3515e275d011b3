"""Loads the compiled parts of the engine ahead of the first reader, who would wait a second or two for them."""

from __future__ import annotations

import datetime as dt
from typing import Final

from quarterdeck.engine.calendar import five_day, minutes, timeline
from quarterdeck.engine.cpm import Options, columns, schedule
from quarterdeck.engine.network import Link, LinkKind, Network, Task

START: Final = minutes(dt.date(2026, 1, 5)) + 480


def warm() -> int:
    """Schedule a plan of a few tasks that asks for what plans of the house ask for; return its finish.

    A summary with a chain below it, a lag, a deadline, work begun: as the page, its use and its export reckon.
    """
    office = five_day("office")
    tasks = (
        Task("part"),
        Task("dig", 960, parent="part", actual_start=START, remaining=480),
        Task("pour", 1440, parent="part", deadline=START + 7 * 1440),
        Task("done", 0, parent="part"),
    )
    links = (Link("dig", "pour", lag=480), Link("pour", "done"), Link("dig", "done", LinkKind.START_START))
    found = schedule(columns(Network(tasks, links, {0: office}, 0, START)), Options())
    timeline(office).between(START, found.project_finish)
    return found.project_finish

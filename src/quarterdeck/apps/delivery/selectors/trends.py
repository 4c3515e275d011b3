"""How the dates of milestones wandered from report to report: what the plan said of them on past dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from quarterdeck.apps.delivery.models import Baseline, Plan
from quarterdeck.apps.delivery.selectors.network import held
from quarterdeck.apps.delivery.selectors.past import plans_then, sources_then
from quarterdeck.apps.delivery.selectors.solving import Solved, solved
from quarterdeck.engine.calendar import minutes, timeline
from quarterdeck.engine.cpm import NONE
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import TaskId
from quarterdeck.engine.progress import Trend, milestone_trends
from quarterdeck.kernel import clock

#: Past plans that are reckoned for one chart; of large plans fewer.
REPORTS, REPORTS_OF_LARGE, LARGE = 10, 4, 3000
#: Milestones drawn; those that moved most stay.
MOST: Final = 10
DAY: Final = 1440


@dataclass(frozen=True)
class Wander:
    """One milestone: its name, how it went, and by how many working minutes it moved in all and since the last date."""

    name: str
    trend: Trend
    moved: int
    moved_last: int


@dataclass(frozen=True)
class Trends:
    """The milestones of a plan from date to date; `left_out` how many more there are, `dates` when it was asked."""

    dates: tuple[dt.date, ...]
    wanders: tuple[Wander, ...]
    left_out: int = 0


def days_of(plan: Plan, today: dt.date) -> list[dt.date]:
    """Return on which days the plan is asked: when baselines were taken, weeks apart since it was made, and today."""
    first = clock.local_date(plan.created_at) if plan.created_at else today
    taken = Baseline.objects.filter(plan=plan, taken_at__isnull=False).values_list("taken_at", flat=True)
    marked = {clock.local_date(at) for at in taken if at is not None}
    most = REPORTS if plan.task_count <= LARGE else REPORTS_OF_LARGE
    weeks = max(1, -(-((today - first).days) // (7 * most)))
    spaced = {today - dt.timedelta(weeks=weeks * n) for n in range(most)}
    found = sorted(day for day in {first, today, *marked, *spaced} if first <= day <= today)
    return found if len(found) <= most + 3 else [found[0], *found[-(most + 2) :]]


def trends(plan: Plan, now: Solved, days: Sequence[dt.date]) -> Trends:
    """Return how the milestones of a plan wandered over some days, the last of which is that of `now`.

    The past plans are read together, whatever their number. One that could not be reckoned then tells nothing.
    """
    past = days[:-1]
    moments = [clock.end_of(day) for day in past]
    told: list[tuple[int, Mapping[TaskId, int]]] = []
    if moments:
        for day, then, source in zip(past, plans_then(plan, moments), sources_then(plan, moments), strict=True):
            if then is None:
                continue
            try:
                found = solved(held(then, source=source))
            except EngineError:
                continue
            told.append((_status(day), _milestones(found)))
    here = _milestones(now)
    told.append((_status(days[-1]), here))
    rows, names = now.held.row_of, now.held.rows["name"]
    place = now.held.project
    line = timeline(now.held.calendars[place]) if place >= 0 else None
    wanders = []
    for trend in milestone_trends(told):
        if trend.milestone not in here or not isinstance(trend.milestone, int):
            continue
        dates = [date for _status_, date in trend.points]
        spans = [
            two - one if line is None else int(line.between(one, two))
            for one, two in ((dates[0], dates[-1]), (dates[-2] if len(dates) > 1 else dates[-1], dates[-1]))
        ]
        wanders.append(Wander(str(names[rows[trend.milestone]]), trend, spans[0], spans[1]))
    kept = sorted(range(len(wanders)), key=lambda place: -abs(wanders[place].moved))[:MOST]
    shown = tuple(wanders[place] for place in sorted(kept, key=lambda place: wanders[place].trend.points[-1][1]))
    return Trends(tuple(days), shown, len(wanders) - len(shown))


def _status(day: dt.date) -> int:
    """Return the end of a day as an instant."""
    return minutes(day) + DAY


def _milestones(now: Solved) -> dict[TaskId, int]:
    """Return the finish of each milestone in use by its task."""
    rows = now.held.rows
    told = zip(rows["pk"], rows["duration"], now.leaves.tolist(), now.found["finish"].tolist(), strict=True)
    return {key: finish for key, duration, leaf, finish in told if duration == 0 and leaf and finish != NONE}

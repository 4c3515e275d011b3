"""Status reports of the last two periods, and those that are not where they should be: late, draft, to review."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Sequence
from functools import partial
from typing import Final

from quarterdeck.apps.organisation.selectors import period_on
from quarterdeck.apps.reporting.models import StatusReport
from quarterdeck.apps.reporting.selectors.reports import reviewers
from quarterdeck.apps.reporting.services import reports as services
from quarterdeck.demo.content.initiatives import Project
from quarterdeck.demo.content.reports import ACHIEVED, DECISIONS, NEXT, RETURNED, SUMMARIES
from quarterdeck.demo.portfolio import projects
from quarterdeck.demo.timeline import MONTH
from quarterdeck.demo.world import World
from quarterdeck.kernel.access.actor import Actor

DAY: Final = dt.timedelta(days=1)
#: Of so many running projects, each of these does not publish its last report: nothing written, a draft, to review.
EACH: Final = 12
MISSING, DRAFT, REVIEW, RETURN = 2, 3, 4, 5


def plan(world: World) -> None:
    """Put the reports of the running projects on the timeline; after the assessments of their days."""
    last = world.timeline.today.replace(day=1) - DAY
    before = last.replace(day=1) - DAY
    running = [facts for facts in projects() if facts.end == "active" and facts.manager]
    for number, facts in enumerate(running):
        for end in (before, last):
            if world.day(facts.start) > end.replace(day=1):
                continue
            what = number % EACH if end == last else 0
            if what != MISSING:
                world.timeline.add(_offset(world, end + 4 * DAY), partial(_write, world, facts, end, what))
            if what not in (MISSING, DRAFT, REVIEW, RETURN):
                world.timeline.add(_offset(world, end + 6 * DAY), partial(_publish, world, facts, end))


def _offset(world: World, day: dt.date) -> float:
    """Return a day as months from the present; yesterday for one that is still to come."""
    return min((day - world.timeline.today).days, -1) / MONTH


def _pick(texts: Sequence[str], facts: Project, end: dt.date) -> str:
    return texts[zlib.crc32(f"{facts.name}/{end:%m}".encode()) % len(texts)]


def _write(world: World, facts: Project, end: dt.date, what: int, now: dt.datetime) -> None:
    """Write a report and hand it in, but for the draft that somebody has begun and left."""
    initiative, period = world.initiatives[facts.name], period_on(end)
    if period is None or not initiative.is_open:
        return
    actor = world.actor(world.now_in_charge(facts.manager), now)
    report = services.report_start(initiative=initiative, period=period, actor=actor)
    report.achieved = _pick(ACHIEVED, facts, end)
    if what != DRAFT:
        report.summary = _pick(SUMMARIES[report.health], facts, end)
        report.next_steps = _pick(NEXT, facts, end)
        report.decisions = _pick(DECISIONS.get(report.health, ("",)), facts, end)
    services.report_save(report, actor=actor)
    if what != DRAFT:
        services.report_submit(record=report, actor=actor)
    if what == RETURN:
        services.report_send_back(record=report, reason=RETURNED, actor=_reviewer(report, actor))


def _publish(world: World, facts: Project, end: dt.date, now: dt.datetime) -> None:
    """Have the sponsor publish a report; where nobody sponsors, whoever sets the system up does."""
    found = StatusReport.objects.filter(initiative=world.initiatives[facts.name], period__ends_on=end)
    report = found.select_related("initiative__scope", "period", "submitted_by").first()
    if report is not None and report.state == StatusReport.State.SUBMITTED:
        services.report_publish(record=report, actor=_reviewer(report, world.system(now)))


def _reviewer(report: StatusReport, actor: Actor) -> Actor:
    users = [user for user in reviewers(report.initiative, actor.today) if user != report.submitted_by]
    return Actor(user=users[0], now=actor.now) if users else Actor.system(now=actor.now)

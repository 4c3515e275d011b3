"""What a dashboard shows of a node on a day: its tree as it was known then, and the snapshots up to that day.

Nothing is worked out anew: what was assessed on a past day is shown as it was, whatever has been edited since. What
the reader may not see counts in nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from quarterdeck.apps.finance.selectors.rates import Rates
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.home import place_of
from quarterdeck.apps.portfolio.selectors.roles import leads_of
from quarterdeck.apps.portfolio.selectors.tree import Node
from quarterdeck.apps.reporting.models import Snapshot
from quarterdeck.apps.reporting.selectors.rules import rules_in_force, tailored
from quarterdeck.apps.reporting.selectors.seen import in_whole, of_seen
from quarterdeck.apps.reporting.selectors.snapshots import latest, trend, trends
from quarterdeck.apps.reporting.selectors.trees import UNDER_WAY
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible

WEEK, MONTH, QUARTER = dt.timedelta(days=7), dt.timedelta(days=28), dt.timedelta(days=84)
#: Projects off green whose twelve weeks are drawn.
DRAWN = 80


@dataclass
class Line:
    """A project under way with what was found of it on the day, a week before and four weeks before."""

    record: Initiative
    now: Snapshot
    week: Snapshot | None = None
    month: Snapshot | None = None
    manager: Person | None = None
    past: list[Snapshot] = field(default_factory=list)


@dataclass
class Group:
    """A node with the projects directly below it."""

    record: Initiative
    now: Snapshot | None
    manager: Person | None = None
    lines: list[Line] = field(default_factory=list)


@dataclass
class Board:
    """Everything that the dashboard of a node shows. `partial`: the reader does not see all that is below."""

    record: Initiative
    above: list[Initiative]
    now: Snapshot
    week: Snapshot | None
    past: list[Snapshot]
    groups: list[Group]
    manager: Person | None
    on: dt.date
    partial: bool = False
    ended: list[Line] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        """All projects under way."""
        return [line for group in self.groups for line in group.lines]


def top(*, actor: Actor, scope_id: int | None) -> Initiative | None:
    """Return the initiative at a node, or the topmost that the actor may see."""
    rows = visible(Initiative.objects.all(), actor).select_related("scope").order_by("scope__path")
    at = rows.filter(scope=scope_id).first() if scope_id else None
    return at or rows.exclude(kind=Kind.PROJECT).first() or rows.first()


def board(code: str, *, actor: Actor, on: dt.date, moment: dt.datetime | None) -> Board | None:
    """Return the dashboard of a node as known on a day; None where the actor sees no such node.

    Some dozen queries, whatever the number of projects.
    """
    place = place_of(code, actor=actor, on=on, moment=moment)
    if place is None:
        return None
    nodes = list(place.node.walk())
    ids = [node.record.pk for node in nodes]
    now = latest(ids, on)
    week, month = (latest(ids, on - back, facts=False) for back in (WEEK, MONTH))
    groups = _groups(nodes, now, week, month)
    partial = not in_whole(place.record, actor)
    found = Board(
        record=place.record,
        above=place.above,
        now=now.get(place.record.pk) or Snapshot(initiative=place.record, on=on, state=place.record.state),
        week=week.get(place.record.pk),
        past=[] if partial else trend(place.record, on - QUARTER, on),
        groups=groups,
        manager=None,
        on=on,
        partial=partial,
        ended=_ended(nodes, now, week),
    )
    if partial:
        _sum_seen(found)
    _lead(found)
    drawn = [line for line in found.lines if line.now.colour in ("red", "amber")][:DRAWN]
    known = trends([line.record for line in drawn], on - QUARTER, on)
    for line in drawn:
        line.past = known.get(line.record.pk, [])
    return found


def _groups(
    nodes: list[Node], now: dict[int, Snapshot], week: dict[int, Snapshot], month: dict[int, Snapshot]
) -> list[Group]:
    by_id = {node.record.pk: node.record for node in nodes}
    groups: dict[int, Group] = {}
    for node in nodes:
        record, snapshot = node.record, now.get(node.record.pk)
        if record.kind != Kind.PROJECT or snapshot is None or snapshot.state not in UNDER_WAY:
            continue
        above = by_id.get(record.parent_id or 0, nodes[0].record)
        group = groups.setdefault(above.pk, Group(above, now.get(above.pk)))
        group.lines.append(Line(record, snapshot, week.get(record.pk), month.get(record.pk)))
    order = ("red", "amber", "green", "")
    for group in groups.values():
        group.lines.sort(key=lambda line: (order.index(line.now.colour), -(line.now.days_late or 0), line.record.code))
    return list(groups.values())


def _ended(nodes: list[Node], now: dict[int, Snapshot], week: dict[int, Snapshot]) -> list[Line]:
    """Return the projects that were under way a week before and have ended."""
    return [
        Line(node.record, now[node.record.pk], week[node.record.pk])
        for node in nodes
        if node.record.kind == Kind.PROJECT
        and node.record.pk in week
        and week[node.record.pk].state in UNDER_WAY
        and now[node.record.pk].state not in UNDER_WAY
    ]


def _sum_seen(board: Board) -> None:
    """Put the sums of the projects seen in place of those of the whole node."""
    rates, rules = Rates(board.on), tailored(rules_in_force())
    board.now, board.week = of_seen(board.now, (line.now for line in board.lines), rates=rates, rules=rules), None
    for group in board.groups:
        whole = group.now or Snapshot(initiative=group.record, on=board.on, state=group.record.state)
        group.now = of_seen(whole, (line.now for line in group.lines), rates=rates, rules=rules)


def _lead(board: Board) -> None:
    records = [board.record, *(group.record for group in board.groups), *(line.record for line in board.lines)]
    leads = leads_of(records, on=board.on)
    board.manager = leads[board.record.pk].manager
    for group in board.groups:
        group.manager = leads[group.record.pk].manager
    for line in board.lines:
        line.manager = leads[line.record.pk].manager


@dataclass(frozen=True)
class Milestone:
    """A milestone of a project as an assessment found it; `late` in working days, None without a baseline."""

    record: Initiative
    name: str
    forecast: dt.date
    baseline: dt.date | None
    late: int | None
    task: int


def milestones(lines: Iterable[Line]) -> list[Milestone]:
    """Return the milestones not reached yet that assessments kept, the earliest first."""
    found = [
        Milestone(
            line.record,
            each["name"],
            dt.date.fromisoformat(each["forecast"]),
            _day(each["baseline"]),
            each["late"],
            each["task"],
        )
        for line in lines
        for each in line.now.facts.get("milestones", ())
        if not each["done"]
    ]
    return sorted(found, key=lambda one: (one.forecast, one.record.code, one.name))


def _day(text: Any) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None

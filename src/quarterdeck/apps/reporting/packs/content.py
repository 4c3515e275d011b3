"""What a board pack says: one frozen content of which every form is made, so that none can say another figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from quarterdeck.apps.finance.selectors.rates import Rates
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.home import place_of
from quarterdeck.apps.portfolio.selectors.roles import leads_of
from quarterdeck.apps.portfolio.selectors.tree import Node
from quarterdeck.apps.reporting.choices import Dimension
from quarterdeck.apps.reporting.health_words import worst_reason
from quarterdeck.apps.reporting.models import Snapshot
from quarterdeck.apps.reporting.models.reports import AMOUNTS
from quarterdeck.apps.reporting.selectors import snapshots
from quarterdeck.apps.reporting.selectors.report_facts import milestones
from quarterdeck.apps.reporting.selectors.rules import rules_in_force, tailored
from quarterdeck.apps.reporting.selectors.seen import in_whole, of_seen
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import row_paths
from quarterdeck.kernel.ui import components

#: Days of history that the charts show.
HISTORY = dt.timedelta(days=91)
#: In which order colours are told: what is worst first.
WORST = {"red": 0, "amber": 1, "": 2, "green": 3}
NONE = "–"
#: Milestones told of a project that is off green.
MILESTONES = 6
#: Figures of a project, in the order in which tables state them; those of money are amounts of its currency.
INDICES = ("percent", "spi_t", "spi", "cpi")
#: Closed with the amounts, since it tells of them.
OF_MONEY = frozenset({*AMOUNTS, "cpi"})


@dataclass(frozen=True)
class Milestone:
    """One milestone of a project around the day of the pack."""

    name: str
    baseline: str
    finish: str
    slip: str


@dataclass(frozen=True)
class Line:
    """One initiative: where it stands on the day of the pack. `money` tells whether its amounts are open."""

    code: str
    name: str
    kind: str
    depth: int
    manager: str
    state: str
    ended: bool
    currency: str
    money: bool
    colour: str
    colours: tuple[tuple[str, str], ...]
    own_colour: str
    own_reason: str
    why: str
    planned_finish: dt.date | None
    baseline_finish: dt.date | None
    forecast_finish: dt.date | None
    days_late: int | None
    time_tolerance: int | None
    amounts: tuple[tuple[str, Decimal | None], ...]
    over_budget: Decimal | None
    indices: tuple[tuple[str, float | None], ...]
    projects: int
    reds: int
    ambers: int
    greens: int
    assessed_on: dt.date | None
    milestones: tuple[Milestone, ...] = ()

    @property
    def is_project(self) -> bool:
        """Whether nothing stands below it."""
        return self.kind == Kind.PROJECT

    def amount(self, name: str) -> Decimal | None:
        """Return an amount; None where there is none, or it is closed."""
        return dict(self.amounts).get(name)

    def index(self, name: str) -> float | None:
        """Return an index or percentage; None where there is none, or it is closed."""
        return dict(self.indices).get(name)

    def text(self, name: str) -> str:
        """Return a figure as every form writes it: amounts short, indices to two places; dots where closed."""
        if name in OF_MONEY and not self.money:
            return components.CLOSED
        if name in AMOUNTS:
            return components.money_text(self.amount(name), self.currency, short=True) or NONE
        value = self.index(name)
        if value is None:
            return NONE
        return f"{components.number(value)}%" if name == "percent" else components.number(value, 2)

    def slip(self) -> str:
        """Return how late the forecast is: "+12 d"."""
        return NONE if self.days_late is None else _("%(days)s d") % {"days": components.signed(self.days_late)}

    def finish(self) -> str:
        """Return the expected finish: the forecast, else what was planned."""
        return components.date_text(self.forecast_finish or self.planned_finish) or NONE

    def over(self) -> str:
        """Return the forecast against the budget: "+5.5%"."""
        budget = self.amount("budget")
        if not self.money:
            return components.CLOSED
        if not budget or self.over_budget is None:
            return NONE
        return f"{components.signed(self.over_budget / budget * 100, 1)}%"


@dataclass(frozen=True)
class Point:
    """Where the node stood on one day of its history."""

    on: dt.date
    reds: int
    ambers: int
    greens: int
    pv: float | None
    ev: float | None
    ac: float | None


@dataclass(frozen=True)
class Pack:
    """All that a pack says of a node on a day."""

    node: Line
    above: str
    on: dt.date
    made_at: dt.datetime
    made_by: str
    lines: tuple[Line, ...]
    history: tuple[Point, ...]

    @property
    def title(self) -> str:
        """What the pack is called."""
        return _("%(name)s, board pack %(day)s") % {"name": self.node.name, "day": components.date_text(self.on)}

    @property
    def projects(self) -> tuple[Line, ...]:
        """The projects, in the order of the tree."""
        return tuple(line for line in self.lines if line.is_project)

    @property
    def standing(self) -> tuple[Line, ...]:
        """What has a standing to be shown: all but what has ended and is assessed no more."""
        return tuple(line for line in self.lines if line.colour or not line.ended)

    @property
    def exceptions(self) -> tuple[Line, ...]:
        """The projects that are red or amber: red first, the latest first."""
        off = [line for line in self.projects if line.colour in ("red", "amber")]
        return tuple(sorted(off, key=lambda line: (WORST[line.colour], -(line.days_late or 0), line.code)))

    @property
    def dimensions(self) -> tuple[tuple[str, str], ...]:
        """The dimensions that any line is judged by: key and label."""
        known = {key for line in self.lines for key, _colour in line.colours}
        return tuple((str(one.value), str(one.label)) for one in Dimension if one.value in known)


def content(code: str, *, on: dt.date, actor: Actor) -> Pack | None:
    """Return what there is to say of a node on a day, as far as the actor may see it; None where that is nothing.

    Names, parts and managers are those of the day; of a past one as they were known then.
    """
    moment = clock.end_of(on) if on < actor.today else None
    place = place_of(code.upper(), actor=actor, on=on, moment=moment)
    if place is None:
        return None
    nodes = [place.node, *place.node.below]
    records = [node.record for node in nodes]
    found = snapshots.latest(records, on)
    partial = not in_whole(place.record, actor)
    if partial:
        _sum_seen(nodes, found, on)
    leads = leads_of(records, on=on)
    lines = tuple(
        replace(
            _line(node, found.get(node.record.pk), actor, partial=partial),
            manager=_name(leads[node.record.pk].manager),
            milestones=tuple(_milestones(found.get(node.record.pk))),
        )
        for node in nodes
    )
    history = [] if partial else snapshots.trend(place.record, on - HISTORY, on)
    return Pack(
        node=lines[0],
        above=" · ".join(one.name for one in place.above),
        on=on,
        made_at=actor.now,
        made_by=actor.name,
        lines=lines,
        history=tuple(_points(history, money=lines[0].money)),
    )


def _name(person: object) -> str:
    return str(getattr(person, "name", "")) if person is not None else ""


def _sum_seen(nodes: Sequence[Node], found: dict[int, Snapshot], on: dt.date) -> None:
    """Put the sums of the projects that the reader sees in place of those of whole nodes, as the dashboard does."""
    rates, rules = Rates(on), tailored(rules_in_force())
    for node in nodes:
        if node.record.kind != Kind.PROJECT and node.record.pk in found:
            parts = (each.record.pk for each in node.below if each.record.kind == Kind.PROJECT)
            known = [found[key] for key in parts if key in found]
            found[node.record.pk] = of_seen(found[node.record.pk], known, rates=rates, rules=rules)


def _sees_money(record: Initiative, actor: Actor) -> bool:
    return actor.sees("money", "reporting.snapshot", row_paths(record))


def _line(node: Node, found: Snapshot | None, actor: Actor, *, partial: bool) -> Line:
    record = node.record
    # A sum tells what it is made of.
    money = _sees_money(record, actor) and (not partial or all(_sees_money(each.record, actor) for each in node.below))
    code = record.currency.code if record.currency else ""
    return Line(
        code=record.code,
        name=record.name,
        kind=record.kind,
        depth=node.depth,
        manager="",
        state=record.get_state_display(),
        ended=not record.is_open,
        currency=(found.currency if found else "") or code,
        money=money,
        colour=found.colour if found else "",
        colours=tuple(sorted(found.colours.items())) if found else (),
        own_colour=found.own_colour if found else "",
        own_reason=found.own_reason if found else "",
        why=worst_reason(found, money=money) if found else "",
        planned_finish=record.planned_finish,
        baseline_finish=found.baseline_finish if found else None,
        forecast_finish=found.forecast_finish if found else None,
        days_late=found.days_late if found else None,
        time_tolerance=record.time_tolerance,
        amounts=tuple((name, getattr(found, name) if found and money else None) for name in AMOUNTS),
        over_budget=found.over if found and money else None,
        indices=tuple(
            (name, getattr(found, name) if found and (money or name not in OF_MONEY) else None) for name in INDICES
        ),
        projects=found.projects if found else 0,
        reds=found.reds if found else 0,
        ambers=found.ambers if found else 0,
        greens=found.greens if found else 0,
        assessed_on=found.on if found else None,
    )


def _milestones(found: Snapshot | None) -> Iterable[Milestone]:
    """Yield the milestones of what is red or amber."""
    told = milestones(found) if found is not None and found.colour in ("red", "amber") else []
    for one in told[:MILESTONES]:
        slip = NONE if one["slip"] is None else _("%(days)s d") % {"days": components.signed(one["slip"])}
        dates = (dt.date.fromisoformat(one[name]) if one[name] else None for name in ("baseline", "finish"))
        baseline, finish = (components.date_text(day) or NONE for day in dates)
        yield Milestone(one["name"], baseline, finish, slip)


def _points(history: Iterable[Snapshot], *, money: bool) -> Iterable[Point]:
    """Return one point a week, the last of each, so that charts stay legible."""
    weekly = {(one.on - dt.timedelta(days=one.on.weekday())): one for one in history}
    for one in weekly.values():
        amounts = (float(value) if value is not None and money else None for value in (one.pv, one.ev, one.ac))
        pv, ev, ac = amounts
        yield Point(one.on, one.reds, one.ambers, one.greens, pv, ev, ac)

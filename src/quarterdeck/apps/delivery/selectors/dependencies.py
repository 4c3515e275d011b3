"""The interfaces of a node as a graph: projects, and what goes from one to another."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F

from quarterdeck.apps.delivery.choices import InterfaceState
from quarterdeck.apps.delivery.models import Interface
from quarterdeck.apps.delivery.selectors import interfaces
from quarterdeck.apps.delivery.selectors.interfaces import OPEN, at_node, days_late
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.tree import find, tree_as_of
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible
from quarterdeck.kernel.registers.naming import Openable, openable

#: Interfaces shown at once; beyond it a map shows nothing any more.
MOST = 400


@dataclass(frozen=True)
class Promise:
    """One interface with its dates as of a day; `days` is how late it comes, None where unknown."""

    record: Interface
    given_by: dt.date | None
    needed_by: dt.date | None
    on: dt.date

    @property
    def days(self) -> int | None:
        """Working days late, 0 in time; of what was delivered nothing is late any more."""
        return days_late(self.given_by, self.needed_by, self.on) if self.record.state in OPEN else 0

    @property
    def late(self) -> bool:
        """Whether it is given after it is needed."""
        return bool(self.days)


@dataclass(frozen=True)
class Project:
    """A project on the map: by name, and, where the reader may open it, by code, address and programme."""

    key: int
    name: str
    code: str = ""
    url: str = ""
    programme: str = ""
    programme_code: str = ""


@dataclass(frozen=True)
class Arrow:
    """All that goes from one project to another."""

    giver: int
    receiver: int
    promises: tuple[Promise, ...]

    @property
    def late(self) -> int:
        """How many of them come late."""
        return sum(one.late for one in self.promises)


@dataclass(frozen=True)
class Dependencies:
    """The graph of a node: projects by key, arrows in the order of their names."""

    projects: dict[int, Project]
    arrows: tuple[Arrow, ...]
    more: int = 0

    @property
    def promises(self) -> list[Promise]:
        """Every interface, arrow by arrow, what is needed first at the top."""
        return [one for arrow in self.arrows for one in arrow.promises]


@dataclass(frozen=True)
class Wish:
    """Which of them are asked for: late ones alone, those of one programme or project, those that are done too."""

    late: bool = False
    programme: str = ""
    project: str = ""
    done: bool = False


def node_at(code: str, *, actor: Actor, moment: dt.datetime | None) -> Initiative | None:
    """Return an initiative that the actor may see, as it was at a moment or as it is."""
    if moment is not None:
        rows = records.as_of(Initiative, moment, actor=actor, related=("parent", "unit", "scope"))
        return next((row for row in rows if row.code == code.upper()), None)
    rows_now = visible(Initiative.objects.filter(code=code.upper()), actor)
    return rows_now.select_related("scope", "unit__scope", "parent").first()


def promises(record: Initiative, *, actor: Actor, moment: dt.datetime | None) -> tuple[list[Promise], int]:
    """Return the interfaces at and below a node, and how many more there are; of a past moment as they were then.

    Where there are too many, those that come late are kept first.

    Dates that follow plans are known as of today only: of the past the typed ones alone.
    """
    if moment is None:
        rows = at_node(record, actor=actor).order_by(F("is_late").desc(), "code")
        found = [_promise(row, actor) for row in rows[: MOST + 1]]
        return found[:MOST], rows.count() - MOST if len(found) > MOST else 0
    nodes = tree_as_of(moment, actor=actor, on=actor.today)
    here = find(nodes, record.pk)
    keys = {node.record.pk for node in here.walk()} if here is not None else set()
    then = records.as_of(Interface, moment, actor=actor, related=("giver", "receiver"))
    inside = (row for row in then if keys & {row.giver_id, row.receiver_id})
    past = [
        Promise(
            row,
            row.delivered_on or (None if row.giver_task_id else row.gives_on),
            None if row.receiver_task_id else row.needed_on,
            clock.local_date(moment),
        )
        for row in inside
    ]
    past.sort(key=lambda one: (not one.late, one.record.code))
    return past[:MOST], max(0, len(past) - MOST)


def of_project(record: Initiative, actor: Actor) -> list[Promise]:
    """Return what a project gives and receives today, as far as the actor may see it."""
    rows = interfaces.of_project(record, actor=actor)
    return [_promise(row, actor) for row in rows]


def _promise(row: Interface, actor: Actor) -> Promise:
    told = vars(row)
    return Promise(row, told["given_by"], told["needed_by"], actor.today)


def graph(found: Sequence[Promise], *, actor: Actor, more: int = 0) -> Dependencies:
    """Return interfaces as a graph, in one query more; `more` are left out of it."""
    ends = {end.pk: end for one in found for end in (one.record.giver, one.record.receiver)}
    open_ = openable(actor, [*ends.values(), *(end.parent for end in ends.values() if end.parent is not None)])
    projects = {key: _project(end, open_) for key, end in ends.items()}
    return _arranged(found, projects, more)


def narrowed(found: Dependencies, wish: Wish) -> Dependencies:
    """Return what is asked for of a graph."""
    return _arranged([one for one in found.promises if _wanted(one, found.projects, wish)], found.projects, found.more)


def _arranged(kept: Iterable[Promise], projects: dict[int, Project], more: int) -> Dependencies:
    between: dict[tuple[int, int], list[Promise]] = defaultdict(list)
    for one in kept:
        between[one.record.giver_id, one.record.receiver_id].append(one)
    arrows = [Arrow(giver, receiver, tuple(sorted(told, key=by_need))) for (giver, receiver), told in between.items()]
    arrows.sort(key=lambda arrow: (projects[arrow.giver].name, projects[arrow.receiver].name))
    named = {key for arrow in arrows for key in (arrow.giver, arrow.receiver)}
    return Dependencies({key: one for key, one in projects.items() if key in named}, tuple(arrows), more)


def by_need(one: Promise) -> tuple[dt.date, str]:
    """Order promises by when they are needed."""
    return one.needed_by or dt.date.max, one.record.code


def _project(record: Initiative, open_: Openable) -> Project:
    if record not in open_:
        return Project(record.pk, record.name)
    above = record.parent if record.parent in open_ else None
    return Project(
        record.pk,
        record.name,
        record.code,
        record.url,
        above.name if above is not None else "",
        above.code if above is not None else "",
    )


def _wanted(one: Promise, projects: dict[int, Project], wish: Wish) -> bool:
    ends = (projects[one.record.giver_id], projects[one.record.receiver_id])
    return (
        (wish.done or one.record.state != InterfaceState.ACCEPTED)
        and (not wish.late or one.late)
        and (not wish.programme or any(end.programme_code == wish.programme for end in ends))
        and (not wish.project or any(end.code == wish.project for end in ends))
    )

"""The tree of initiatives: above, below, and rolled up."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from quarterdeck.apps.organisation.models import Office
from quarterdeck.apps.organisation.selectors import office_service_for
from quarterdeck.apps.portfolio.choices import Kind, State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import LEVEL, Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import row_paths, under, visible

INITIATIVE = "portfolio.initiative"


def ancestors(record: Initiative, *, actor: Actor) -> list[Initiative]:
    """Return what an initiative is part of, topmost first, as far as the actor may see it."""
    path = record.scope.path
    above = [path[:end] for end in range(LEVEL, len(path), LEVEL)]
    rows = visible(Initiative.objects.filter(scope__path__in=above), actor)
    return list(rows.order_by("scope__path"))


def office_of(record: Initiative, *, on: dt.date) -> Office | None:
    """Return the office that serves an initiative: the one it names, else that of the nearest node served above it."""
    if record.office_id is not None:
        return record.office
    service = office_service_for(record.scope, on)
    return service.office if service is not None else None


@dataclass
class Node:
    """An initiative with what it holds: projects below and their budgets by currency; `parts` in order of code.

    `closed` tells that the budget of some project below is not shown to the actor: then no total is stated. The
    budgets of cancelled projects are not counted.
    """

    record: Initiative
    projects: int = 0
    open_projects: int = 0
    late_projects: int = 0
    budgets: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    by_state: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    parts: list[Node] = field(default_factory=list)
    depth: int = 0
    closed: bool = False

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, each before its parts."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @property
    def below(self) -> list[Node]:
        """All nodes below this one, each before its parts."""
        return list(self.walk())[1:]


def sees_budget(record: Initiative, actor: Actor) -> bool:
    """Tell whether the actor may see the budget of this initiative."""
    return actor.sees("money", INITIATIVE, row_paths(record))


def tree(*, actor: Actor, scope: Scope | None = None, on: dt.date | None = None) -> list[Node]:
    """Return the visible initiatives at and below a node as a tree, rolled up; four queries, whatever their number.

    An initiative whose parent is not visible stands at the top. `on` is the day on which one is late, today unless
    given.
    """
    rows = under(visible(Initiative.objects.all(), actor), scope)
    # Units and currencies are few: each is read once, not made anew for every row.
    rows = rows.select_related("scope").prefetch_related("currency", "unit__scope")
    return grow(rows, actor=actor, on=on or actor.today)


def tree_as_of(moment: dt.datetime, *, actor: Actor, on: dt.date) -> list[Node]:
    """Return the tree as it was known at a moment; rights are today's. A few queries, whatever the number."""
    related = ("parent", "unit", "office", "currency")
    return grow(records.as_of(Initiative, moment, actor=actor, related=related), actor=actor, on=on)


def grow(rows: Iterable[Initiative], *, actor: Actor, on: dt.date) -> list[Node]:
    """Return initiatives as a tree in order of code, with projects, states and budgets rolled up."""
    nodes = {record.pk: Node(record) for record in sorted(rows, key=lambda record: record.code)}
    top: list[Node] = []
    for node in nodes.values():
        parent = nodes.get(node.record.parent_id or 0)
        (parent.parts if parent else top).append(node)
    for node in top:
        _roll_up(node, 0, actor, on)
    return top


def find(nodes: Iterable[Node], pk: int) -> Node | None:
    """Return the node of an initiative in a tree."""
    return next((node for top in nodes for node in top.walk() if node.record.pk == pk), None)


def _roll_up(node: Node, depth: int, actor: Actor, on: dt.date) -> None:
    record = node.record
    node.depth = depth
    if record.kind == Kind.PROJECT:
        node.projects, node.open_projects = 1, int(record.is_open)
        node.late_projects = int(record.is_late(on))
        node.by_state[record.state] += 1
        node.closed = not sees_budget(record, actor)
        if not node.closed and record.budget is not None and record.state != State.CANCELLED:
            node.budgets[record.currency.code if record.currency else ""] += record.budget
    for part in node.parts:
        _roll_up(part, depth + 1, actor, on)
        _add(node, part)


def _add(parent: Node, node: Node) -> None:
    parent.projects += node.projects
    parent.open_projects += node.open_projects
    parent.late_projects += node.late_projects
    parent.closed = parent.closed or node.closed
    for currency, amount in node.budgets.items():
        parent.budgets[currency] += amount
    for state, count in node.by_state.items():
        parent.by_state[state] += count

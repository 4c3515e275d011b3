"""The tree of initiatives: above, below, and rolled up."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from quarterdeck.apps.organisation.models import Office
from quarterdeck.apps.organisation.selectors import office_service_for
from quarterdeck.apps.portfolio.choices import Kind, State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.access.actor import LEVEL, Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import under, visible


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
    """An initiative with what it holds: projects below and their budgets by currency; `parts` in order of code."""

    record: Initiative
    projects: int = 0
    open_projects: int = 0
    budgets: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    by_state: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    parts: list[Node] = field(default_factory=list)


def tree(*, actor: Actor, scope: Scope | None = None) -> list[Node]:
    """Return the visible initiatives at and below a node as a tree, rolled up; one query, whatever their number.

    An initiative whose parent is not visible stands at the top. Budgets count only where the actor sees money on every
    row; otherwise none is given.
    """
    rows = under(visible(Initiative.objects.all(), actor), scope).select_related("scope", "currency", "unit")
    nodes = {record.pk: Node(record) for record in rows.order_by("scope__path")}
    sees_money = actor.sees_on_all("money", "portfolio.initiative") is True
    top: list[Node] = []
    for node in nodes.values():
        parent = nodes.get(node.record.parent_id or 0)
        (parent.parts if parent else top).append(node)
    # Deepest first, so that every node is whole before it is added to the one above.
    for node in sorted(nodes.values(), key=lambda one: -len(one.record.scope.path)):
        record = node.record
        if record.kind == Kind.PROJECT:
            node.projects, node.open_projects = 1, int(record.is_open)
            node.by_state[record.state] += 1
            if sees_money and record.budget is not None and record.state != State.CANCELLED:
                node.budgets[record.currency.code if record.currency else ""] += record.budget
        parent = nodes.get(record.parent_id or 0)
        if parent is not None:
            _add(parent, node)
    return top


def _add(parent: Node, node: Node) -> None:
    parent.projects += node.projects
    parent.open_projects += node.open_projects
    for currency, amount in node.budgets.items():
        parent.budgets[currency] += amount
    for state, count in node.by_state.items():
        parent.by_state[state] += count

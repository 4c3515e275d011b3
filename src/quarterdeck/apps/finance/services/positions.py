"""Keeping financial positions: of projects as they are reckoned, of nodes as their parts add up.

A position is written whole, one statement for many, and a second one of the same day takes its place: however often an
assessment is cut short and run again, nothing is there twice.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from django.db.models import Q

from quarterdeck.apps.finance.models import Position
from quarterdeck.apps.finance.selectors import positions
from quarterdeck.apps.finance.selectors.money import codes_of_nodes
from quarterdeck.apps.finance.selectors.positions import Into, Reckoned
from quarterdeck.apps.finance.selectors.rates import Rates
from quarterdeck.apps.organisation.selectors import periods_between
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.access.actor import Actor, shortest
from quarterdeck.kernel.access.policy import below

#: Projects reckoned in one go.
BATCH: Final = 50
_KEYS: Final = ("initiative", "on")
_WRITTEN: Final = [
    field.name for field in Position._meta.concrete_fields if not field.primary_key and field.name not in _KEYS
]


def positions_keep(*, known: Reckoned, actor: Actor) -> int:
    """Keep the positions of projects that were reckoned; return how many were written."""
    found = positions.positions_of(known)
    _write(found, actor)
    earlier = Position.objects.filter(initiative__in=[each.initiative_id for each in found], on__lt=known.on)
    held = Q(curve__isnull=False) | Q(categories__isnull=False)
    earlier.filter(held).update(curve=None, categories=None)
    return len(found)


def positions_reckon(*, ids: Sequence[int], actor: Actor) -> int:
    """Reckon projects anew and keep their positions; return how many were written."""
    full = Initiative.objects.select_related("scope", "currency", "unit__scope")
    written = 0
    for start in range(0, len(ids), BATCH):
        batch = list(full.filter(pk__in=ids[start : start + BATCH]).order_by("code"))
        written += positions_keep(known=positions.reckoned(batch, on=actor.today), actor=actor)
    return written


def positions_roll_up(*, nodes: Collection[Initiative], actor: Actor) -> int:
    """Keep the positions of nodes by what was last found of all below them; return how many were written.

    What has no position yet below them gets one first: projects that were never under way, nodes that have ended.
    """
    top = shortest(node.scope.path for node in nodes)
    if not top:
        return 0
    on = actor.today
    full = Initiative.objects.filter(below(top, "scope__")).select_related("scope", "currency", "unit__scope")
    known = positions.latest(full.values_list("pk", flat=True), on, whole=False)
    rows = list(full.values_list("pk", "parent", "kind", "state", "scope__path"))
    missing = [pk for pk, _parent, kind, _state, _path in rows if kind == Kind.PROJECT and pk not in known]
    written = positions_reckon(ids=missing, actor=actor)
    wanted = {node.pk for node in nodes} | {
        pk for pk, _parent, kind, _state, _path in rows if kind != Kind.PROJECT and pk not in known
    }
    if written:
        known = positions.latest((row[0] for row in rows), on, whole=False)
    found = _rolled(list(full.filter(pk__in=wanted)), rows, known, on)
    _write(found, actor)
    return written + len(found)


def _rolled(
    nodes: list[Initiative],
    rows: Sequence[tuple[int, int | None, str, str, str]],
    known: dict[int, Position],
    on: dt.date,
) -> list[Position]:
    """Return the positions of nodes, the deepest first, so that each finds those of its parts."""
    parts: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for pk, parent, _kind, state, _path in rows:
        if parent is not None:
            parts[parent].append((pk, state))
    whole = positions.latest((pk for node in nodes for pk, _state in parts[node.pk]), on)
    projects = [(path, state, known[pk]) for pk, _parent, kind, state, path in rows if kind == Kind.PROJECT]
    curves = [curve for each in whole.values() if (curve := positions.curve_of(each)) is not None]
    ends = (min(curve.days[0] for curve in curves), max(curve.days[-1] for curve in curves)) if curves else (on, on)
    periods, rates, codes = periods_between(*ends), Rates(on), codes_of_nodes(nodes)
    found = []
    for node in sorted(nodes, key=lambda each: -len(each.scope.path)):
        path = node.scope.path
        position = positions.summed_up(
            node,
            [(state, each) for at, state, each in projects if at.startswith(path)],
            [(state, whole[pk]) for pk, state in parts[node.pk]],
            Into(codes[node.pk], rates, periods),
        )
        whole[node.pk] = position
        found.append(position)
    return found


def _write(found: Iterable[Position], actor: Actor) -> None:
    rows = list(found)
    for each in rows:
        each.assessed_at = actor.now
    Position.objects.bulk_create(
        rows, batch_size=200, update_conflicts=True, unique_fields=list(_KEYS), update_fields=_WRITTEN
    )

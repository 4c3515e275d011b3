"""The portfolio map: the tree at the left, its projects as tiles sized by budget or count, or the same as a table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from quarterdeck.apps.portfolio.choices import Kind, State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.pages import words
from quarterdeck.apps.portfolio.selectors import map as selectors
from quarterdeck.apps.portfolio.selectors.late import Late, lateness
from quarterdeck.apps.portfolio.selectors.map import BUDGET, COUNT, Weights
from quarterdeck.apps.portfolio.selectors.tree import INITIATIVE, Node, tree, tree_as_of
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.ui import components
from quarterdeck.kernel.ui.errors import not_shown
from quarterdeck.kernel.ui.frame import Frame, frame_of
from quarterdeck.kernel.ui.request import actor_of
from quarterdeck.kernel.ui.tiles import Tile, treemap

#: How late initiatives are, by their id; those in time are left out.
Lateness = dict[int, Late]
#: Room for the tiles beside the tree, in px.
ROOM = (900, 600)
#: So many projects are drawn one by one; of more, what they are part of is, and each part has its own map.
MANY = 400
#: What the colours mean, in the order of the legend. Late goes before the state.
LEGEND = (
    ("red", gettext_lazy("Late beyond tolerance")),
    ("amber", gettext_lazy("Late within it, or on hold")),
    ("accent", State.ACTIVE.label),
    ("none", State.PIPELINE.label),
    ("green", State.COMPLETED.label),
)


@dataclass(frozen=True)
class Branch:
    """An initiative in the tree at the left."""

    node: Node
    href: str
    current: bool
    open: bool
    parts: list[Branch]


@dataclass(frozen=True)
class Line:
    """One row of the table: a part with what it holds, or a project."""

    node: Node
    href: str
    depth: int
    size: str
    share: str
    projects: int
    badge: str
    late: Late | None


@require_safe
@login_required
def portfolio_map(request: HttpRequest) -> HttpResponse:
    """Show the map of what the actor may see, of one node with `?node=CODE`; `?by=count`, `?show=table`, `?ended=1`."""
    actor, frame = actor_of(request), frame_of(request)
    if not actor.can("view", INITIATIVE):
        raise Http404
    top = _tree(request, actor, frame)
    code = request.GET.get("node", "")
    path = _path_to(top, code) if code else [top[0]] if len(top) == 1 and _is_picked(top[0], frame) else []
    if code and not path:
        raise not_shown(frame)
    here = path[-1] if path else None
    if here is not None and here.record.kind == Kind.PROJECT and len(path) > 1:
        here = path[-2]
        path = path[:-1]
    # Where one portfolio holds everything, its parts say more than a single frame.
    around = here or (top[0] if len(top) == 1 else None)
    shown = top if around is None else around.parts or [around]
    ended = request.GET.get("ended") == "1"
    open_money = selectors.may_weigh_budgets(shown)
    by = COUNT if request.GET.get("by") == COUNT or not open_money else BUDGET
    weights = selectors.weights(shown, by=by, ended=ended, on=frame.date)
    late = lateness([one.record for top_node in shown for one in top_node.walk()], on=frame.date)
    whole = sum(len(selectors.projects([node], ended=ended)) for node in shown) <= MANY
    lines = _lines(request, shown, weights, late, ended=ended, whole=whole)
    label = _("Projects by budget") if by == BUDGET else _("Projects by number")
    context = {
        "here": here,
        "path": [(node, _address(request, node.record)) for node in path],
        "all_href": _address(request, None),
        "branches": [_branch(request, node, path, whole=sum(one.projects for one in top) <= MANY) for node in top],
        "tiles": treemap(_tiles(request, shown, weights, late, ended=ended, whole=whole), label=label, wide=ROOM)
        if weights.of
        else "",
        "lines": lines,
        "total": _size(sum(weights.of.values(), Decimal(0)), weights),
        "count": sum(line.projects for line in lines if line.depth == 0),
        "weights": weights,
        "by_budget": by == BUDGET,
        "open_money": open_money,
        "as_table": request.GET.get("show") == "table",
        "ended": ended,
        "legend": [pair for pair in LEGEND if ended or pair[0] != "green"],
        "size_label": _("Budget") if by == BUDGET else _("Projects"),
        "left_out": _left_out(weights),
        "whole": whole,
    }
    return render(request, "portfolio/map.html", context)


def _tree(request: HttpRequest, actor: Actor, frame: Frame) -> list[Node]:
    """Return the whole tree where a node is named, else that of the scope picked above."""
    scope = None if "node" in request.GET else frame.scope
    if frame.moment is None:
        return tree(actor=actor, scope=scope, on=frame.date)
    nodes = tree_as_of(frame.moment, actor=actor, on=frame.date)
    if scope is None:
        return nodes
    picked = [one for top in nodes for one in top.walk() if one.record.scope_id == scope.pk]
    return picked or nodes


def _is_picked(node: Node, frame: Frame) -> bool:
    return frame.scope is not None and node.record.scope_id == frame.scope.pk


def _path_to(nodes: list[Node], code: str) -> list[Node]:
    """Return the nodes from the top down to the one with a code; [] where there is none."""
    for node in nodes:
        if node.record.code == code:
            return [node]
        if below := _path_to(node.parts, code):
            return [node, *below]
    return []


def _address(request: HttpRequest, record: Initiative | None) -> str:
    kept = {name: request.GET[name] for name in ("by", "show", "ended") if name in request.GET}
    return f"?{urlencode({'node': record.code if record else '', **kept})}"


def _href(request: HttpRequest, node: Node) -> str:
    """Return where a node leads: a project to its home, what has parts to its own map."""
    return node.record.url if node.record.kind == Kind.PROJECT else _address(request, node.record)


def _branch(request: HttpRequest, node: Node, path: list[Node], *, whole: bool) -> Branch:
    """Return a node of the tree; of a tree that is not shown whole, projects only where it is open."""
    open_ = any(one is node for one in path) or (not path and node.depth == 0)
    parts = node.parts if whole or open_ else [part for part in node.parts if part.record.kind != Kind.PROJECT]
    return Branch(
        node=node,
        href=_href(request, node),
        current=bool(path) and path[-1] is node,
        open=open_,
        parts=[_branch(request, part, path, whole=whole) for part in parts],
    )


def _tiles(
    request: HttpRequest, nodes: list[Node], weights: Weights, late: Lateness, *, ended: bool, whole: bool
) -> list[Tile]:
    """Return the tiles of some nodes: projects as they are, others as a frame around the projects below.

    Where not the whole is drawn, the frame holds the parts instead, each as one tile.
    """
    found = []
    for node in nodes:
        if node.record.kind == Kind.PROJECT:
            inner: tuple[Tile, ...] = ()
            if node.record.pk not in weights.of:
                continue
        else:
            below = selectors.projects([node], ended=ended) if whole else node.parts
            inner = tuple(
                _tile(one, weights, late) if one.record.kind == Kind.PROJECT else _part(request, one, weights, late)
                for one in below
                if weights.total(one)
            )
            if not inner:
                continue
        found.append(
            Tile(node.record.name, href=_href(request, node), children=inner) if inner else _tile(node, weights, late)
        )
    return found


def _tile(node: Node, weights: Weights, late: Lateness) -> Tile:
    record = node.record
    found = late.get(record.pk)
    state = _("%(count)d d late") % {"count": found.days} if found else State(record.state).label.lower()
    tone = found.state if found else words.state_tone(record.state) or "none"
    size = weights.of[record.pk]
    note = f"{_size(size, weights)}, {state}" if weights.by == BUDGET else str(state)
    return Tile(record.name, float(size), note, href=record.url, tone=tone)


def _part(request: HttpRequest, node: Node, weights: Weights, late: Lateness) -> Tile:
    """Return what has parts as one tile: what it weighs, how many projects that are, and how many of them late."""
    below = [one for one in node.walk() if one.record.pk in weights.of]
    size = weights.total(node)
    note = ngettext("%(count)d project", "%(count)d projects", len(below)) % {"count": len(below)}
    if behind := sum(one.record.pk in late for one in below):
        note = f"{note}, {_('%(count)d late') % {'count': behind}}"
    if weights.by == BUDGET:
        note = f"{_size(size, weights)}, {note}"
    return Tile(node.record.name, float(size), note, href=_href(request, node), tone="accent")


def _size(value: Decimal, weights: Weights) -> str:
    if weights.by == COUNT:
        return components.number(value)
    return components.money_text(value, weights.currency, short=True)


def _lines(
    request: HttpRequest, nodes: list[Node], weights: Weights, late: Lateness, *, ended: bool, whole: bool
) -> list[Line]:
    """Return the rows of the table: each part before the projects, or its parts, below it, the weightiest first."""
    total = sum(weights.of.values(), Decimal(0))
    lines = []
    for node in sorted(nodes, key=weights.total, reverse=True):
        found = selectors.projects([node], ended=ended) if whole else node.parts
        below = sorted((one for one in found if one is not node), key=weights.total, reverse=True)
        if not below and node.record.kind == Kind.PROJECT and not ended and not node.record.is_open:
            continue
        for one, depth in ((node, 0), *((one, 1) for one in below)):
            weight = weights.total(one)
            lines.append(
                Line(
                    node=one,
                    href=_href(request, one),
                    depth=depth,
                    size=_size(weight, weights) if weight else "",
                    share=f"{components.number(weight * 100 / total)}%" if total and weight else "",
                    projects=len(selectors.projects([one], ended=ended)),
                    badge=words.state_badge(one.record),
                    late=late.get(one.record.pk),
                )
            )
    return lines


def _left_out(weights: Weights) -> str:
    """Return in words what the map does not draw; "" for nothing."""
    parts: list[Any] = []
    if weights.unpriced:
        text = ngettext(
            "%(count)d project without a budget is not drawn.",
            "%(count)d projects without a budget are not drawn.",
            weights.unpriced,
        )
        parts.append(text % {"count": weights.unpriced})
    if weights.unrated:
        parts.append(_("No exchange rate in force for %(codes)s.") % {"codes": ", ".join(weights.unrated)})
    return " ".join(parts)

"""From tasks in a hierarchy to nodes in a graph: what the passes run over, before it is put in order.

Work becomes one node each. A summary has nodes only where something asks for them, so that a link to or from it costs
as many edges as it has children, not as many as they have links between them:

* a **gate** before its children, when a link or a constraint holds back its start: they start no earlier;
* a **hold** before its children's ends, when a link holds back its finish: they finish no earlier;
* a **first**, the earliest start among its children, when something counts from its start;
* a **last**, the latest finish among its children, when something counts from its finish or bounds it.

Inactive tasks, and what lies below them, drop out with their links. Levels of effort and hammocks have no node: they
are spanned when all else is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.cpm.columns import NONE, Columns, Minutes
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Constraint, LinkKind, TaskKind

Rows: TypeAlias = NDArray[np.int32]
Flags: TypeAlias = NDArray[np.bool_]


class Role(IntEnum):
    """What a node stands for; see the module."""

    TASK = 0
    GATE = 1
    HOLD = 2
    FIRST = 3
    LAST = 4


FS, SS, FF, SF = (int(kind) for kind in LinkKind)
#: Kind of link -> the node of a summary that it enters, and the one that it leaves.
ENTERED: Final = {FS: Role.GATE, SS: Role.GATE, FF: Role.HOLD, SF: Role.HOLD}
LEFT: Final = {FS: Role.LAST, FF: Role.LAST, SS: Role.FIRST, SF: Role.FIRST}
#: Node of a summary -> how it is bound to its children, and whether they come after it.
BOND: Final = {Role.GATE: (FS, True), Role.HOLD: (FF, True), Role.FIRST: (SS, False), Role.LAST: (FF, False)}
#: Constraint on a summary -> the nodes on which it is put.
HELD: Final = {
    Constraint.START_NO_EARLIER_THAN: (Role.GATE,),
    Constraint.START_NO_LATER_THAN: (Role.FIRST,),
    Constraint.FINISH_NO_EARLIER_THAN: (Role.LAST,),
    Constraint.FINISH_NO_LATER_THAN: (Role.LAST,),
    Constraint.MUST_START_ON: (Role.GATE, Role.FIRST),
    Constraint.MUST_FINISH_ON: (Role.LAST,),
}


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Who lies below whom, once inactive tasks are left out. By row of a task.

    `bottom_up` lists the active rows, children before their parents.
    """

    parent: Rows
    active: Flags
    summary: Flags
    effort: Flags  # level of effort or hammock
    bottom_up: Rows

    @property
    def work(self) -> Flags:
        """Rows that the passes schedule."""
        return self.active & ~self.summary & ~self.effort


@dataclass(frozen=True, slots=True)
class Structure:
    """Nodes and edges, not yet in order. `link` is the row of the link that an edge stands for, -1 for a bond."""

    task: Rows  # of each node
    role: NDArray[np.int8]
    node: Rows  # of each task that has one, else -1
    pred: Rows
    succ: Rows
    kind: NDArray[np.int8]
    link: Rows


def hierarchy(plan: Columns) -> Hierarchy:
    """Return who lies below whom.

    Raises `EngineError` naming the tasks when some are above themselves.

    >>> plan = Columns(duration=np.array([0, 60, 60]), parent=np.array([-1, 0, 0]), active=np.array([1, 1, 0]))
    >>> found = hierarchy(plan)
    >>> found.summary.tolist(), found.bottom_up.tolist()
    ([True, False, False], [1, 0])
    """
    count = len(plan)
    active = np.ones(count, bool) if plan.active is None else plan.active != 0
    kind = plan.column("kind")
    effort = (kind == TaskKind.LEVEL_OF_EFFORT) | (kind == TaskKind.HAMMOCK)
    summary = np.zeros(count, bool)
    if plan.parent is None or (plan.parent < 0).all():
        nobody = np.broadcast_to(np.int32(-1), count)
        return Hierarchy(nobody, active, summary, effort & active, np.flatnonzero(active).astype(np.int32))
    from quarterdeck.engine.cpm.kernels import graph

    depth = graph.depths(plan.parent)
    if depth.min() < 0:
        raise _above_itself(plan, int(np.argmin(depth)))
    parent = plan.parent.astype(np.int32)
    order = np.argsort(-depth, kind="stable").astype(np.int32)
    active = ~graph.inherited(~active, parent, order[::-1])
    children = np.flatnonzero(active & (plan.parent >= 0))
    summary[plan.parent[children]] = True
    return Hierarchy(parent, active, summary, effort & active & ~summary, order[active[order]])


def structure(plan: Columns, tree: Hierarchy) -> Structure:
    """Return the graph of a plan.

    Raises `EngineError` naming both tasks where one is linked to its own summary.

    >>> plan = Columns(duration=np.array([0, 60, 60, 60]), parent=np.array([-1, 0, 0, -1]),
    ...                predecessor=np.array([0]), successor=np.array([3]))
    >>> graph = structure(plan, hierarchy(plan))
    >>> [Role(role).name for role in graph.role], list(zip(graph.pred.tolist(), graph.succ.tolist()))
    (['TASK', 'TASK', 'TASK', 'LAST'], [(3, 2), (0, 3), (1, 3)])
    """
    rows = np.flatnonzero(tree.work).astype(np.int32)
    node = np.full(len(plan), -1, np.int32)
    node[rows] = np.arange(len(rows), dtype=np.int32)
    taken = np.flatnonzero(_bound(tree, plan.predecessor) & _bound(tree, plan.successor)).astype(np.int32)
    kind = plan.column("link_kind")
    nodes = {Role.TASK: node}
    if tree.summary.any():
        _refuse_kin(plan, tree, taken)
        nodes |= _summary_nodes(plan, tree, taken, kind, len(rows))
    whole = len(taken) == len(plan.predecessor)
    preds, succs = (ends if whole else ends[taken] for ends in (plan.predecessor, plan.successor))
    kinds = kind if whole else kind[taken]
    bonds = [_bonds(tree, nodes, role) for role in nodes if role != Role.TASK]
    return Structure(
        np.concatenate([rows, *(np.flatnonzero(nodes[role] >= 0).astype(np.int32) for role in BOND if role in nodes)]),
        np.repeat(np.array(list(nodes), np.int8), [int((nodes[role] >= 0).sum()) for role in nodes]),
        node,
        np.concatenate([_end(nodes, tree, preds, kinds, LEFT), *(bond[0] for bond in bonds)]),
        np.concatenate([_end(nodes, tree, succs, kinds, ENTERED), *(bond[1] for bond in bonds)]),
        np.concatenate([kinds.astype(np.int8), *(bond[2] for bond in bonds)]),
        np.concatenate([taken, *(np.full(len(bond[0]), -1, np.int32) for bond in bonds)]),
    )


def _bound(tree: Hierarchy, ends: Minutes) -> Flags:
    """Return which ends of links the passes know."""
    known = tree.active & ~tree.effort
    return np.ones(len(ends), bool) if known.all() else known[ends]


def _refuse_kin(plan: Columns, tree: Hierarchy, taken: Rows) -> None:
    from quarterdeck.engine.cpm.kernels import graph

    one, other = plan.predecessor[taken], plan.successor[taken]
    asked = np.flatnonzero(tree.summary[one] | tree.summary[other])
    found = graph.related(plan.column("parent"), one[asked], other[asked])
    if found >= 0:
        low, high = (int(end[asked[found]]) for end in (one, other))
        raise EngineError(
            f"task {plan.name_of(low)!r} is linked to {plan.name_of(high)!r}, and one is a summary of the other",
            culprits=(plan.id_of(low), plan.id_of(high)),
            remedy="Remove the link, or link to a task beside it.",
        )


def _summary_nodes(plan: Columns, tree: Hierarchy, taken: Rows, kind: Minutes, count: int) -> dict[Role, Rows]:
    """Return, for each role that is needed, the node of every summary that has one, counted on from `count`."""
    from quarterdeck.engine.cpm.kernels import graph

    wanted = {role: np.zeros(len(plan), bool) for role in BOND}
    for role, flags in wanted.items():
        for ends, table in ((plan.predecessor, LEFT), (plan.successor, ENTERED)):
            kinds = [each for each in table if table[each] == role]
            if kinds:
                flags[ends[taken][np.isin(kind[taken], kinds)]] = True
    for name in ("constraint", "second_constraint"):
        held = plan.column(name)
        for constraint, roles in HELD.items():
            for role in roles:
                wanted[role] |= held == constraint
    wanted[Role.LAST] |= plan.column("deadline") != NONE
    nodes = {}
    for role, flags in wanted.items():
        asked = flags & tree.summary
        if asked.any():
            has = graph.inherited(asked, tree.parent, tree.bottom_up[::-1]) & tree.summary
            nodes[role] = np.full(len(plan), -1, np.int32)
            nodes[role][has] = np.arange(count, count + has.sum(), dtype=np.int32)
            count += int(has.sum())
    return nodes


def _bonds(tree: Hierarchy, nodes: dict[Role, Rows], role: Role) -> tuple[Rows, Rows, NDArray[np.int8]]:
    """Return the edges between the nodes of one role and the children of their summaries."""
    kind, before = BOND[role]
    own = nodes[role]
    child = np.flatnonzero(tree.active & ~tree.effort & (tree.parent >= 0))
    child = child[own[tree.parent[child]] >= 0]
    above = own[tree.parent[child]]
    below = np.where(tree.summary[child], own[child], nodes[Role.TASK][child])
    ends = (above, below) if before else (below, above)
    return ends[0].astype(np.int32), ends[1].astype(np.int32), np.full(len(child), kind, np.int8)


def _end(nodes: dict[Role, Rows], tree: Hierarchy, rows: Minutes, kinds: Minutes, table: dict[int, Role]) -> Rows:
    """Return the node at one end of each link."""
    found = nodes[Role.TASK][rows]
    if len(nodes) > 1:
        for kind, role in table.items():
            of_summary = tree.summary[rows] & (kinds == kind)
            if of_summary.any():
                found[of_summary] = nodes[role][rows[of_summary]]
    return found


def _above_itself(plan: Columns, row: int) -> EngineError:
    parent = plan.column("parent")
    circle = [row]
    while int(parent[circle[-1]]) != row:
        circle.append(int(parent[circle[-1]]))
    names = " → ".join(plan.name_of(each) for each in (*circle, row))
    return EngineError(
        f"tasks are their own summaries: {names}",
        culprits=[plan.id_of(each) for each in circle],
        remedy="Give one of them another parent, or none.",
    )

"""Schedule again after an edit, touching only what changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from quarterdeck.engine.calendar import BEFORE
from quarterdeck.engine.cpm import layout
from quarterdeck.engine.cpm.columns import (
    INSTANTS,
    LINK_COLUMNS,
    NONE,
    TASK_COLUMNS,
    Columns,
    filled,
    link_columns,
    looked_up,
    numbers,
    rows_by_id,
    value,
)
from quarterdeck.engine.cpm.layout import Ints, Net, Passes, Rows, Small, Sweep
from quarterdeck.engine.cpm.plan import Plan, facts_of, is_special, lags_of, resolve, splits_of
from quarterdeck.engine.cpm.results import Schedule
from quarterdeck.engine.cpm.solving import AWAY, allocated, schedule
from quarterdeck.engine.cpm.structure import FF, Flags
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Link, Task, TaskId, TaskKind

#: What may change in a task without another graph.
LOCAL: Final = frozenset(TASK_COLUMNS) - {"parent", "active"}
#: Nodes with these flags depend on more than what is before and behind them.
FAR: Final = layout.LATE_TOTAL | layout.LATE_FREE


def reschedule(
    found: Schedule,
    *,
    tasks: Iterable[Task] = (),
    links: Iterable[Link] = (),
    without_tasks: Iterable[TaskId] = (),
    without_links: Iterable[Link] = (),
) -> Schedule:
    """Return the schedule after an edit, as `schedule` would find it for the edited plan.

    `tasks` and `links` stand in for those of the same id, or of the same ends and kind, or are added; those in
    `without_tasks` (with their links) and `without_links` are taken out. Other durations, dates, progress, constraints
    and lags are repaired in place: only nodes that move are looked at. Whatever changes the shape of the plan makes it
    ready anew. The schedule given stays as it is.

    Raises `EngineError` as `schedule` does, and for tasks and links to take out that are not there.

    >>> from quarterdeck.engine.network import Link, Network, Task
    >>> before = schedule(Network((Task("a", 480), Task("b", 960)), (Link("a", "b"),)))
    >>> after = reschedule(before, tasks=[Task("a", 600)])
    >>> before.project_finish, after.project_finish, after["b"].start
    (1440, 1560, 600)
    """
    edit = _Edit(found.plan, list(tasks), list(links), (list(without_tasks), list(without_links)))
    return edit.repaired(found) if edit.is_local() else schedule(edit.rebuilt(), found.plan.options)


class _Edit:
    """One edit of a plan."""

    def __init__(
        self, plan: Plan, tasks: list[Task], links: list[Link], without: tuple[list[TaskId], list[Link]]
    ) -> None:
        self.plan, self.given = plan, plan.columns
        self.tasks, self.links = tasks, links
        rows_by_id(task.id for task in tasks)
        self.rows = [plan.rows.get(task.id, -1) for task in tasks]
        self.link_rows = [self.link_row(link) for link in links]
        self.gone = [plan.row(task) for task in without[0]]
        self.gone_links = [self.known(link) for link in without[1]]
        self.part = self.checked() if tasks else None

    def link_row(self, link: Link) -> int:
        """Return the row of the link of these ends and kind, -1 for none."""
        rows, given = self.plan.rows, self.given
        ends = looked_up(link.predecessor, rows), looked_up(link.successor, rows)
        if None in ends:
            return -1
        found = np.flatnonzero((given.predecessor == ends[0]) & (given.successor == ends[1]))
        kinds = given.column("link_kind")
        return next((int(row) for row in found if kinds[row] == link.kind), -1)

    def known(self, link: Link) -> int:
        row = self.link_row(link)
        if row < 0:
            raise EngineError(
                f"there is no link {link.predecessor!r} → {link.successor!r} of this kind in the plan",
                culprits=(link.predecessor, link.successor),
                remedy="Check its ends and its kind.",
            )
        return row

    def checked(self) -> Columns:
        """Return the edited tasks as a little plan of their own, and so refuse what no plan can have."""
        places = self.given.places
        values: dict[str, Any] = {
            name: filled(self.tasks, name, {}, places) for name in TASK_COLUMNS if name != "parent"
        }
        return Columns(
            duration=numbers([task.duration for task in self.tasks]),
            **values,
            ids=tuple(task.id for task in self.tasks),
            calendars=self.given.calendars,
            splits={place: task.splits for place, task in enumerate(self.tasks) if task.splits},
        )

    # -- in place

    def is_local(self) -> bool:
        """Return whether the graph stays as it is, and the calendars reach."""
        if self.gone or self.gone_links or -1 in self.rows or -1 in self.link_rows:
            return False
        return self.part is None or (all(map(self.keeps_shape, self.tasks, self.rows)) and self.reached(self.part))

    def keeps_shape(self, task: Task, row: int) -> bool:
        parent = -1 if task.parent is None else looked_up(task.parent, self.plan.rows)
        spanned = task.kind in (TaskKind.LEVEL_OF_EFFORT, TaskKind.HAMMOCK)
        same_parent = int(self.given.column("parent")[row]) == parent
        return self.plan.node[row] >= 0 and task.active and not spanned and same_parent

    def reached(self, part: Columns) -> bool:
        table = self.plan.table
        if len(table.calendars) == 1 and part.calendar is not None and (part.calendar < 0).all():
            return True
        dates = [column[column != NONE] for name in INSTANTS if (column := getattr(part, name)) is not None]
        held = part.column("calendar")
        known = all(self.given.calendars[each] in table.calendars for each in held[held >= 0])
        return known and all(table.arrays.first <= date <= table.arrays.last for each in dates for date in each)

    def repaired(self, found: Schedule) -> Schedule:
        """Return the schedule after a local edit."""
        from quarterdeck.engine.cpm.kernels.passes import backward
        from quarterdeck.engine.cpm.kernels.repair import behind, repair_backward, repair_forward

        plan, stale = self.edited()
        if found.settings.from_finish or (plan.net.flags & FAR).any() or (found.plan.net.flags & FAR).any():
            return schedule(plan)
        net, table, settings = plan.net, plan.table.arrays, found.settings
        passes = copied(found.passes)
        sweep = Sweep(stale, np.zeros(len(net.span), bool), *plan.outgoing)
        finish = repair_forward(net, table, settings, passes, sweep)
        if finish > AWAY or int(passes.when[:, 1].min()) < -AWAY:
            return schedule(plan)
        if finish == settings.early_finish:
            behind(net, sweep.moved)
            first, last = repair_backward(net, table, settings, passes, sweep._replace(stale=sweep.moved))
        else:
            late = settings.finish if settings.finish != NONE else finish
            settings = settings._replace(early_finish=finish, late_finish=late)
            first, last = backward(net, table, settings, passes)
        if first < -AWAY or last > AWAY:
            return schedule(plan)
        return Schedule(plan, passes, settings, None)

    def edited(self) -> tuple[Plan, Flags]:
        """Return the plan with the edit in it, and the nodes to look at again."""
        plan, given = self.plan, self.given
        columns: dict[str, Any] = {}
        net, place = plan.net, plan.place
        stale = np.zeros(len(net.span), bool)
        edges = self.link_edges()
        if self.part is not None:
            columns |= self.task_columns(self.part)
            place = self.places(self.part)
            nodes = plan.node[self.rows]
            net = self.ruled(self.part, nodes, place)
            stale[nodes] = True
            if "duration" in columns or "calendar" in columns:
                edges = np.union1d(edges, self.edges_at(nodes))
        if self.links:
            columns |= self.link_columns()
        given = given.changed(**columns)
        edges = edges[plan.link[edges] >= 0]
        if len(edges) and given.lag is not None:
            link = plan.link[edges]
            lag, calendar = lags_of(given, link, given.lag[link], (place, plan.project_place), plan.options)
            net = net._replace(lag=_set(net.lag, edges, lag), lag_calendar=_set(net.lag_calendar, edges, calendar))
            stale[plan.outgoing[2][edges]] = True
        twin = replace(plan, columns=given, net=net, place=place)
        twin.__dict__.update(rows=plan.rows, outgoing=plan.outgoing)
        return twin, stale

    def task_columns(self, part: Columns) -> dict[str, Any]:
        """Return the columns of tasks that change."""
        given, rows = self.given, self.rows
        changed: dict[str, Any] = {}
        for name in ("duration", *LOCAL):
            if getattr(given, name) is None and getattr(part, name) is None:
                continue
            old, new = given.column(name), part.column(name)
            if (old[rows] != new).any():
                changed[name] = _set(old, rows, new)
        if part.splits or any(row in given.splits for row in rows):
            kept = {row: parts for row, parts in given.splits.items() if row not in rows}
            changed["splits"] = kept | {rows[place]: parts for place, parts in part.splits.items()}
        if any(
            task.name != (given.names[row] if given.names else "") for task, row in zip(self.tasks, rows, strict=True)
        ):
            names = list(given.names or [""] * len(given))
            for task, row in zip(self.tasks, rows, strict=True):
                names[row] = task.name
            changed["names"] = tuple(names)
        return changed

    def places(self, part: Columns) -> Small:
        """Return the number of each task's calendar in the table."""
        plan, given = self.plan, self.given
        number_of = {calendar: number for number, calendar in enumerate(plan.table.calendars)}
        wanted = part.column("calendar").tolist()
        held = [plan.project_place if each < 0 else number_of[given.calendars[each]] for each in wanted]
        found: Small = _set(plan.place, self.rows, held)
        return found

    def ruled(self, part: Columns, nodes: Rows, place: Small) -> Net:
        """Return the graph with spans, calendars and rules of the edited tasks."""
        plan, net = self.plan, self.plan.net
        calendar = np.where(part.column("elapsed") != 0, 0, place[self.rows]).astype(np.int16)
        special = np.flatnonzero(is_special(part)).astype(np.int32)
        flags = np.zeros(len(nodes), np.int16)
        span = part.duration.copy()
        rule, rules = net.rule, net.rules
        own = np.full(len(nodes), -1, np.int32)
        if len(special):
            facts = facts_of(part, special, np.zeros(len(special), np.int8))
            found = resolve(facts, splits_of(part, special), calendar[special], plan.table, plan.settings)
            rules_found, flags[special], span[special], plan.tables[:] = *found[:3], [found[3]]
            own[special] = net.rule[nodes[special]]
            fresh = np.flatnonzero(own[special] < 0)
            own[special[fresh]] = np.arange(len(rules), len(rules) + len(fresh), dtype=np.int32)
            rules = np.concatenate([rules, np.empty((len(fresh), layout.RULES), np.int64)])
            rules[own[special]] = rules_found
        flags |= (net.flags[nodes] & layout.OPEN) | self.unfloored(nodes, own, rules)
        if (own != net.rule[nodes]).any():
            rule = _set(rule, nodes, own)
        return net._replace(
            span=_set(net.span, nodes, span),
            calendar=_set(net.calendar, nodes, calendar),
            flags=_set(net.flags, nodes, flags),
            rule=rule,
            rules=rules,
        )

    def unfloored(self, nodes: Rows, own: Rows, rules: Ints) -> Small:
        """Return the flag of what the project start does not hold, of each node."""
        net = self.plan.net
        found = np.zeros(len(nodes), np.int16)
        if self.plan.options.floor:
            return found
        for place, node in enumerate(nodes.tolist()):
            kinds = net.kind[net.first[node] : net.first[node + 1]]
            free = len(kinds) > 0 and FF not in kinds
            if len(kinds) == 0 and own[place] >= 0:
                free = bool((rules[own[place], layout.START_FROM : layout.FINISH_FROM + 1] > BEFORE).any())
            found[place] = layout.UNFLOORED if free else 0
        return found

    def link_edges(self) -> Ints:
        """Return the edges that the edited links are."""
        return np.flatnonzero(np.isin(self.plan.link, self.link_rows)) if self.links else np.empty(0, np.int64)

    def edges_at(self, nodes: Rows) -> Ints:
        """Return all edges that lead to or from some nodes."""
        net, (first, edges, _) = self.plan.net, self.plan.outgoing
        before = [np.arange(net.first[node], net.first[node + 1]) for node in nodes]
        after = [edges[first[node] : first[node + 1]] for node in nodes]
        return np.concatenate(before + after).astype(np.int64)

    def link_columns(self) -> dict[str, Any]:
        """Return the columns of links that change."""
        ends = dict.fromkeys(end for link in self.links for end in (link.predecessor, link.successor))
        held: dict[str, Any] = link_columns(self.links, {each: row for row, each in enumerate(ends)})
        part = Columns(duration=np.zeros(len(ends), np.int64), ids=tuple(ends), **held)
        changed = {}
        for name in ("lag", "lag_unit", "lag_calendar"):
            old = self.given.column(name)
            if (old[self.link_rows] != part.column(name)).any():
                changed[name] = _set(old, self.link_rows, part.column(name))
        return changed

    # -- anew

    def rebuilt(self) -> Columns:
        """Return the whole plan with the edit in it."""
        given = self.given
        kept = np.ones(len(given), bool)
        kept[self.gone] = False
        fresh = [task for task, row in zip(self.tasks, self.rows, strict=True) if row < 0]
        stays = np.flatnonzero(kept).tolist()
        ids = [given.id_of(row) for row in stays] + [task.id for task in fresh]
        names = [given.names[row] if given.names else "" for row in stays]
        rows = rows_by_id(ids)
        values = self.task_values(kept, rows, len(fresh))
        splits = {int(kept[:row].sum()): parts for row, parts in given.splits.items() if kept[row]}
        names += [""] * len(fresh)
        for task in self.tasks:
            names[rows[task.id]] = task.name
            splits[rows[task.id]] = task.splits
        return Columns(
            **values,
            **self.link_values(kept, rows),
            splits={row: parts for row, parts in splits.items() if parts},
            ids=tuple(ids),
            names=tuple(names),
            calendars=given.calendars,
            calendar_ids=given.calendar_ids,
            project_calendar=given.project_calendar,
            start=given.start,
            finish=given.finish,
            status=given.status,
        )

    def task_values(self, kept: Flags, rows: Mapping[TaskId, int], fresh: int) -> dict[str, Any]:
        given, places = self.given, self.given.places
        at = [rows[task.id] for task in self.tasks]
        values: dict[str, Any] = {}
        for name in ("duration", *TASK_COLUMNS):
            held = given.column(name)[kept]
            if name == "parent":
                held = self.moved_up(held, kept)
            held = np.concatenate([held, np.zeros(fresh, np.int64)])
            if self.tasks:
                new = [task.duration if name == "duration" else value(task, name, rows, places) for task in self.tasks]
                held = held.astype(object) if numbers(new).dtype.kind == "f" else held
                held[at] = new
            values[name] = numbers(held.tolist()) if held.dtype == object else held
        return values

    def moved_up(self, parent: Ints, kept: Flags) -> Ints:
        """Return parents by their new rows; what lay below a task that is gone lies below the parent of that."""
        old, new = self.given.column("parent"), np.cumsum(kept) - 1
        while True:
            lost = (parent >= 0) & ~kept[parent]
            if not lost.any():
                return np.where(parent >= 0, new[parent], -1)
            parent = np.where(lost, old[parent], parent)

    def link_values(self, kept: Flags, rows: Mapping[TaskId, int]) -> dict[str, Any]:
        given = self.given
        stays = kept[given.predecessor] & kept[given.successor]
        stays[self.gone_links] = False
        new = np.cumsum(kept) - 1
        columns = {"predecessor": new[given.predecessor], "successor": new[given.successor]}
        columns |= {name: given.column(name) for name in LINK_COLUMNS}
        part = link_columns(self.links, rows)
        known = np.array(self.link_rows, np.int64)
        old, fresh = known >= 0, known < 0
        values = {}
        for name, column in columns.items():
            changed = _set(column, known[old], part[name][old]) if old.any() else column
            values[name] = np.concatenate([changed[stays], part[name][fresh]])
        return values


def copied(passes: Passes) -> Passes:
    """Return a copy of what passes found.

    >>> copied(allocated(2)).late.shape
    (2, 4)
    """
    twin = allocated(len(passes.work))
    for name, column in passes._asdict().items():
        getattr(twin, name)[:] = column
    return twin


def _set(column: Any, rows: Any, values: Any) -> Any:
    """Return a copy of a column with other values in some rows."""
    copied = np.array(column)
    copied[rows] = values
    return copied

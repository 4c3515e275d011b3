"""The float ledger: where the days between two dated plans went.

Between an older and a newer plan, every working day by which the finish moved is put down to what was changed. The
older plan becomes the newer in steps, one cause after another, and is scheduled after each; what a step moves is owed
to its cause. As steps can help or hide each other, every order of the causes is gone through, and each cause gets the
mean of what it moves: the Shapley value (Shapley 1953), the one division that adds up to the whole, gives equal causes
equal shares, and gives nothing to what never moves anything. With six causes that is at most 64 schedules. AACE
29R-03 (forensic schedule analysis) describes the family: one plan turned into another step by step.

Within a cause each change is laid on by itself, onto the older plan and onto the newer plan but for this cause: up to
five changes in every order; more of them in the order of dates onto the one and in the opposite order onto the other
(what goes before what comes, so that links never run in a circle on the way). Its share is the mean; what is left to
the share of the cause, because causes work together, is spread in proportion. Minutes are whole: fractions go to the
largest remainders.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial
from typing import Final

import numpy as np

from quarterdeck.engine.calendar import around_the_clock, timeline
from quarterdeck.engine.checking import within
from quarterdeck.engine.cpm import MICROSOFT, Columns, Options, Schedule, columns
from quarterdeck.engine.cpm.columns import Minutes
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import LinkKind, Network, TaskId
from quarterdeck.engine.progress.alignment import (
    CAUSE_OF,
    LINK_FIELDS,
    PROJECT,
    Alignment,
    Cause,
    Flags,
    aligned,
)
from quarterdeck.engine.progress.stepping import scheduled

CAUSES: Final = tuple(Cause)
#: Up to so many changes are laid on in every order, at 2 to the power of their number schedules.
FEW: Final = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One change and the working minutes that it moved the finish, later being positive.

    It is of a task, of a link (its ends and kind), of a calendar (its id), of the project (`what` says what), or, where
    all are None and `what` is "others", of all those of its cause that are not shown by themselves.
    """

    what: str
    minutes: int
    task: TaskId | None = None
    link: tuple[TaskId, TaskId, LinkKind] | None = None
    calendar: Hashable | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What one cause moved the finish, in working minutes, and the changes behind it, the greatest first.

    `minutes` is the sum of theirs. Changes that moved nothing are left out. `with_logic`: links and scope could not be
    told apart, since half of the changes makes links run in a circle; both are in this entry.
    """

    cause: Cause
    minutes: int
    changes: tuple[Change, ...]
    with_logic: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """Two finishes, the working minutes between them on the calendar of the newer plan, and where these went.

    The minutes of the entries add up to `minutes`, always.
    """

    older: int
    newer: int
    minutes: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class _Unit:
    """One change that can be made by itself: the mark to set, and what it is called."""

    cause: Cause
    kind: str  # task, link, calendar or project
    row: int
    what: str
    goes: bool = False  # it takes something away


@dataclass(frozen=True)
class _Found:
    """What is kept of a schedule: the finish that is watched, what leads to it, and when tasks start."""

    finish: int
    path: Flags
    start: Minutes


@dataclass(frozen=True)
class Mix:
    """What of the newer plan is in the older: marks by task for each cause, by link, by calendar, by field."""

    tasks: dict[Cause, Flags]
    links: Flags
    calendars: Flags
    project: dict[str, bool]


def float_ledger(
    older: Network | Columns,
    newer: Network | Columns,
    options: Options = MICROSOFT,
    *,
    task: TaskId | None = None,
    most: int = 40,
) -> Ledger:
    """Put every working day that the finish moved between two plans down to its cause; see the module for how.

    The finish is that of the project or of one `task` that both plans hold. Days are counted on the newer plan's
    calendar, of the project or of the task; positive is later, lost. At most `most` changes of each cause, those on the
    path first, are shown by themselves. Tasks are matched by id, links by ends and kind, calendars by id.

    Raises `EngineError` for a task that is not in both plans, and as `cpm.schedule` does.

    >>> from dataclasses import replace
    >>> from quarterdeck.engine.network import Link, Task
    >>> a, b = Task("a", 480), Task("b", 480)
    >>> older = Network((a, b), (Link("a", "b"),))
    >>> newer = Network((replace(a, duration=600), b), (Link("a", "b", lag=60),))
    >>> ledger = float_ledger(older, newer)
    >>> ledger.minutes, [(entry.cause.value, entry.minutes, entry.changes[0].task) for entry in ledger.entries]
    (180, [('logic', 60, None), ('duration', 120, 'a')])
    """
    most = int(within("the number of changes to show", most, low=1))
    plans = [each if isinstance(each, Columns) else columns(each) for each in (older, newer)]
    work = _Work(aligned(*plans), options, task, most)
    return work.ledger()


class _Work:
    """The plans side by side, and every schedule made of them."""

    def __init__(self, both: Alignment, options: Options, task: TaskId | None, most: int) -> None:
        self.both, self.options, self.most = both, options, most
        self.row = None if task is None else self._row(task)
        new, row = both.new, self.row
        place = -1 if row is None else int(new.values["calendar"][row])
        place = new.calendar if place < 0 else place
        clock = place < 0 or (row is not None and bool(new.values["elapsed"][row]))
        self.line = timeline(around_the_clock() if clock else new.calendars[place])
        self.units = _units(both)
        self.known: dict[frozenset[Cause], _Found] = {}
        self.near: Schedule | None = None

    def _row(self, task: TaskId) -> int:
        both = self.both
        row = both.ids.index(task) if task in both.ids else -1
        if row < 0 or not (both.old.active[row] and both.new.active[row]):
            raise EngineError(
                f"task {task!r} is not in both plans", culprits=(task,), remedy="Take one that both schedule."
            )
        return row

    def ledger(self) -> Ledger:
        """Return the whole ledger."""
        players = self._players()
        value = {mask: self.schedule(_joined(players, mask)).finish for mask in range(1 << len(players))}
        work = {mask: self.line.work_at(instant) for mask, instant in value.items()}
        whole = (1 << len(players)) - 1
        shares = whole_minutes(shapley(work, len(players)), work[whole] - work[0])
        entries = []
        for player, minutes in zip(players, shares, strict=True):
            changes = self._changes(player, minutes)
            if minutes or changes:
                entries.append(Entry(player[0], minutes, changes, len(player) > 1))
        return Ledger(value[0], value[whole], work[whole] - work[0], tuple(entries))

    def _players(self) -> list[tuple[Cause, ...]]:
        """Return the causes that changed anything; scope and logic as one where they cannot be told apart."""
        causes = [cause for cause in CAUSES if any(unit.cause == cause for unit in self.units)]
        if Cause.SCOPE in causes and Cause.LOGIC in causes:
            try:
                self.schedule(frozenset({Cause.SCOPE}))
                self.schedule(frozenset({Cause.LOGIC}))
            except EngineError:
                causes.remove(Cause.LOGIC)
                return [(cause, Cause.LOGIC) if cause == Cause.SCOPE else (cause,) for cause in causes]
        return [(cause,) for cause in causes]

    # -- schedules

    def finish(self, found: Schedule) -> int:
        """Return the finish that is watched."""
        return found.project_finish if self.row is None else int(found.finish[self.row])

    def scheduled(self, mix: Mix) -> Schedule:
        """Return a mixture of the plans, scheduled from the one before: most differ by a change or two."""
        self.near = scheduled(mixed(self.both, mix), self.near, self.options)
        return self.near

    def schedule(self, newer: frozenset[Cause]) -> _Found:
        """Return the older plan with some causes as in the newer, scheduled; each is made once."""
        if newer not in self.known:
            found = self.scheduled(self._mix(newer))
            self.known[newer] = _Found(self.finish(found), _path(found, self.row), found.start.copy())
        return self.known[newer]

    def _mix(self, newer: frozenset[Cause], units: Iterable[_Unit] = ()) -> Mix:
        """Return the marks of whole causes, and of single changes beside them."""
        both = self.both
        mix = Mix(
            tasks={cause: np.full(len(both.ids), cause in newer) for cause in CAUSES},
            links=np.full(len(both.pairs), Cause.LOGIC in newer),
            calendars=np.full(len(both.new.calendars), Cause.CALENDAR in newer),
            project={name: cause in newer for name, cause in PROJECT.items()},
        )
        for unit in units:
            if unit.kind == "task":
                mix.tasks[unit.cause][unit.row] = True
            elif unit.kind == "link":
                mix.links[unit.row] = True
            elif unit.kind == "calendar":
                mix.calendars[unit.row] = True
            else:
                mix.project[unit.what] = True
        return mix

    # -- single changes

    def _changes(self, player: tuple[Cause, ...], minutes: int) -> tuple[Change, ...]:
        """Return the changes of a cause with their shares of its minutes."""
        rest = frozenset(unit.cause for unit in self.units) - frozenset(player)
        contexts = (frozenset[Cause](), rest)
        units = [unit for unit in self.units if unit.cause in player]
        shown, others = self._shown(units, player, contexts)
        groups = [*((unit,) for unit in shown), *([tuple(others)] if others else [])]
        raw = [Fraction(0)] * len(groups)
        for context, backward in zip(contexts, (False, True), strict=True):
            for place, moved in enumerate(self._moved(groups, context, backward=backward)):
                raw[place] += moved / 2
        shares = whole_minutes(spread_remainder(raw, minutes), minutes)
        found = [
            self._named(group[0], share) if place < len(shown) else Change("others", share)
            for place, (group, share) in enumerate(zip(groups, shares, strict=True))
            if share
        ]
        return tuple(sorted(found, key=lambda change: -abs(change.minutes)))

    def _shown(
        self, units: list[_Unit], player: tuple[Cause, ...], contexts: tuple[frozenset[Cause], ...]
    ) -> tuple[list[_Unit], list[_Unit]]:
        """Return the changes to look at by themselves, in the order of dates, and the others."""
        path = np.zeros(len(self.both.ids), np.bool_)
        for context in contexts:
            for cause in (context, context | frozenset(player)):
                path |= self.schedule(cause).path
        last = self.schedule(frozenset(unit.cause for unit in self.units))
        first = self.schedule(frozenset())

        def place(unit: _Unit) -> tuple[bool, int]:
            if unit.kind in {"calendar", "project"}:
                return True, 0
            rows = [unit.row] if unit.kind == "task" else self.both.pairs[unit.row, :2].tolist()
            times = [max(int(found.start[row]) for found in (first, last)) for row in rows]
            return any(path[row] for row in rows), times[-1]

        ranked = sorted(units, key=lambda unit: not place(unit)[0])
        shown = sorted(ranked[: self.most], key=lambda unit: (not unit.goes, place(unit)[1], unit.row))
        return shown, ranked[self.most :]

    def _moved(
        self, groups: Sequence[tuple[_Unit, ...]], context: frozenset[Cause], *, backward: bool
    ) -> list[Fraction]:
        """Return what each group of changes moves when they are laid on a plan, on average over the orders tried."""
        if len(groups) <= FEW:
            try:
                return shapley(
                    {mask: self._laid(context, groups, mask) for mask in range(1 << len(groups))}, len(groups)
                )
            except EngineError:
                pass  # one of them cannot stand without another: only some orders can be gone through
        order = list(range(len(groups)))
        if backward:
            order = sorted(order, key=lambda place: (not groups[place][0].goes, -place))
        moved = [Fraction(0)] * len(groups)
        before, mask = self._laid(context, groups, 0), 0
        for place in order:
            mask |= 1 << place
            try:
                after = self._laid(context, groups, mask)
            except EngineError:
                continue  # what it moves shows with the next that is laid on
            moved[place] = Fraction(after - before)
            before = after
        return moved

    def _laid(self, context: frozenset[Cause], groups: Sequence[tuple[_Unit, ...]], mask: int) -> int:
        """Return W of the finish when the groups of a mask are laid on a plan."""
        units = [unit for place, group in enumerate(groups) if mask >> place & 1 for unit in group]
        return self.line.work_at(self.finish(self.scheduled(self._mix(context, units))))

    def _named(self, unit: _Unit, minutes: int) -> Change:
        both = self.both
        if unit.kind == "task":
            return Change(unit.what, minutes, task=both.ids[unit.row])
        if unit.kind == "link":
            one, two, kind = both.pairs[unit.row].tolist()
            return Change(unit.what, minutes, link=(both.ids[one], both.ids[two], LinkKind(kind)))
        if unit.kind == "calendar":
            return Change(unit.what, minutes, calendar=both.new.calendars[unit.row].id)
        return Change(unit.what, minutes)


def _path(found: Schedule, row: int | None) -> Flags:
    """Return the tasks on the longest path, or on the driving paths that lead to one task."""
    if row is None:
        return found.on_longest_path
    plan = found.plan.columns
    reached = np.zeros(len(plan), np.bool_)
    reached[row] = True
    ahead, behind = plan.successor[found.driving], plan.predecessor[found.driving]
    while True:
        more = behind[reached[ahead] & ~reached[behind]]
        if len(more) == 0:
            return reached
        reached[more] = True


def _joined(players: list[tuple[Cause, ...]], mask: int) -> frozenset[Cause]:
    return frozenset(cause for place, player in enumerate(players) if mask >> place & 1 for cause in player)


def _units(both: Alignment) -> tuple[_Unit, ...]:
    """Return every change that can be made by itself."""
    old, new = both.old, both.new
    common = old.there & new.there
    units = [
        _Unit(Cause.SCOPE, "task", row, "removed" if old.active[row] else "added", bool(old.active[row]))
        for row in np.flatnonzero(old.active != new.active).tolist()
    ]
    fields: dict[tuple[Cause, int], list[str]] = {}
    for name, cause in CAUSE_OF.items():
        for row in np.flatnonzero(common & (old.values[name] != new.values[name])).tolist():
            fields.setdefault((cause, row), []).append(name)
    for row in sorted(old.splits.keys() | new.splits.keys()):
        if common[row] and old.splits.get(row) != new.splits.get(row):
            fields.setdefault((Cause.DURATION, row), []).append("splits")
    units += [_Unit(cause, "task", row, ", ".join(names)) for (cause, row), names in fields.items()]
    kept = (old.link >= 0) & (new.link >= 0)
    other = np.zeros(len(kept), np.bool_)
    for name in LINK_FIELDS:
        other |= old.links[name] != new.links[name]
    for row in np.flatnonzero(~both.of_scope & (~kept | other)).tolist():
        what = "lag" if kept[row] else "link added" if new.link[row] >= 0 else "link removed"
        units.append(_Unit(Cause.LOGIC, "link", row, what, what == "link removed"))
    for row, (one, two) in enumerate(zip(old.calendars, new.calendars, strict=True)):
        if one != two:
            units.append(_Unit(Cause.CALENDAR, "calendar", row, "working time"))
    for row, (name, cause) in enumerate(PROJECT.items()):
        if old.project[name] != new.project[name]:
            units.append(_Unit(cause, "project", row, name))
    return tuple(units)


def mixed(both: Alignment, mix: Mix) -> Columns:
    """Return the older plan with what is marked of the newer.

    >>> older, newer = (Columns(duration=np.array([each])) for each in (10, 20))
    >>> both = aligned(older, newer)
    >>> marks = {cause: np.array([cause == Cause.DURATION]) for cause in Cause}
    >>> none = np.zeros(0, np.bool_)
    >>> mixed(both, Mix(marks, none, none, dict.fromkeys(PROJECT, False))).duration.tolist()
    [20]
    """
    old, new = both.old, both.new
    values = {name: np.where(mix.tasks[cause], new.values[name], old.values[name]) for name, cause in CAUSE_OF.items()}
    active = np.where(mix.tasks[Cause.SCOPE], new.active, old.active)
    values["active"] = active.astype(np.int64)
    there = np.where(mix.tasks[Cause.SCOPE], new.there, old.there)
    parent = np.where(there, values["parent"], -1)
    while (lost := (parent >= 0) & ~there[parent]).any():
        parent[lost] = values["parent"][parent[lost]]
    values["parent"] = parent
    held = np.where(mix.links, new.link, old.link) >= 0
    held |= both.of_scope
    links = {name: np.where(mix.links, new.links[name], old.links[name])[held] for name in LINK_FIELDS}
    calendars = tuple(
        two if taken else one
        for one, two, taken in zip(old.calendars, new.calendars, mix.calendars.tolist(), strict=True)
    )
    project = {name: (new if mix.project[name] else old).project[name] for name in PROJECT}
    in_new = mix.tasks[Cause.DURATION]
    splits = {row: parts for row, parts in old.splits.items() if not in_new[row]}
    splits |= {row: parts for row, parts in new.splits.items() if in_new[row]}
    return old.plan.changed(
        **values,
        **links,
        **project,
        predecessor=both.pairs[held, 0].copy(),
        successor=both.pairs[held, 1].copy(),
        link_kind=both.pairs[held, 2].copy(),
        calendars=calendars,
        calendar_ids=None,
        splits=splits,
        ids=both.ids,
        names=both.names,
    )


def shapley(value: dict[int, int], count: int) -> list[Fraction]:
    """Return each player's mean contribution over all orders, from the value of every coalition (bits of a number).

    With n players, phi(i) = sum over coalitions S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)); they add up
    to v(all) - v(none) (Shapley 1953, "A value for n-person games").

    >>> shapley({0: 0, 1: 0, 2: 0, 3: 6}, 2), shapley({0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 1, 6: 1, 7: 1}, 3)
    ([Fraction(3, 1), Fraction(3, 1)], [Fraction(1, 6), Fraction(1, 6), Fraction(2, 3)])
    """
    shares = [Fraction(0)] * count
    for player in range(count):
        for mask in range(1 << count):
            if not mask >> player & 1:
                size = mask.bit_count()
                weight = Fraction(factorial(size) * factorial(count - size - 1), factorial(count))
                shares[player] += weight * (value[mask | 1 << player] - value[mask])
    return shares


def spread_remainder(shares: Sequence[Fraction], total: int) -> list[Fraction]:
    """Return shares made to add up to a total: the rest is spread in proportion to their size, evenly if all are 0.

    >>> spread_remainder([Fraction(2), Fraction(-1)], 4) == [4, 0], spread_remainder([Fraction(0), Fraction(0)], 3)
    (True, [Fraction(3, 2), Fraction(3, 2)])
    """
    rest = total - sum(shares)
    size = sum(abs(share) for share in shares)
    return [share + rest * (abs(share) / size if size else Fraction(1, len(shares))) for share in shares]


def whole_minutes(shares: Sequence[Fraction], total: int) -> list[int]:
    """Return shares as whole numbers that add up to the total which they add up to, by largest remainders.

    >>> whole_minutes([Fraction(5, 2), Fraction(5, 2), Fraction(-1)], 4)
    [3, 2, -1]
    """
    whole = [share.numerator // share.denominator for share in shares]
    order = sorted(range(len(shares)), key=lambda place: (whole[place] - shares[place], place))
    for place in order[: total - sum(whole)]:
        whole[place] += 1
    return whole

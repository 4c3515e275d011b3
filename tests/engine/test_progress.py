"""Schedules compared, milestone trends, and the float ledger against every order of causes, made by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pytest

from quarterdeck.engine.calendar import five_day, minutes, timeline
from quarterdeck.engine.cpm import PRIMAVERA, schedule
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Constraint, LagUnit, Link, LinkKind, Network, Task, TaskKind
from quarterdeck.engine.progress import Cause, Change, Course, Ledger, compare, float_ledger, milestone_trends

DAY = 480
OFFICE = five_day("office")
START = minutes(dt.datetime.fromisoformat("2026-01-05T08:00"))  # a Monday
FS, SS, FF, SF = LinkKind


def at(day: int, hour: int = 8) -> int:
    """The instant so many calendar days after the start of the plans."""
    return START + (day * 24 + hour - 8) * 60


def days(id: str, number: float = 1, **said: Any) -> Task:
    return Task(id, round(number * DAY), **said)


def plan(*tasks: Task, links: tuple[Link, ...] = (), **said: Any) -> Network:
    """A plan on the office calendar from Monday 5 January 2026."""
    given: dict[str, Any] = {"calendars": {"office": OFFICE}, "calendar": "office", "start": START} | said
    return Network(tasks, links, **given)


def row(*ids: str) -> tuple[Link, ...]:
    return tuple(Link(one, two) for one, two in pairwise(ids))


CHAIN = plan(days("a", 2), days("b", 3), days("c", 1), links=row("a", "b", "c"))


def changed(network: Network, id: str, **said: Any) -> Network:
    """The plan with something else said of one task."""
    return replace(network, tasks=tuple(replace(task, **said) if task.id == id else task for task in network.tasks))


def amounts(ledger: Ledger) -> dict[Cause, int]:
    return {entry.cause: entry.minutes for entry in ledger.entries}


# -- the ledger: one cause


def test_nothing_changed_leaves_the_ledger_empty() -> None:
    """No change, no entry."""
    ledger = float_ledger(CHAIN, CHAIN)
    assert (ledger.minutes, ledger.entries, ledger.older) == (0, (), ledger.newer)


SINGLE = [
    (changed(CHAIN, "b", duration=5 * DAY), Cause.DURATION, 2 * DAY, Change("duration", 2 * DAY, task="b")),
    (changed(CHAIN, "b", duration=1 * DAY), Cause.DURATION, -2 * DAY, Change("duration", -2 * DAY, task="b")),
    (
        replace(CHAIN, links=(Link("a", "b", lag=DAY), Link("b", "c"))),
        Cause.LOGIC,
        DAY,
        Change("lag", DAY, link=("a", "b", FS)),
    ),
    (replace(CHAIN, links=row("a", "b")), Cause.LOGIC, -DAY, Change("link removed", -DAY, link=("b", "c", FS))),
    (
        changed(CHAIN, "b", constraint=Constraint.START_NO_EARLIER_THAN, constraint_at=at(4)),
        Cause.CONSTRAINT,
        2 * DAY,
        Change("constraint, constraint_at", 2 * DAY, task="b"),
    ),
    (replace(CHAIN, start=at(1)), Cause.CONSTRAINT, DAY, Change("start", DAY)),
    (
        changed(CHAIN, "a", actual_start=START, actual_finish=at(3, 17)),
        Cause.PROGRESS,
        2 * DAY,
        Change("actual_start, actual_finish", 2 * DAY, task="a"),
    ),
    (
        replace(CHAIN, calendars={"office": five_day("office", holidays=[dt.date(2026, 1, 6)])}),
        Cause.CALENDAR,
        DAY,
        Change("working time", DAY, calendar="office"),
    ),
    (
        replace(CHAIN, tasks=(*CHAIN.tasks, days("d", 2)), links=row("a", "b", "c", "d")),
        Cause.SCOPE,
        2 * DAY,
        Change("added", 2 * DAY, task="d"),
    ),
    (plan(days("a", 2), days("b", 3), links=row("a", "b")), Cause.SCOPE, -DAY, Change("removed", -DAY, task="c")),
    (changed(CHAIN, "c", active=False), Cause.SCOPE, -DAY, Change("removed", -DAY, task="c")),
    (changed(CHAIN, "b", splits=((DAY, 2 * DAY),)), Cause.DURATION, 2 * DAY, Change("splits", 2 * DAY, task="b")),
]


@pytest.mark.parametrize(("newer", "cause", "moved", "change"), SINGLE)
def test_a_single_cause_is_owed_everything(newer: Network, cause: Cause, moved: int, change: Change) -> None:
    """One kind of change, one entry, the whole of the days, and the change named."""
    ledger = float_ledger(CHAIN, newer)
    measured = timeline(newer.calendars["office"])
    assert ledger.minutes == moved
    assert moved == measured.between(schedule(CHAIN).project_finish, schedule(newer).project_finish)
    assert amounts(ledger) == {cause: moved}
    assert ledger.entries[0].changes == (change,)


def test_a_new_status_date_moves_what_is_not_begun() -> None:
    """In Primavera's way nothing lies before the status date: two days lost to progress, of the project."""
    ledger = float_ledger(replace(CHAIN, status=START), replace(CHAIN, status=at(2)), PRIMAVERA)
    assert amounts(ledger) == {Cause.PROGRESS: 2 * DAY}
    assert ledger.entries[0].changes == (Change("status", 2 * DAY),)


def test_changes_off_the_path_move_nothing_and_are_not_shown() -> None:
    """A task with float takes two days more: no entry."""
    wide = replace(CHAIN, tasks=(*CHAIN.tasks, days("x", 1)))
    assert float_ledger(wide, changed(wide, "x", duration=3 * DAY)).entries == ()


# -- several causes


def test_causes_that_only_help_each_other_share_evenly() -> None:
    """Two paths of equal length, one shortened, the other cut from the finish: only together they gain two days."""
    older = plan(days("a", 3), days("b", 3), days("c", 1), links=(Link("a", "c"), Link("b", "c")))
    newer = changed(changed(older, "a", duration=DAY), "b", active=False)
    ledger = float_ledger(older, newer)
    assert ledger.minutes == -2 * DAY
    assert amounts(ledger) == {Cause.SCOPE: -DAY, Cause.DURATION: -DAY}
    assert [entry.changes[0].task for entry in ledger.entries] == ["b", "a"]


def test_gains_and_losses_are_told_apart_although_the_finish_stays() -> None:
    """Two days lost and gained by durations, one by a lag and a lead: the finish stays."""
    newer = changed(changed(CHAIN, "a", duration=4 * DAY), "b", duration=DAY)
    newer = replace(newer, links=(Link("a", "b", lag=DAY), Link("b", "c", lag=-DAY)))
    ledger = float_ledger(CHAIN, newer)
    assert ledger.minutes == 0
    assert amounts(ledger) == {Cause.LOGIC: 0, Cause.DURATION: 0}
    assert {change.task: change.minutes for change in ledger.entries[1].changes} == {"a": 2 * DAY, "b": -2 * DAY}
    assert [change.minutes for change in ledger.entries[0].changes] == [DAY, -DAY]


def test_within_a_cause_neither_order_wins() -> None:
    """Two equal paths, both shortened: each is owed half."""
    older = plan(days("a", 3), days("b", 3), days("c", 1), links=(Link("a", "c"), Link("b", "c")))
    newer = changed(changed(older, "a", duration=DAY), "b", duration=DAY)
    ledger = float_ledger(older, newer)
    assert ledger.entries[0].changes == (
        Change("duration", -DAY, task="a"),
        Change("duration", -DAY, task="b"),
    )


def test_of_three_equal_paths_each_is_owed_a_third() -> None:
    """All three shortened by two days: 320 minutes each; with eight of them the sum still holds."""
    for count in (3, 8):
        names = [f"p{n}" for n in range(count)]
        links = tuple(Link(each, "end") for each in names)
        older = plan(*(days(each, 3) for each in names), days("end"), links=links)
        newer = plan(*(days(each, 1) for each in names), days("end"), links=links)
        changes = float_ledger(older, newer).entries[0].changes
        assert sum(change.minutes for change in changes) == -2 * DAY
        if count == 3:
            assert [(change.task, change.minutes) for change in changes] == [(each, -320) for each in names]


def test_the_ledger_of_one_task_counts_on_its_calendar() -> None:
    """`b` moves by the two days of `a`; what happens to `c` is nothing to it."""
    newer = changed(changed(CHAIN, "a", duration=4 * DAY), "c", duration=9 * DAY)
    ledger = float_ledger(CHAIN, newer, task="b")
    assert ledger.minutes == 2 * DAY
    assert ledger.entries[0].changes == (Change("duration", 2 * DAY, task="a"),)
    with pytest.raises(EngineError, match="task 'z' is not in both plans"):
        float_ledger(CHAIN, newer, task="z")


def test_scope_and_logic_are_one_where_half_of_them_runs_in_a_circle() -> None:
    """The task between goes and the link turns round: each alone with the rest of the other is a circle."""
    older = plan(days("a", 1), days("x", 2), days("b", 1), links=row("a", "x", "b"))
    newer = plan(days("a", 1), days("b", 1), links=(Link("b", "a"),))
    ledger = float_ledger(older, newer)
    assert ledger.minutes == -2 * DAY
    assert [(entry.cause, entry.with_logic) for entry in ledger.entries] == [(Cause.SCOPE, True)]
    assert sum(change.minutes for change in ledger.entries[0].changes) == -2 * DAY


def test_what_is_not_shown_by_itself_is_in_the_others() -> None:
    """Five tasks of the path longer by a day each; two are shown."""
    names = [f"t{n}" for n in range(5)]
    older = plan(*(days(each) for each in names), links=row(*names))
    newer = plan(*(days(each, 2) for each in names), links=row(*names))
    changes = float_ledger(older, newer, most=2).entries[0].changes
    assert changes == (
        Change("others", 3 * DAY),
        Change("duration", DAY, task="t0"),
        Change("duration", DAY, task="t1"),
    )


# -- brute force


FIELDS = {
    Cause.CALENDAR: ("calendar",),
    Cause.LOGIC: ("parent", "kind"),
    Cause.DURATION: ("duration",),
    Cause.CONSTRAINT: ("constraint", "constraint_at", "deadline"),
    Cause.PROGRESS: ("actual_start", "actual_finish", "remaining"),
}


def hybrid(older: Network, newer: Network, causes: frozenset[Cause]) -> Network:
    """The older plan with some causes as in the newer, put together task by task."""
    olds, news = ({task.id: task for task in network.tasks} for network in (older, newer))
    tasks = []
    for task in (newer if Cause.SCOPE in causes else older).tasks:
        if task.id in olds and task.id in news:
            said = {
                name: getattr((news if cause in causes else olds)[task.id], name)
                for cause, names in FIELDS.items()
                for name in names
            }
            tasks.append(replace(task, **said))
        else:
            tasks.append(task)
    common = olds.keys() & news.keys()

    def inner(network: Network) -> list[Link]:
        return [link for link in network.links if {link.predecessor, link.successor} <= common]

    outer = newer if Cause.SCOPE in causes else older
    links = inner(newer if Cause.LOGIC in causes else older)
    links += [link for link in outer.links if not {link.predecessor, link.successor} <= common]
    calendars = dict((newer if Cause.CALENDAR in causes else older).calendars)
    status = (newer if Cause.PROGRESS in causes else older).status
    return replace(older, tasks=tuple(tasks), links=tuple(links), calendars=calendars, status=status)


KINDS = (Constraint.START_NO_EARLIER_THAN, Constraint.MUST_FINISH_ON, Constraint.FINISH_NO_EARLIER_THAN)


def some_plan(random: np.random.Generator) -> Network:
    """A small plan with links of all kinds, on two calendars."""
    ids = [each for each in "abcdefg" if random.random() < 0.8] or ["a"]
    links = tuple(
        Link(one, two, LinkKind(int(random.choice(4, p=[0.7, 0.1, 0.1, 0.1]))), int(random.integers(-1, 3)) * DAY // 2)
        for place, one in enumerate(ids)
        for two in ids[place + 1 :]
        if random.random() < 0.4
    )
    tasks = []
    for each in ids:
        task = days(each, int(random.integers(0, 6)), calendar=str(random.choice(["office", "other"])))
        if random.random() < 0.2:
            kinds = [Constraint.START_NO_EARLIER_THAN, Constraint.MUST_FINISH_ON, Constraint.FINISH_NO_EARLIER_THAN]
            task = replace(
                task, constraint=kinds[random.integers(3)], constraint_at=at(int(random.integers(0, 15)), 17)
            )
        if random.random() < 0.2:
            begun = at(int(random.integers(0, 4)))
            task = replace(task, actual_start=begun, actual_finish=begun + 9 * 60 if random.random() < 0.5 else None)
        tasks.append(task)
    holidays = [dt.date(2026, 1, 5) + dt.timedelta(days=int(random.integers(0, 12)))]
    calendars = {"office": five_day("office", holidays=holidays), "other": five_day("other", shifts=((480, 840),))}
    return plan(*tasks, links=links, calendars=calendars, status=at(int(random.integers(0, 5))))


@pytest.mark.parametrize("options", [None, PRIMAVERA], ids=["microsoft", "primavera"])
@pytest.mark.parametrize("seed", range(6))
def test_the_ledger_is_the_mean_over_all_orders_of_causes(seed: int, options: Any) -> None:
    """Every order gone through step by step; entries within a minute, and their sum to the minute."""
    random = np.random.default_rng(seed)
    older, newer = some_plan(random), some_plan(random)
    more = {} if options is None else {"options": options}
    ledger = float_ledger(older, newer, **more)
    line = timeline(newer.calendars["office"])
    known: dict[frozenset[Cause], int] = {}

    def finish(causes: frozenset[Cause]) -> int:
        if causes not in known:
            known[causes] = line.work_at(schedule(hybrid(older, newer, causes), **more).project_finish)
        return known[causes]

    owed = dict.fromkeys(Cause, Fraction(0))
    orders = list(permutations(Cause))
    for order in orders:
        for place, cause in enumerate(order):
            owed[cause] += finish(frozenset(order[: place + 1])) - finish(frozenset(order[:place]))
    found = amounts(ledger)
    assert (ledger.older, ledger.newer) == (
        schedule(older, **more).project_finish, schedule(newer, **more).project_finish
    )  # fmt: skip
    assert sum(found.values()) == ledger.minutes == finish(frozenset(Cause)) - finish(frozenset())
    for cause, minutes_owed in owed.items():
        assert abs(found.get(cause, 0) - minutes_owed / len(orders)) < 1
    for entry in ledger.entries:
        assert sum(change.minutes for change in entry.changes) == entry.minutes
        assert all(change.minutes for change in entry.changes)


@pytest.mark.parametrize("seed", range(20, 23))
def test_the_way_back_undoes_the_way_there(seed: int) -> None:
    """On one calendar the ledger from new to old has every cause with the opposite sign."""
    random = np.random.default_rng(seed)
    one, two = some_plan(random), some_plan(random)
    two = replace(two, calendars=one.calendars)
    there, back = amounts(float_ledger(one, two)), amounts(float_ledger(two, one))
    for cause in Cause:
        assert abs(there.get(cause, 0) + back.get(cause, 0)) <= 1


# -- comparing


def test_variances_are_counted_in_working_time_of_the_tasks_calendar() -> None:
    """A day longer: `b` starts a day later, Friday to Monday being one; money and work as they are given."""
    older = plan(days("a", 4), days("b", 1), days("gone"), links=row("a", "b"))
    tasks = (days("new"), days("b", 1, deadline=at(9)), days("a", 5))
    newer = plan(*tasks, links=(*row("a", "b"), Link("new", "b", SS, 60, LagUnit.ELAPSED)))
    found = compare(schedule(older), schedule(newer), work=({"a": 10.0}, {"a": 12.5}), cost=({"a": 5}, {"b": 5}))
    assert found.finish == DAY
    assert [variance.task for variance in found.variances] == ["b", "a"]
    by_id = {variance.task: variance for variance in found.variances}
    assert (by_id["b"].start, by_id["b"].finish, by_id["b"].duration) == (DAY, DAY, 0)
    assert (by_id["a"].start, by_id["a"].finish, by_id["a"].duration) == (0, DAY, DAY)
    assert (by_id["a"].work, by_id["a"].cost, by_id["b"].work) == (2.5, None, None)
    assert (found.added, found.removed) == (("new",), ("gone",))
    assert [(each.task, each.field, each.before, each.after) for each in found.reconstrained] == [
        ("b", "deadline", None, at(9))
    ]
    assert [(each.task, each.field) for each in found.changed] == [("a", "duration")]
    assert [(each.predecessor, each.kind, each.before, each.after) for each in found.relinked] == [
        ("new", SS, None, (60, int(LagUnit.ELAPSED), 0))
    ]


def test_a_plan_compared_with_itself_differs_in_nothing() -> None:
    """All variances are zero, all lists empty; tasks that do not count have none."""
    tasks = (Task("s"), days("a", 2, parent="s"), days("off", active=False), Task("m", kind=TaskKind.MILESTONE))
    found = schedule(plan(*tasks, links=row("a", "m")))
    same = compare(found, found)
    assert {(each.start, each.finish, each.duration) for each in same.variances} == {(0, 0, 0)}
    assert [each.task for each in same.variances] == ["s", "a", "m"]
    assert (same.finish, same.added, same.removed, same.relinked, same.reconstrained, same.changed) == (
        0, (), (), (), (), ()
    )  # fmt: skip


def test_calendars_and_parents_are_shown_by_their_ids() -> None:
    """A task moved under a summary and to another calendar."""
    other = five_day("other")
    calendars = {"office": OFFICE, "other": other}
    older = plan(Task("s"), days("x", parent="s"), days("a"), calendars=calendars)
    newer = plan(Task("s"), days("x", parent="s"), days("a", parent="s", calendar="other"), calendars=calendars)
    found = compare(schedule(older), schedule(newer))
    assert [(each.field, each.before, each.after) for each in found.changed] == [
        ("calendar", None, "other"), ("parent", None, "s")
    ]  # fmt: skip


# -- milestone trends


@pytest.mark.parametrize(
    ("dates", "course", "slope", "meets"),
    [
        ([50, 50, 50], Course.STEADY, 0.0, 50),
        ([50, 55, 60], Course.LATER, 0.5, 100),  # from day 20: 40 days to go, half of them lost
        ([50, 45, 40], Course.EARLIER, -0.5, 33),  # 20 + 20 / 1.5
        ([50, 60, 70], Course.RUNAWAY, 1.0, None),
        ([50, 60, 51], Course.ZIGZAG, 0.05, 53),  # 20 + 31 / 0.95
        ([50], Course.UNKNOWN, None, None),
        ([15, 16, 18], Course.REACHED, 0.15, None),
    ],
)
def test_trends_of_milestones(dates: list[int], course: Course, slope: float | None, meets: int | None) -> None:
    """Reports ten days apart; slopes by least squares, worked by hand."""
    reports: list[tuple[int, dict[Any, int]]] = [(n * 10 * 1440, {"m": date * 1440}) for n, date in enumerate(dates)]
    found = milestone_trends(reports[::-1])[0]
    assert found.course == course
    assert found.slope == (None if slope is None else pytest.approx(slope, abs=1e-12))
    assert (None if found.meets is None else round(found.meets / 1440)) == meets
    assert found.moved == (dates[-1] - dates[0]) * 1440
    assert found.moved_last == (0 if len(dates) < 2 else (dates[-1] - dates[-2]) * 1440)
    assert [point[1] for point in found.points] == [date * 1440 for date in dates]


def test_milestones_may_be_missing_from_reports_and_reports_not_twice() -> None:
    """Each has its own points."""
    found = milestone_trends([(0, {"a": 10}), (5, {"b": 10, "a": 10})])
    assert [(trend.milestone, len(trend.points)) for trend in found] == [("a", 2), ("b", 1)]
    with pytest.raises(EngineError, match="two reports have the status date 5"):
        milestone_trends([(5, {}), (5, {})])


def test_what_is_no_number_is_refused_by_name() -> None:
    """Nothing but an `EngineError` comes out."""
    with pytest.raises(EngineError, match="the date of milestone 'm' is not a number"):
        milestone_trends([(5, {"m": float("nan")})])  # type: ignore[dict-item]
    found = schedule(CHAIN)
    with pytest.raises(EngineError, match="the cost of task 'a' is not a number"):
        compare(found, found, cost=({"a": float("inf")}, {}))
    with pytest.raises(EngineError, match="the number of changes to show is 0"):
        float_ledger(CHAIN, CHAIN, most=0)
    with pytest.raises(EngineError, match="Dig"):
        float_ledger(CHAIN, plan(days("Dig"), days("Fill"), links=row("Dig", "Fill", "Dig")))

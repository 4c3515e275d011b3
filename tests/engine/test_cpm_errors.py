"""What is refused, how it says so, and that nothing else ever comes out of bad input."""

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quarterdeck.engine.calendar import CalendarException, WorkCalendar
from quarterdeck.engine.cpm import (
    MICROSOFT,
    PRIMAVERA,
    Columns,
    Critical,
    Options,
    OutOfSequence,
    TotalFloat,
    drag,
    float_paths,
    reschedule,
    schedule,
    why,
)
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Constraint, LagUnit, Link, LinkKind, Network, Task
from tests.engine.cpm_plans import NAMES, rich_plans
from tests.engine.cpm_words import DAY, OFFICE, at, solved

A, B = Task("A", DAY), Task("B", DAY)
ANY: Any = None
HALF: Any = 0.5
UNHASHABLE: Any = ["B"]

REFUSED: list[tuple[Network, str, tuple[Any, ...]]] = [
    (Network((A, A)), "two tasks have the id 'A'", ("A",)),
    (Network((Task(UNHASHABLE),)), "cannot be an id", (UNHASHABLE,)),
    (Network((Task("A", parent=UNHASHABLE),)), "names the parent", ("A",)),
    (Network((A,), calendar=UNHASHABLE), "the project's calendar", (UNHASHABLE,)),
    (Network((A, B), (Link("A", "C"),)), "names 'C', which is no task of the plan", ("A", "C")),
    (Network((A, B), (Link("A", UNHASHABLE),)), "which is no task", ("A", UNHASHABLE)),
    (Network((A,), (Link("A", "A"),)), "task 'A' is linked to itself", ("A",)),
    (Network((Task("A", -1),)), "task 'A' has a negative duration", ("A",)),
    (Network((A, Task("B", math.nan))), "task 'B' has a duration that is no whole number", ("B",)),  # type: ignore[arg-type]
    (Network((Task("A", math.inf),)), "no whole number", ("A",)),  # type: ignore[arg-type]
    (Network((Task("A", 0.5),)), "no whole number", ("A",)),  # type: ignore[arg-type]
    (Network((A, Task("B", "long"))), "task 'B' has a duration that is no whole number", ("B",)),  # type: ignore[arg-type]
    (Network((Task("A", 10**10),)), "a duration of over 1,000,000,000 minutes", ("A",)),
    (Network((Task("A", 10**30),)), "no whole number", ("A",)),
    (Network((A, B), (Link("A", "B", lag=-(10**10)),)), "a lag of over", ("A", "B")),
    (Network((A, B), (Link("A", "B", lag=math.nan),)), "lag that is no whole number", ("A", "B")),  # type: ignore[arg-type]
    (Network((A, B), (Link("A", "B", kind=ANY),)), "link kind that is no whole number", ("A", "B")),
    (Network((A, B), (Link("A", "B", kind=7),)), "unknown link kind", ("A", "B")),  # type: ignore[arg-type]
    (Network((Task("A", parent="P"),)), "names the parent 'P', which is not in the plan", ("A",)),
    (Network((Task("A", calendar="C"),)), "names the calendar 'C', which is not in the plan", ("A",)),
    (Network((A,), calendar="C"), "the project's calendar 'C' is not among", ("C",)),
    (Network((Task("A", constraint=Constraint.MUST_START_ON),)), "a constraint without its date", ("A",)),
    (Network((Task("A", deadline=10**12),)), r"a date \(deadline\) outside 1900-01-01 to 2200-01-01", ("A",)),
    (Network((Task("A", actual_start=100, actual_finish=50),)), "finished before it started", ("A",)),
    (Network((Task("A", actual_start=0, suspended=100, resumed=50),)), "resumed before it was suspended", ("A",)),
    (Network((Task("A", splits=((60, 30), (30, 30))),)), "the splits of task 'A' are not in order", ("A",)),
    (Network((Task("A", delay=-5),)), "a negative delay", ("A",)),
    (Network((A,), start=10**12), "the start of the project is no date", ()),
    (Network((A,), status=HALF), "the status of the project is no date", ()),
    (Network((Task("A", DAY * 70_000),), calendars={"o": OFFICE}, calendar="o"), "does not end between", ("office",)),
]


@pytest.mark.parametrize(("network", "said", "culprits"), REFUSED)
def test_refused_with_the_name_of_the_culprit(network: Network, said: str, culprits: tuple[Any, ...]) -> None:
    with pytest.raises(EngineError, match=said) as caught:
        schedule(network)
    assert caught.value.culprits[-len(culprits) :] == culprits
    assert caught.value.remedy.endswith(".")


def test_ten_million_tasks_are_refused_before_they_cost_memory() -> None:
    with pytest.raises(EngineError, match="the plan has 10,000,000 tasks, 10,000,000 are too many"):
        Columns(duration=np.broadcast_to(np.int64(60), 10_000_000))
    many = np.broadcast_to(np.int64(0), 12_000_000)
    with pytest.raises(EngineError, match="12,000,000 links"):
        Columns(duration=np.array([1, 2]), predecessor=many, successor=many)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"predecessor": [0], "successor": [2]}, "a successor that is not there"),
        ({"predecessor": [-1], "successor": [1]}, "a predecessor that is not there"),
        ({"predecessor": [0], "successor": [1, 1]}, "the column successor has 2 values for 1 links"),
        ({"deadline": [1]}, "the column deadline has 1 values for 2 tasks"),
        ({"parent": [5, -1]}, "task 0 has a parent that is not there"),
        ({"calendar": [0, -1]}, "task 0 has a calendar that is not there"),
        ({"ids": ("a",)}, "1 ids for 2 tasks"),
        ({"ids": ("a", "a")}, "two tasks have the id 'a'"),
        ({"project_calendar": 3}, "calendar is not among"),
        ({"constraint": [9, 0]}, "unknown constraint"),
        ({"actual_start": ["x", "y"]}, "holds no numbers"),
    ],
)
def test_columns_that_do_not_fit(columns: dict[str, Any], said: str) -> None:
    arrays: dict[str, Any] = {
        name: np.array(held) if isinstance(held, list) else held for name, held in columns.items()
    }
    with pytest.raises(EngineError, match=said):
        Columns(duration=np.array([60, 60]), **arrays)


def test_a_calendar_without_work_where_the_plan_needs_it() -> None:
    """Work on one day in 1990 only."""
    once = CalendarException(dt.date(1990, 1, 1), dt.date(1990, 1, 1), ((480, 1020),))
    idle = WorkCalendar("idle", week=((),) * 7, exceptions=(once,))
    with pytest.raises(EngineError, match="does not end between 1900-01-01 and 2200-01-01") as caught:
        schedule(Network((Task("A", 60),), calendars={"idle": idle}, calendar="idle", start=at("Mon 08:00")))
    assert "idle" in caught.value.culprits


def test_edits_that_cannot_be() -> None:
    found = solved(A, B, "A FS B")
    edits: tuple[tuple[dict[str, Any], str], ...] = (
        ({"tasks": [replace(A, duration=-5)]}, "negative duration"),
        ({"tasks": [replace(A, calendar="C")]}, "names the calendar 'C'"),
        ({"tasks": [replace(A, parent="C")]}, "names the parent 'C'"),
        ({"tasks": [A, A]}, "two tasks have the id 'A'"),
        ({"links": [Link("A", "C")]}, "names 'C'"),
        ({"links": [Link("B", "A")]}, "links run in a circle: A → B → A"),
        ({"links": [Link("A", "B", lag=10**10)]}, "a lag of over"),
        ({"without_tasks": ["C"]}, "no task 'C'"),
        ({"without_links": [Link("A", "B", LinkKind.START_START)]}, "no link 'A' → 'B' of this kind"),
        ({"without_tasks": ["A", "B"]}, "no tasks"),
    )
    for edit, said in edits:
        with pytest.raises(EngineError, match=said):
            reschedule(found, **edit)
    assert found["B"].start == at("Tue 08:00")


def test_adding_and_taking_out() -> None:
    """Tasks and links come and go; what lay below a summary that goes lies below what that lay in."""
    found = solved(Task("S"), replace(A, parent="S"), B, "A FS B")
    more = reschedule(found, tasks=[Task("C", DAY, parent="S")], links=[Link("B", "C")])
    assert (more["C"].start, more["S"].finish) == (at("Wed 08:00"), at("Wed 17:00"))
    less = reschedule(more, without_tasks=["S"], without_links=[Link("A", "B")])
    assert (less["B"].start, less["C"].start, less.plan.columns.column("parent").tolist()) == (
        at("Mon 08:00"), at("Tue 08:00"), [-1, -1, -1],
    )  # fmt: skip
    renamed = reschedule(found, tasks=[replace(B, name="Pour")])
    assert (renamed.plan.columns.name_of(2), renamed["B"]) == ("Pour", found["B"])


OPTIONS = st.builds(
    replace,
    st.sampled_from((MICROSOFT, PRIMAVERA)),
    out_of_sequence=st.sampled_from(OutOfSequence),
    total_float=st.sampled_from(TotalFloat),
    critical=st.sampled_from(Critical),
    from_finish=st.booleans(),
    open_ends_critical=st.booleans(),
    lag_from_actual_start=st.booleans(),
    floor=st.booleans(),
)
ODD: st.SearchStrategy[Any] = st.sampled_from(
    (0, 1, -1, 10**6, -(10**6), 10**9, 2**31, 2**62, -(2**63), 2**70, math.nan, math.inf, 0.5, "x", None)
)


@given(rich_plans(), OPTIONS)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_said_of_a_plan_it_is_scheduled_or_refused(network: Network, options: Options) -> None:
    """By every combination of rules, with all that can be asked of the result."""
    try:
        found = schedule(network, options)
    except EngineError:
        return
    for task in network.tasks:
        dates = found[task.id]
        assert dates.start is None or dates.finish is None or dates.start <= dates.finish
        assert all(reason.cause for reason in why(found, task.id))
    paths = [task for path in float_paths(found, most=99) for task in path.tasks]
    assert len(paths) == len(set(paths))
    assert all(saved >= 0 for saved in drag(found).values())


@st.composite
def broken_plans(draw: st.DrawFn) -> Network:
    """A plan of which some numbers are none, or far too large."""
    network = draw(rich_plans(most=4))
    fields = st.sampled_from(
        ("duration", "constraint_at", "deadline", "actual_start", "remaining", "delay", "parent", "calendar", "kind")
    )
    lines = [replace(task, **{draw(fields): draw(ODD)}) if draw(st.booleans()) else task for task in network.tasks]
    ends = st.sampled_from((*NAMES[:5], None, 7))
    links = [*network.links, Link(draw(ends), draw(ends), draw(st.sampled_from(LinkKind)), draw(ODD), LagUnit.PERCENT)]
    whole = {name: draw(ODD) for name in draw(st.sets(st.sampled_from(("start", "finish", "status"))))}
    return replace(network, tasks=tuple(lines), links=tuple(links[:: draw(st.sampled_from((1, 2)))]), **whole)


@given(broken_plans())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_broken_plans_are_refused_and_nothing_else(network: Network) -> None:
    try:
        found = schedule(network)
    except EngineError:
        return
    assert len(found.start) == len(network.tasks)

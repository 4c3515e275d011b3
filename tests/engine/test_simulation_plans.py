"""Simulation without spread held against the critical path method, on plans of which anything may be said.

What a simulation leaves out of a plan is left out here too: dates that hold tasks against their links, and "as late as
possible".
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.cpm import MICROSOFT, PRIMAVERA, Options, OutOfSequence, schedule
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Constraint, LagCalendar, LagUnit, Link, LinkKind, Network, Task
from quarterdeck.engine.simulation import simulate
from quarterdeck.engine.simulation.ground import Ground
from tests.engine.cpm_plans import CALENDARS, START, plans, rich_plans

DIALECTS = st.sampled_from(
    (
        MICROSOFT,
        PRIMAVERA,
        replace(PRIMAVERA, out_of_sequence=OutOfSequence.PROGRESS_OVERRIDE, lag_from_actual_start=False),
        replace(MICROSOFT, out_of_sequence=OutOfSequence.ACTUAL_DATES, from_status=True),
    )
)


def soft(network: Network) -> Network:
    """The plan in which links win over dates, and nothing is put off."""
    late = Constraint.AS_LATE_AS_POSSIBLE
    return replace(
        network,
        tasks=tuple(
            replace(
                task,
                hard=False,
                constraint=Constraint.AS_SOON_AS_POSSIBLE if task.constraint == late else task.constraint,
                second_constraint=(
                    Constraint.AS_SOON_AS_POSSIBLE if task.second_constraint == late else task.second_constraint
                ),
            )
            for task in network.tasks
        ),
    )


def on_one_calendar(network: Network) -> Network:
    """The plan that can be reckoned in working time."""
    return replace(
        network,
        tasks=tuple(replace(task, calendar=None, elapsed=False, delay=0) for task in network.tasks),
        links=tuple(replace(link, unit=LagUnit.WORKING, calendar=LagCalendar.DIALECT) for link in network.links),
    )


def agree(network: Network, options: Options) -> None:
    """Compare finishes and what is critical.

    On one calendar the end of a shift and the start of the next are one working time: a milestone, a finish bound by a
    start, or what has begun out of hours may show at either, and tasks that ended between the two are critical alike.
    What follows from a start that is a fact makes nothing critical.
    """
    try:
        wanted = schedule(soft(network), options)
    except EngineError:
        return
    if not any(wanted.plan.node[wanted.plan.rows[task.id]] >= 0 for task in network.tasks):
        return
    found = simulate(network, iterations=1, threads=1, options=options, percentiles=(0.5,))
    ground = Ground(wanted.plan)
    told = {task.id: task for task in network.tasks}
    bound = {link.successor for link in network.links if link.kind == LinkKind.START_FINISH}
    for each in found.tasks.ids:
        one, other = found.tasks[each].finish[0.5], wanted[each].finish
        assert other is not None
        exact = ground.several or (told[each].duration > 0 and told[each].actual_start is None and each not in bound)
        assert one == other if exact else alike(ground, one, other)
    assert found.planned_finish == found.finish.least
    assert alike(ground, found.planned_finish, wanted.project_finish)
    begun = {task.id for task in network.tasks if task.actual_start is not None}
    critical = {each for each in found.tasks.ids if found.tasks[each].criticality == 1} - begun
    longest = set(wanted.longest_path) - begun
    assert critical >= longest if begun and not ground.several else critical == longest


def alike(ground: Ground, one: int, other: int) -> bool:
    """Return whether two instants are one working time of a plan's calendar; of several, whether they are one."""
    if ground.several:
        return one == other
    counted = ground.counted(np.array([one, other]))
    return bool(counted[0] == counted[1])


@settings(max_examples=60, deadline=None)
@given(plans(), DIALECTS)
def test_links_lags_and_calendars(network: Network, options: Options) -> None:
    agree(network, options)


@settings(max_examples=120, deadline=None)
@given(rich_plans(most=6), DIALECTS, st.booleans())
def test_constraints_progress_summaries_splits_and_delays(network: Network, options: Options, one: bool) -> None:
    agree(on_one_calendar(network) if one else network, options)


@pytest.mark.parametrize("options", [MICROSOFT, PRIMAVERA], ids=["Microsoft", "Primavera"])
def test_a_plan_scheduled_from_its_finish_starts_where_that_tells_it_to(options: Options) -> None:
    """Friday 1970-01-23 17:00 less two days in a row is Thursday 08:00."""
    tasks = (Task("a", 480), Task("b", 480), Task("c", 240))
    finish = 22 * 1440 + 1020
    network = Network(tasks, (Link("a", "b"), Link("a", "c")), CALENDARS, "office", start=START, finish=finish)
    found = simulate(network, iterations=1, options=replace(options, from_finish=True), keep=("a",))
    assert found.kept_finishes["a"].tolist() == [21 * 1440 + 1020]
    assert found.planned_finish == finish
    assert found.planned_work == 960

"""An edit repaired in place gives what scheduling the edited plan from scratch gives."""

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from quarterdeck.engine.cpm import MICROSOFT, PRIMAVERA, Options, Schedule, reschedule, schedule
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Network
from tests.engine.cpm_plans import rich_plans, tasks

COLUMNS = (
    "start", "finish", "early_start", "early_finish", "late_start", "late_finish", "remaining_start", "start_float",
    "finish_float", "total_float", "free_float", "critical", "near_critical", "on_longest_path", "driving",
    "relationship_float",
)  # fmt: skip


def columns(found: Schedule) -> dict[str, Any]:
    return {name: np.asarray(getattr(found, name)).tolist() for name in COLUMNS} | {
        "ends": (found.project_start, found.project_finish)
    }


def fresh(network: Network, options: Options) -> Schedule | None:
    """The schedule, or None of a plan that is refused (a circle through summaries, no way to stay within 1900)."""
    try:
        return schedule(network, options)
    except EngineError:
        return None


@st.composite
def edited(draw: st.DrawFn) -> tuple[Network, dict[str, Any], Network]:
    """A plan, an edit, and the plan that should come of it."""
    network = draw(rich_plans())
    place = draw(st.integers(0, len(network.tasks) - 1))
    old = network.tasks[place]
    new = replace(draw(tasks(str(old.id))), parent=old.parent)
    if draw(st.booleans()):
        new = replace(new, kind=old.kind, active=old.active)
    change: dict[str, Any] = {"tasks": [new]}
    lines = list(network.tasks)
    lines[place] = change["tasks"][0]
    links = list(network.links)
    if links and draw(st.booleans()) is True:
        which = draw(st.integers(0, len(links) - 1))
        links[which] = replace(links[which], lag=draw(st.sampled_from((0, 30, 700, -60))))
        change["links"] = [links[which]]
    return network, change, replace(network, tasks=tuple(lines), links=tuple(links))


@given(edited(), st.sampled_from((MICROSOFT, PRIMAVERA)))
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_a_repair_equals_a_fresh_schedule(case: tuple[Network, dict[str, Any], Network], options: Options) -> None:
    network, change, after = case
    before, expected = fresh(network, options), fresh(after, options)
    assume(before is not None and expected is not None)
    assert before is not None
    assert expected is not None
    held = columns(before)
    found = columns(reschedule(before, **change))
    wanted = columns(expected)
    assert {name: found[name] for name in COLUMNS} == {name: wanted[name] for name in COLUMNS}
    assert found["ends"] == wanted["ends"]
    assert columns(before) == held

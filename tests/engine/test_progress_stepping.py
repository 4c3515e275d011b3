"""Mending a schedule held against making the plan ready anew, on plans of which anything may be said."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.cpm import MICROSOFT, PRIMAVERA, Columns, Options, columns, schedule
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.network import Link, Network, Task
from quarterdeck.engine.progress import stepping
from tests.engine.cpm_plans import rich_plans, tasks


@settings(max_examples=60, deadline=None)
@given(rich_plans(most=6), st.data(), st.sampled_from((MICROSOFT, PRIMAVERA)))
def test_a_mended_schedule_is_that_of_the_plan(network: Network, data: st.DataObject, options: Options) -> None:
    """Some tasks are told anew, all but what gives the plan its shape; some lags too."""
    turned = tuple(
        replace(data.draw(tasks(str(task.id))), parent=task.parent, active=task.active, kind=task.kind)
        if data.draw(st.booleans())
        else task
        for task in network.tasks
    )
    links = tuple(replace(link, lag=data.draw(st.sampled_from((0, link.lag, 45)))) for link in network.links)
    older, newer = columns(network), columns(replace(network, tasks=turned, links=links))
    newer = newer.changed(ids=older.ids, names=older.names)
    try:
        near, wanted = schedule(older, options), schedule(newer, options)
    except EngineError:
        return
    found = stepping.scheduled(newer, near, options)
    for name in ("start", "finish", "late_finish", "total_float", "on_longest_path"):
        assert getattr(found, name).tolist() == getattr(wanted, name).tolist()
    assert found.project_finish == wanted.project_finish


@pytest.mark.parametrize(
    ("changes", "mended"),
    [
        ({}, True),
        ({"duration": np.array([600, 960, 480])}, True),
        ({"lag": np.array([60, 0])}, True),
        ({"active": np.array([1, 1, 0])}, False),
        ({"successor": np.array([1, 1])}, False),
        ({"start": 480}, False),
    ],
)
def test_only_what_keeps_the_shape_is_mended(
    changes: dict[str, Any], mended: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = Columns(
        duration=np.array([480, 960, 480]),
        predecessor=np.array([0, 0]),
        successor=np.array([1, 2]),
        lag=np.zeros(2, int),
    )
    newer = older.changed(**changes)
    near, wanted, anew = schedule(older), schedule(newer).finish.tolist(), []

    def made_anew(*said: Any) -> Any:
        anew.append(said)
        return schedule(*said)

    monkeypatch.setattr(stepping, "schedule", made_anew)
    assert stepping.scheduled(newer, near, MICROSOFT).finish.tolist() == wanted
    assert bool(anew) is not mended


def test_links_that_cannot_be_told_apart_are_not_mended() -> None:
    """Two links of the same ends and kind: the second lag is the one that grows."""
    ends = (Task("a", 480), Task("b", 480))
    older = columns(Network(ends, (Link("a", "b"), Link("a", "b", lag=10))))
    newer = older.changed(lag=np.array([0, 90]))
    assert stepping.scheduled(newer, schedule(older), MICROSOFT).project_finish == 480 + 90 + 480

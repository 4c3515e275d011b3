"""The passes of levelling's search against each other, and what it keeps of each child."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from quarterdeck.engine.levelling import Activity, Problem, Resource
from quarterdeck.engine.levelling._horizon import horizon
from quarterdeck.engine.levelling._prepare import prepared
from quarterdeck.engine.levelling.genetic_kernels import (
    Instance,
    Whole,
    bred,
    generated,
    straight,
    turned_round,
    worth,
)
from quarterdeck.engine.levelling.kernels import NO_ROOM
from quarterdeck.engine.network import Link, LinkKind
from tests.engine import psplib

DAY = 1440
FS = LinkKind.FINISH_START


def drawn(instance: Instance, rows: int, seed: int) -> tuple[Whole, NDArray[np.float64]]:
    """So many orders drawn at random and as many children of them: orders of their starts, and what they cost."""
    orders, starts = np.zeros((2, 2 * rows, len(instance.act)), np.int64)
    cost, signs, urgency = np.zeros(2 * rows), np.zeros(2 * rows, np.int64), np.zeros(len(instance.act))
    for first in (0, rows):
        assert bred(instance, urgency, orders, starts, cost, signs, first, first + rows, seed, True) > 0
    return starts, cost


def test_the_plain_passes_give_the_schedules_of_the_general_ones(shared_data: Path) -> None:
    """Orders drawn at random: what is chosen for speed alone changes nothing."""
    found = sorted((shared_data / "psplib").rglob("*.sm"))[::60]
    if not found:
        pytest.skip("no instances are given")
    for path in found:
        instance = horizon(prepared(psplib.instance(path)), strict=False)[0].instance
        assert instance.plain
        plain, general = drawn(instance, 20, 3), drawn(instance._replace(plain=False), 20, 3)
        assert (plain[0][:20] == general[0][:20]).all()
        assert plain[1][:20].tolist() == general[1][:20].tolist()


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 2), st.integers(0, 2)), min_size=3, max_size=9))
def test_what_is_turned_round_is_given_back_by_the_order_of_its_starts(raw: list[tuple[int, int, int]]) -> None:
    """Children are made backwards first; the order that is kept of each gives a schedule of the same cost."""
    works = tuple(Activity(n, length * DAY, {"a": one, "b": two}) for n, (length, one, two) in enumerate(raw))
    links = tuple(Link(n, n + 3, FS, DAY * (n % 2)) for n in range(len(raw) - 3))
    problem = Problem(works, links, (Resource("a", 2), Resource("b", 3)))
    instance = horizon(prepared(problem), strict=False)[0].instance
    assert straight(instance)
    starts, cost = drawn(instance, 6, 1)
    state = np.zeros((len(instance.act), 3), np.int64)
    for order, told in zip(starts[6:], cost[6:].tolist(), strict=True):
        makespan = generated(instance, order, instance.full.copy(), state)
        assert worth(instance, state, makespan) == told


def test_an_axis_too_short_to_turn_round_on_is_left_as_it_was() -> None:
    works = tuple(Activity(n, 3 * DAY, {"crew": 1}) for n in range(3))
    instance = horizon(prepared(Problem(works, resources=(Resource("crew"),))), strict=False)[0].instance
    short = instance._replace(full=instance.full[:2].copy())
    free, state, scratch = short.full.copy(), np.zeros((3, 3), np.int64), np.zeros(99, np.int64)
    assert turned_round(short, np.arange(3), free, state, scratch, np.zeros(3, np.int64)) == NO_ROOM
    assert (free == short.full).all()


def test_with_a_lead_nothing_is_turned_round() -> None:
    """A successor may then end before what it follows: the order of the finishes is none of precedence."""
    works = (Activity("a", 4 * DAY, {"crew": 1}), Activity("b", DAY, {"crew": 1}))
    problem = Problem(works, (Link("a", "b", FS, -3 * DAY),), (Resource("crew", 2),))
    assert not straight(horizon(prepared(problem), strict=False)[0].instance)

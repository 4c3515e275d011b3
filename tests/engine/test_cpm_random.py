"""The fast scheduler against the slow one on small random plans, and what holds of every plan."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quarterdeck.engine.cpm import PRIMAVERA, Options, Schedule, schedule
from quarterdeck.engine.network import LinkKind, Network
from tests.engine.cpm_plans import plans
from tests.engine.cpm_reference import Reference

ENOUGH = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MOST = 2_000
TO_FINISH = (LinkKind.FINISH_START, LinkKind.FINISH_FINISH)
FLOORED = Options(floor=True)


def dates(found: Schedule, network: Network) -> dict[object, tuple[int | None, int | None]]:
    return {task.id: (found[task.id].early_start, found[task.id].early_finish) for task in network.tasks}


@given(plans(), st.sampled_from((FLOORED, PRIMAVERA)))
@ENOUGH
def test_early_dates_are_those_of_the_minutes(network: Network, options: Options) -> None:
    starts, finishes = Reference(network, options).early()
    assert dates(schedule(network, options), network) == {each: (starts[each], finishes[each]) for each in starts}


EXACT = (
    plans(kinds=TO_FINISH, most=5)
    | plans(calendars=("late",), most=5, mixed=False, milestones=False)
    | plans(calendars=("thin",), most=5, mixed=False, milestones=False)
    | plans(calendars=(None,), most=5)
)


def floats(network: Network) -> list[tuple[object, int, int, int, int]]:
    """Of each task: id, total float found and tried, free float found and tried, the latter up to `MOST`."""
    reference, found = Reference(network, PRIMAVERA), schedule(network, PRIMAVERA)
    return [
        (
            task.id,
            min(found[task.id].total_float or 0, MOST),
            reference.total_float(task.id, MOST),
            min(found[task.id].free_float or 0, MOST),
            reference.free_float(task.id, MOST),
        )
        for task in network.tasks
    ]


@given(EXACT)
@FEW
def test_floats_are_how_far_a_task_can_be_put_off(network: Network) -> None:
    """Exact where links count from finishes, and where one calendar counts everything and milestones do not end it."""
    for task, total, total_tried, free, free_tried in floats(network):
        assert (total, free) == (total_tried, free_tried), task


@given(plans(most=5))
@FEW
def test_a_start_bound_in_a_gap_of_another_calendar_costs_a_minute(network: Network) -> None:
    """A late start at the end of a shift shows at the next one, so that its float has a minute that is not there."""
    for task, total, total_tried, free, free_tried in floats(network):
        assert total - len(network.links) <= total_tried <= total, task
        assert free - 1 <= free_tried <= free, task

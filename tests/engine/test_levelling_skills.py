"""Levelling where work asks for skills: against every order with every assignment, and rules read from the problem."""

from collections.abc import Hashable, Iterator
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.calendar import five_day, timeline
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.levelling import Activity, Assigned, Cause, Levelled, Problem, Resource, level, usage
from quarterdeck.engine.network import Link

DAY = 1440
OFFICE = five_day("office")
MORNINGS = five_day("mornings", shifts=((480, 720),))


def person(name: str, *skills: str, capacity: float = 1.0) -> Resource:
    """Someone who can do this."""
    return Resource(name, capacity, skills=frozenset(skills))


def check(problem: Problem, done: Levelled) -> None:
    """Links kept, every place held by one who has the skill, nobody beyond what he can give."""
    resources = {each.id: each for each in problem.resources}
    for link in problem.links:
        assert done.starts[link.successor] >= done.finishes[link.predecessor] + link.lag
    for activity in problem.activities:
        places = done.assigned.get(activity.id, ())
        given_units: dict[Hashable, float] = {}
        for each in places:
            assert each.skill in resources[each.resource].skills
            given_units[each.skill] = given_units.get(each.skill, 0) + each.units
        asked = {skill: units for skill, units in activity.skills.items() if units and activity.duration}
        assert given_units == pytest.approx(asked)
    assert all(not each.over for each in usage(problem, done.starts, done.finishes, done.assigned))


def assignments(problem: Problem, activity: Activity) -> Iterator[tuple[tuple[Hashable, int], ...]]:
    """Every way to fill the places, in hundredths by resource."""
    places = []
    for skill, units in activity.skills.items():
        whole, rest = divmod(round(100 * units), 100)
        able = [each for each in problem.resources if skill in each.skills]
        places += [[(each.id, 100) for each in able]] * whole + [[(each.id, rest) for each in able]] * bool(rest)
    yield from product(*places)


def by_enumeration(problem: Problem) -> int:
    """The least finish over all orders and assignments by serial generation."""
    capacity = {each.id: round(100 * each.capacity) for each in problem.resources}
    best = 10**9
    for order in permutations(problem.activities):
        ways = [list(assignments(problem, each)) for each in order]
        for chosen in product(*ways):
            used: dict[tuple[Hashable, int], int] = {}
            ends: dict[Hashable, int] = {}
            for each, team in zip(order, chosen, strict=True):
                preds = [link.predecessor for link in problem.links if link.successor == each.id]
                if any(name not in ends for name in preds):
                    break
                at = max([0, *(ends[name] for name in preds)])
                asked: dict[Hashable, int] = {}
                for who, share in team:
                    asked[who] = asked.get(who, 0) + share
                if any(share > capacity[who] for who, share in asked.items()):
                    break
                while any(
                    used.get((who, slot), 0) + share > capacity[who]
                    for slot in range(at, at + each.duration)
                    for who, share in asked.items()
                ):
                    at += 1
                for who, share in asked.items():
                    for slot in range(at, at + each.duration):
                        used[who, slot] = used.get((who, slot), 0) + share
                ends[each.id] = at + each.duration
            else:
                best = min(best, max(ends.values()))
    return best


works = st.tuples(
    st.integers(1, 3), st.sampled_from([{"s": 1.0}, {"t": 1.0}, {"s": 1.0, "t": 0.5}, {"s": 0.5}, {"t": 1.5}])
)
skills = st.lists(st.sampled_from([("s",), ("t",), ("s", "t")]), min_size=1, max_size=2)


@settings(max_examples=40)
@given(st.lists(works, min_size=1, max_size=3), skills, st.booleans())
def test_the_least_finish_of_all_orders_and_teams(
    raw: list[tuple[int, dict[Hashable, float]]], others: list[tuple[str, ...]], chained: bool
) -> None:
    resources = (person("both", "s", "t"), person("t2", "t"), *(person(f"p{k}", *own) for k, own in enumerate(others)))
    activities = tuple(Activity(number, length, skills=asked) for number, (length, asked) in enumerate(raw))
    problem = Problem(activities, (Link(0, len(raw) - 1),) if chained and len(raw) > 1 else (), resources)
    least = by_enumeration(problem)
    found = level(problem, schedules=60)
    check(problem, found)
    assert found.bound <= least <= found.finish
    done = level(problem, schedules=60, prove=True)
    check(problem, done)
    assert (done.finish, done.optimal) == (least, True)


def test_no_bound_above_what_can_be_done() -> None:
    """163 works of two hours and 163 of one by a crew of 163: three hours, and nothing longer is called the best."""
    works = tuple(Activity(n, 120 if n % 2 else 60, skills={"dig": 1}) for n in range(326))
    problem = Problem(works, resources=(person("crew", "dig", capacity=163),))
    done = level(problem, schedules=40)
    check(problem, done)
    assert (done.bound, done.optimal) == (180, done.finish == 180)


def test_those_who_sit_move_on_where_that_helps() -> None:
    """Ann alone can solder and has more skills; the welding goes to Bob, else nothing could be done at one time."""
    team = person("Ann", "weld", "solder"), person("Bob", "weld", "paint", "clean")
    done = level(Problem((Activity("box", 60, skills={"weld": 1, "solder": 1}),), resources=team))
    assert (done.finish, done.optimal) == (60, True)
    assert done.assigned == {"box": (Assigned("weld", "Bob", 1.0), Assigned("solder", "Ann", 1.0))}


def test_half_of_someone_leaves_the_other_half() -> None:
    halves = tuple(Activity(name, 60, skills={"draw": 0.5}) for name in "abc")
    done = level(Problem(halves, resources=(person("Ann", "draw"),)))
    assert (sorted(done.starts.values()), done.finish, done.optimal) == ([0, 0, 60], 120, True)
    by_crew = level(
        Problem((Activity("a", 60, skills={"draw": 2.5}),), resources=(person("crew", "draw", capacity=3),))
    )
    assert by_crew.assigned["a"] == tuple(Assigned("draw", "crew", units) for units in (1.0, 1.0, 0.5))


def test_work_keeps_the_hours_of_who_does_it() -> None:
    """Thursday: eight hours of office work by Ann, who works mornings, take two days; Bob does it in one but is let."""
    ann = Resource("Ann", calendar=MORNINGS, skills=frozenset({"plan"}))
    bob = Resource("Bob", calendar=OFFICE, skills=frozenset({"plan"}))
    work = Activity("draft", 480, calendar=OFFICE, skills={"plan": 1})
    alone = level(Problem((work,), resources=(ann,)))
    assert alone.finish == DAY + 720
    assert timeline(MORNINGS).between(alone.starts["draft"], alone.finish) == 480
    both = level(Problem((work,), resources=(ann, bob)))
    assert (both.finish, both.assigned["draft"]) == (1020, (Assigned("plan", "Bob", 1.0),))
    busy = Activity("tour", 480 * 3, {"Bob": 1}, calendar=OFFICE, started=480)
    let = level(Problem((busy, work), resources=(ann, bob)))
    assert (let.starts["draft"], let.finishes["draft"]) == (480, DAY + 720)
    assert let.assigned["draft"][0].resource == "Ann"


def test_who_is_busy_is_why() -> None:
    problem = Problem(
        (Activity("first", 60, {"Ann": 1}, started=0), Activity("next", 60, skills={"weld": 1})),
        resources=(person("Ann", "weld"), person("Bob", "cook")),
    )
    (move,) = level(problem).moves
    assert (move.activity, move.cause, move.resources, move.by) == ("next", Cause.RESOURCE, ("Ann",), ("first",))


@pytest.mark.parametrize(
    ("activity", "said"),
    [
        (Activity("A", 1, skills={"dive": 1}), "'A' asks for 'dive', which nobody has"),
        (Activity("A", 1, skills={"weld": 3}), "'A' asks for 3 of 'weld', of which there are 2"),
        (Activity("A", 1, skills={"weld": float("nan")}), "what activity 'A' asks of 'weld' is nan"),
        (Activity("A", 1, skills={"weld": -1}), "what activity 'A' asks of 'weld' is -1"),
        (Activity("A", 1, skills={"weld": 2, "cook": 1}), "nobody can take all the places of activity 'A'"),
        (Activity("A", 1, skills={"weld": 1}, splittable=True), "'A' may be split and asks for skills"),
        (Activity("A", 1, skills={"weld": 1}, started=0), "'A' has begun and asks for skills"),
    ],
)
def test_skills_that_are_refused(activity: Activity, said: str) -> None:
    with pytest.raises(EngineError, match=said) as refusal:
        level(Problem((activity,), resources=(person("Ann", "weld", "cook"), person("Bob", "weld"))))
    assert "A" in refusal.value.culprits or "'A'" in str(refusal.value)

"""Strategies that draw small plans, with calendars that have little work in them so that gaps and shifts matter."""

from typing import Any

from hypothesis import strategies as st

from quarterdeck.engine.calendar import WorkCalendar
from quarterdeck.engine.network import Constraint, LagCalendar, LagUnit, Link, LinkKind, Network, Task, TaskKind

START = 4 * 1440 + 480  # Monday 1970-01-05 08:00


def week(*days: tuple[tuple[int, int], ...]) -> tuple[tuple[tuple[int, int], ...], ...]:
    return tuple(days)


OFFICE = WorkCalendar("office", week=week(*((((480, 720), (780, 1020)),) * 5), (), ()))
LATE = WorkCalendar("late", week=week((), *((((840, 1320),),) * 5), ((600, 660),)))
THIN = WorkCalendar("thin", week=week(((540, 570),), (), ((480, 510), (900, 930)), (), ((1020, 1080),), (), ()))
CALENDARS = {each.id: each for each in (OFFICE, LATE, THIN)}
NAMES = "ABCDEFGH"


@st.composite
def plans(
    draw: st.DrawFn,
    *,
    calendars: tuple[Any, ...] = (None, "office", "late", "thin"),
    kinds: tuple[LinkKind, ...] = tuple(LinkKind),
    most: int = 6,
    mixed: bool = True,
    milestones: bool = True,
) -> Network:
    """A plan without constraints or progress, its tasks in no order that the links go by.

    `mixed`: lags may count on other calendars than the tasks'.
    """
    count = draw(st.integers(1, most))
    order = draw(st.permutations(NAMES[:count]))
    durations = st.sampled_from((0, 0, 30, 60, 75, 240, 480, 900) if milestones else (30, 60, 75, 240, 480, 900))
    tasks = [
        Task(
            each,
            duration=(duration := draw(durations)),
            kind=TaskKind.MILESTONE if duration == 0 else TaskKind.TASK,
            calendar=draw(st.sampled_from(calendars)),
            elapsed=draw(st.sampled_from((False, False, False, True))) if None in calendars else False,
        )
        for each in NAMES[:count]
    ]
    pairs = [(one, two) for place, two in enumerate(order) for one in order[:place]]
    links = [
        Link(
            one,
            two,
            kind=draw(st.sampled_from(kinds)),
            lag=draw(st.sampled_from((0, 0, 0, 15, 60, 500, -20, -90))),
            unit=draw(st.sampled_from((LagUnit.WORKING, LagUnit.WORKING, LagUnit.ELAPSED)))
            if mixed
            else LagUnit.WORKING,
            calendar=draw(st.sampled_from(LagCalendar)) if mixed else LagCalendar.DIALECT,
        )
        for one, two in (draw(st.lists(st.sampled_from(pairs), max_size=8, unique=True)) if pairs else [])
    ]
    return Network(tuple(tasks), tuple(links), CALENDARS, calendar=draw(st.sampled_from(calendars)), start=START)


@st.composite
def tasks(draw: st.DrawFn, name: str, parents: tuple[str | None, ...] = (None,)) -> Task:
    """A task of which anything may be said."""
    near = st.integers(START - 1500, START + 9000)
    started = draw(st.sampled_from((False, False, False, True)))
    start = draw(near) if started else None
    finished = started and draw(st.booleans())
    duration = draw(st.sampled_from((0, 30, 75, 240, 480, 900)))
    constraint = draw(st.sampled_from((*Constraint, *[Constraint.AS_SOON_AS_POSSIBLE] * 6)))
    second = draw(st.sampled_from((*Constraint, *[Constraint.AS_SOON_AS_POSSIBLE] * 12)))
    return Task(
        name,
        duration,
        kind=draw(st.sampled_from((*TaskKind, *[TaskKind.TASK] * 8))),
        parent=draw(st.sampled_from(parents)),
        calendar=draw(st.sampled_from((None, "office", "late", "thin"))),
        elapsed=draw(st.sampled_from((False, False, False, True))),
        constraint=constraint,
        constraint_at=draw(near),
        second_constraint=second,
        second_constraint_at=draw(near),
        hard=draw(st.sampled_from((None, None, True, False))),
        deadline=draw(st.one_of(st.none(), near)),
        actual_start=start,
        actual_finish=start + draw(st.integers(0, 3000)) if finished and start is not None else None,
        remaining=draw(st.sampled_from((None, None, 0, 60, 500))) if started else None,
        suspended=start + 100 if start is not None and draw(st.booleans()) else None,
        resumed=start + 2000 if start is not None and draw(st.booleans()) else None,
        splits=draw(st.sampled_from(((), (), ((20, 90),), ((30, 60), (200, 15))))),
        delay=draw(st.sampled_from((0, 0, 0, 100, 2000))),
        manual=draw(st.sampled_from((False, False, False, False, True))),
        active=draw(st.sampled_from((True, True, True, True, True, False))),
    )


@st.composite
def rich_plans(draw: st.DrawFn, most: int = 8) -> Network:
    """A plan of which anything may be said; links run forward among tasks and from and to summaries."""
    count = draw(st.integers(1, most))
    parents: dict[str, Any] = {}
    drawn = []
    for place, name in enumerate(NAMES[:count]):
        drawn.append(draw(tasks(name, (None, None, *NAMES[:place][:2]))))
        parents[name] = drawn[-1].parent

    def kin(one: str, two: str) -> bool:
        line = [one]
        while parents[line[-1]] is not None:
            line.append(parents[line[-1]])
        return two in line

    pairs = [
        (one, two)
        for place, two in enumerate(NAMES[:count])
        for one in NAMES[:place]
        if not kin(one, two) and not kin(two, one)
    ]
    links = [
        Link(
            one,
            two,
            kind=draw(st.sampled_from(LinkKind)),
            lag=draw(st.sampled_from((0, 0, 0, 15, 60, 500, -20, -90))),
            unit=draw(st.sampled_from((LagUnit.WORKING, LagUnit.ELAPSED))),
            calendar=draw(st.sampled_from(LagCalendar)),
        )
        for one, two in (draw(st.lists(st.sampled_from(pairs), max_size=8, unique=True)) if pairs else [])
    ]
    return Network(
        tuple(drawn),
        tuple(links),
        CALENDARS,
        calendar=draw(st.sampled_from((None, "office", "late", "thin"))),
        start=START,
        finish=draw(st.sampled_from((None, None, START + 8000))),
        status=draw(st.sampled_from((None, START + 700, START + 5000))),
    )

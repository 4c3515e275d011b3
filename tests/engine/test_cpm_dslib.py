"""Baselines of real projects, scheduled by others, start for start (Batselier & Vanhoucke 2015, see `dslib`).

Most baselines were made with resources or by hand, so that only some are what links and durations alone give. Of those
every date must be found. Of all the others it must hold that no activity could start where it stands if its links were
otherwise: put no earlier than its own baseline each one stays where it is, ends where it ended, and no link is broken.
"""

import pytest

from quarterdeck.engine.calendar import CalendarException, WorkCalendar
from quarterdeck.engine.cpm import PRIMAVERA, Schedule, schedule
from quarterdeck.engine.network import Constraint, Link, LinkKind, Network, Task
from tests.engine import dslib

KINDS = {"FS": LinkKind.FINISH_START, "SS": LinkKind.START_START, "FF": LinkKind.FINISH_FINISH,
         "SF": LinkKind.START_FINISH}  # fmt: skip
#: The workbooks whose baseline is a pure forward pass.
PURE = (
    "C2011-04", "C2011-08", "C2012-04", "C2014-06", "C2016-11", "C2016-14", "C2016-15", "C2016-16", "C2016-17",
    "C2016-18", "C2016-19", "C2016-21", "C2016-23", "C2016-28", "C2016-29", "C2016-33", "C2016-34", "C2016-36",
    "C2016-39", "C2018-08", "C2019-09",
)  # fmt: skip
#: Workbook -> activities whose dates contradict links, durations or agenda of the same workbook, and how.
CONTRADICTIONS = {
    "C2015-31": (1, "a start-start lag of 80 days ends two days after the start"),
    "C2019-01": (86, "starts at midnight, outside the agenda; 24 of them broken links behind it"),
    "C2019-05": (2, "start on the day on which their predecessors end"),
    "C2019-06": (13, "start on the day on which their predecessors end"),
    "C2023-06": (770, "no finish dates; starts outside an agenda of 23 hours"),
    "C2023-07": (41, "no finish dates; a task linked to itself"),
}
#: Workbook -> milestones that ProTrack shows to start with one shift and to end with the one before it, or to stand at
#: the end of a shift though they hang on a start; here they have one date.
SIDES = {"C2011-10": 1, "C2011-13": 1, "C2012-11": 1, "C2013-11": 5, "C2018-13": 1, "C2019-26": 3, "C2019-28": 1,
         "C2023-03": 1}  # fmt: skip


def network(project: dslib.Project, *, pinned: bool) -> Network:
    """A workbook as a network; `pinned`: no activity before its own baseline start."""
    agenda = project.agenda
    calendar = WorkCalendar(
        "agenda",
        week=tuple(agenda.shifts if day in agenda.days else () for day in range(7)),
        exceptions=tuple(CalendarException(day, day) for day in sorted(agenda.holidays)),
    )
    ids = {each.id for each in project.work}
    held = Constraint.START_NO_EARLIER_THAN if pinned else Constraint.AS_SOON_AS_POSSIBLE
    starts = [each.start for each in project.work if each.start is not None]
    return Network(
        tuple(
            Task(each.id, each.duration or 0, each.name, constraint=held, constraint_at=each.start)
            for each in project.work
        ),
        tuple(
            Link(each.predecessor, each.successor, KINDS[each.kind], each.lag)
            for each in project.relations
            if {each.predecessor, each.successor} <= ids and each.predecessor != each.successor
        ),
        {"agenda": calendar},
        calendar="agenda",
        start=min(starts) if pinned else project.whole.start or min(starts),
    )


def wrong(project: dslib.Project, found: Schedule) -> list[int]:
    """The activities that do not lie as in the baseline."""
    return [
        each.id for each in project.work if (found[each.id].start, found[each.id].finish) != (each.start, each.finish)
    ]


@pytest.mark.parametrize("code", PURE)
def test_a_baseline_that_is_a_forward_pass(workbooks: tuple[dslib.Project, ...], code: str) -> None:
    project = next(each for each in workbooks if each.code == code)
    assert wrong(project, schedule(network(project, pinned=False), PRIMAVERA)) == []


def test_every_baseline_against_its_own_links(workbooks: tuple[dslib.Project, ...]) -> None:
    """In the 83 workbooks that have dates and no id twice; what differs is named above."""
    known = [
        each for each in workbooks if each.whole.start is not None and len(each.work) == len({w.id for w in each.work})
    ]
    found = {each.code: wrong(each, schedule(network(each, pinned=True), PRIMAVERA)) for each in known}
    assert len(known) == 83
    assert sum(len(each.work) for each in known) == 6_500
    contradicted = {code: count for code, (count, _) in CONTRADICTIONS.items()}
    assert {code: len(ids) for code, ids in found.items() if ids} == contradicted | SIDES
    for code in SIDES:
        project = next(each for each in known if each.code == code)
        assert all(project.by_id[each].duration == 0 for each in found[code])

"""What the last tracking period of a workbook says becomes the progress of its tasks."""

from __future__ import annotations

import msgspec
import pytest

from quarterdeck.apps.delivery.exchange.document import (
    OFFICE,
    DocumentLink,
    DocumentPeriod,
    DocumentProgress,
    DocumentTask,
    PlanDocument,
)
from quarterdeck.apps.delivery.exchange.network import network
from quarterdeck.apps.delivery.exchange.tracking import as_tracked, last_period
from quarterdeck.engine.cpm import schedule

#: 2024-01-01 is a Monday.
MONDAY = 28_401_120
DAY = 1440
DAY_OF_WORK = 480


def at(days: int, minute: int = 480) -> int:
    """Return an instant so many days after the Monday."""
    return MONDAY + days * DAY + minute


def test_the_monday_is_one() -> None:
    assert (MONDAY // DAY + 3) % 7 == 0


@pytest.fixture
def document() -> PlanDocument:
    """Dig two days, then pour three, then cure one; two periods, the later one first."""
    dug = DocumentProgress(task=1, actual_start=at(0), actual_duration=3 * DAY_OF_WORK, fraction=1.0, state="Finished")
    poured = DocumentProgress(
        task=2, actual_start=at(3), actual_duration=480, remaining_duration=1200, fraction=0.25, state="Started"
    )
    idle = DocumentProgress(task=3, fraction=0.45, state="Started")
    first = DocumentPeriod(name="TP1", status=at(1, 1020), progress=(DocumentProgress(task=1, actual_start=at(0)),))
    later = DocumentPeriod(name="TP2", status=at(3, 1020), progress=(dug, poured, idle))
    return PlanDocument(
        name="Shed",
        program="ProTrack",
        kind="ProTrack",
        start=at(0),
        calendar=1,
        calendars=(OFFICE,),
        tasks=(
            DocumentTask(id=1, name="Dig", duration=2 * DAY_OF_WORK),
            DocumentTask(id=2, name="Pour", duration=3 * DAY_OF_WORK),
            DocumentTask(id=3, name="Cure", duration=DAY_OF_WORK),
        ),
        links=(DocumentLink(predecessor=1, successor=2), DocumentLink(predecessor=2, successor=3)),
        periods=(later, first),
    )


def test_done_work_has_its_actual_dates(document: PlanDocument) -> None:
    dig = as_tracked(document).tasks[0]
    assert (dig.percent_complete, dig.actual_start, dig.actual_finish) == (100.0, at(0), at(2, 1020))
    assert (dig.duration, dig.remaining) == (3 * DAY_OF_WORK, 0)


def test_begun_work_keeps_what_is_left(document: PlanDocument) -> None:
    pour = as_tracked(document).tasks[1]
    assert (pour.percent_complete, pour.actual_start, pour.actual_finish) == (25.0, at(3), None)
    assert (pour.duration, pour.remaining) == (1680, 1200)


def test_without_an_actual_start_nothing_has_begun(document: PlanDocument) -> None:
    assert as_tracked(document).tasks[2] == document.tasks[2]


def test_what_follows_moves(document: PlanDocument) -> None:
    """Pour takes Thursday and another two and a half days: until Tuesday noon and an hour; Cure a day after it."""
    tracked = as_tracked(document)
    made = network(tracked)
    dates = schedule(made.network, made.options)
    assert tracked.status == at(3, 1020)
    assert dates[2].finish == at(8, 720)
    assert dates[3].finish == at(9, 720)


def test_the_latest_period_counts(document: PlanDocument) -> None:
    found = last_period(document)
    assert found is not None
    assert found.name == "TP2"


def test_without_periods_a_plan_stays_as_it_is(document: PlanDocument) -> None:
    untold = msgspec.structs.replace(document, periods=())
    assert as_tracked(untold) is untold
    silent = msgspec.structs.replace(document, periods=(DocumentPeriod(name="TP1", status=at(1)),))
    assert as_tracked(silent) is silent


def test_what_cannot_be_is_left_out_and_said(document: PlanDocument) -> None:
    circle = msgspec.structs.replace(document, links=(*document.links, DocumentLink(predecessor=3, successor=1)))
    told = as_tracked(circle)
    assert told.tasks == document.tasks
    assert [each.severity for each in told.problems] == ["warning"]
    assert told.problems[0].text.startswith("The progress of TP2 is left out: ")

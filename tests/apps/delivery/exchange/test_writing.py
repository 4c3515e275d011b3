"""A plan with something of everything, written as Microsoft Project's XML and read again: equal field for field."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from quarterdeck.apps.delivery.exchange.comparing import compare
from quarterdeck.apps.delivery.exchange.document import (
    DocumentAssignment,
    DocumentBaseline,
    DocumentCalendar,
    DocumentException,
    DocumentField,
    DocumentLink,
    DocumentRate,
    DocumentResource,
    DocumentTask,
    DocumentWeek,
    PlanDocument,
    ResourceKind,
    Stored,
)
from quarterdeck.apps.delivery.exchange.errors import Unwritable
from quarterdeck.apps.delivery.exchange.java import process
from quarterdeck.apps.delivery.exchange.limits import Limits
from quarterdeck.apps.delivery.exchange.network import calendar
from quarterdeck.apps.delivery.exchange.reading import read
from quarterdeck.apps.delivery.exchange.writing import write
from quarterdeck.engine.calendar import LAST, Daily, Monthly, Nth, Weekly, Yearly

START = 29_540_640  # Monday 2026-03-02 08:00
DAY = 1440
OFFICE = ((480, 720), (780, 1020))
FREE: tuple[tuple[int, int], ...] = ()
SITE = DocumentCalendar(
    id=1,
    name="Site",
    week=DocumentWeek(days=(OFFICE,) * 5 + (FREE, FREE)),
    weeks=(DocumentWeek(days=(((360, 840),),) * 6 + (FREE,), first="2026-06-01", last="2026-08-31"),),
    exceptions=(
        DocumentException(first="2026-04-03", last="2026-04-06", name="Easter"),
        DocumentException(first="2026-05-02", last="2026-05-02", shifts=((480, 720),), name="Open day"),
        DocumentException(first="2026-09-01", last="2026-09-22", name="Rest", recurrence={
            "every": "day", "interval": 7, "occurrences": 4,
        }),
        DocumentException(first="2026-10-05", last="2026-10-23", name="Course", recurrence={
            "every": "week", "interval": 2, "weekdays": [0, 4], "occurrences": 4,
        }),
        DocumentException(first="2026-11-15", last="2027-03-15", name="Stock", recurrence={
            "every": "month", "interval": 1, "day": 15, "occurrences": 5,
        }),
        DocumentException(first="2026-11-27", last="2027-02-26", name="Close", recurrence={
            "every": "month", "interval": 1, "nth": 5, "weekdays": [4], "occurrences": 4,
        }),
        DocumentException(first="2026-12-25", last="2028-12-25", name="Christmas", recurrence={
            "every": "year", "interval": 1, "day": 25, "month": 12, "occurrences": 3,
        }),
    ),
)  # fmt: skip
NIGHT = DocumentCalendar(id=2, name="Night", week=DocumentWeek(days=(((1320, 1800),),) * 5 + (FREE, FREE)))
ANN = DocumentCalendar(
    id=3,
    name="Ann",
    parent=1,
    week=DocumentWeek(days=(None, None, None, None, FREE, None, None)),
    exceptions=(DocumentException(first="2026-03-10", last="2026-03-10", name="Dentist"),),
    extra={"PERSONAL": True},
)
PEOPLE = (
    DocumentResource(
        id=1,
        name="Ann",
        code="E7",
        email="ann@example.org",
        group="Site",
        calendar=3,
        max_units=0.5,
        availability=(("", "2026-05-31", 0.5), ("2026-06-01", "", 1.0)),
        rates=(
            DocumentRate(last="2026-06-01", standard="40", overtime="60", per_use="5"),
            DocumentRate(first="2026-06-01", standard="42.5", overtime="60", per_use="5"),
            DocumentRate(table=1, standard="80", standard_unit="d"),
        ),
        notes="Speaks Finnish",
        row=1,
        custom={"Badge": "blue"},
    ),
    DocumentResource(
        id=2, name="Cement", kind=ResourceKind.MATERIAL, unit="t", rates=(DocumentRate(standard="110"),), row=2
    ),
    DocumentResource(id=3, name="Travel", kind=ResourceKind.COST, row=3),
)
BASELINES = tuple(
    DocumentBaseline(
        number=number,
        start=START + number * DAY,
        finish=START + number * DAY + 540,
        duration=480,
        work=480.0,
        cost=f"{100 + number}",
    )
    for number in range(11)
)


def stored(day: int, days: int = 1, total: int | None = 0) -> Stored:
    """Where a task stands, from 08:00 of a day to 17:00 of its last."""
    start, finish = START + day * DAY, START + (day + days - 1) * DAY + 540
    return Stored(
        start=start,
        finish=finish,
        total_float=total,
        free_float=0,
        critical=total == 0,
        early_start=start,
        early_finish=finish,
        late_start=start,
        late_finish=finish,
    )


OPEN = START + 25 * DAY + 540
TASKS = (
    DocumentTask(
        id=0, name="Bridge", row=0, wbs="0", kind="SUMMARY", duration=9600, type="fixed_duration", stored=stored(0, 26)
    ),
    DocumentTask(
        id=10, parent=0, name="Base", row=1, wbs="1", kind="SUMMARY", duration=2400, type="fixed_duration",
        stored=stored(0, 5),
    ),
    DocumentTask(
        id=11, parent=10, name="Dig <&> “drain”", row=2, wbs="1.1", code="A10", duration=480, stored=stored(0),
        actual_start=START, actual_finish=START + 540, percent_complete=100.0, percent_work=100.0, actual_duration=480,
        remaining=0, work=480.0, actual_work=480.0, cost="320", actual_cost="320", notes="Mind the gas\nmain",
        hyperlink="https://example.org/dig", baselines=BASELINES,
        custom={"Contractor": "Smith", "Depth": 2.5, "Permit": True, "Checked": "2026-03-01T09:00", "Cure": "2d"},
    ),
    DocumentTask(
        id=12, parent=10, name="Pour", row=3, wbs="1.2", duration=960, duration_unit="w", estimated=True,
        stored=stored(2, 2), constraint="START_NO_EARLIER_THAN", constraint_at=START + 2 * DAY,
        deadline=START + 10 * DAY, priority=700, calendar=1, ignores_resource_calendars=True, effort_driven=True,
        type="fixed_work", fixed_cost="99.5", work=960.0,
    ),
    DocumentTask(
        id=13, parent=0, name="Cure", row=5, wbs="2", duration=4320, duration_unit="ed",
        stored=Stored(start=START + 4 * DAY, finish=START + 7 * DAY, total_float=0, free_float=0, critical=True),
    ),
    DocumentTask(
        id=14, parent=0, name="Deck", row=6, wbs="3", duration=480, manual=True, active=False, stored=stored(14)
    ),
    DocumentTask(
        id=15, parent=0, name="Open", row=7, wbs="4", kind="MILESTONE", constraint="MUST_FINISH_ON", constraint_at=OPEN,
        stored=Stored(start=OPEN, finish=OPEN, total_float=0, free_float=0, critical=True),
    ),
)  # fmt: skip
LINKS = (
    DocumentLink(predecessor=11, successor=12, lag=480),
    DocumentLink(predecessor=12, successor=13, kind="FINISH_FINISH", lag=2880, unit="ELAPSED", lag_unit="ed"),
    DocumentLink(predecessor=12, successor=14, kind="START_START", lag=5000, unit="PERCENT", lag_unit="%"),
    DocumentLink(predecessor=13, successor=15, lag=-960, lag_unit="w"),
    DocumentLink(predecessor=14, successor=15, kind="START_FINISH", lag=2500, unit="PERCENT", lag_unit="e%",
                 calendar="AROUND_THE_CLOCK"),
)  # fmt: skip
ASSIGNMENTS = (
    DocumentAssignment(id=1, task=11, resource=1, work=480.0, actual_work=480.0, remaining_work=0.0, start=START,
                       finish=START + 540, cost="320", actual_cost="320"),
    DocumentAssignment(id=2, task=12, resource=1, units=0.5, work=240.0, remaining_work=240.0, start=START + 2 * DAY,
                       finish=START + 3 * DAY + 540, rate_table=1, notes="Mornings"),
    DocumentAssignment(id=3, task=12, resource=2, units=3.0, work=3.0, remaining_work=3.0, start=START + 2 * DAY,
                       finish=START + 3 * DAY + 540, cost="330"),
)  # fmt: skip
PLAN = PlanDocument(
    name="Bridge",
    program="Quarterdeck",
    kind="",
    title="Bridge",
    author="Ann",
    currency="EUR",
    start=START,
    finish=START + 25 * DAY + 540,
    status=START + DAY,
    calendar=1,
    options={"critical_float": 0},
    calendars=(SITE, NIGHT, ANN),
    resources=PEOPLE,
    tasks=TASKS,
    links=LINKS,
    assignments=ASSIGNMENTS,
    fields=(
        DocumentField(of="task", name="Contractor", field="TEXT7", type="text"),
        DocumentField(of="task", name="Depth", field="", type="number"),
        DocumentField(of="task", name="Permit", field="FLAG2", type="flag"),
        DocumentField(of="task", name="Checked", field="DATE1", type="date"),
        DocumentField(of="task", name="Cure", field="DURATION1", type="duration"),
    ),
)


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> PlanDocument:
    """The plan, written and read."""
    path = tmp_path_factory.mktemp("plans") / "bridge.xml"
    write(PLAN, path, "mspdi")
    assert [each.name for each in path.parent.iterdir()] == ["bridge.xml"]
    return read(path)


def test_the_plan_itself(again: PlanDocument) -> None:
    for name in ("name", "title", "author", "currency", "start", "finish", "status", "calendar", "minutes_per_day"):
        assert getattr(again, name) == getattr(PLAN, name)


def test_calendars_with_all_their_exceptions(again: PlanDocument) -> None:
    found = {each.name: msgspec.structs.replace(each, extra={}) for each in again.calendars}
    assert found == {each.name: msgspec.structs.replace(each, extra={}) for each in PLAN.calendars}


def test_patterns_as_the_engine_takes_them() -> None:
    assert [each.pattern for each in calendar(PLAN, 1).recurring] == [
        Daily(7),
        Weekly((0, 4), 2),
        Monthly(15),
        Monthly(Nth(LAST, (4,))),
        Yearly(12, 25),
    ]
    assert calendar(PLAN, 3).weeks[1].week == (None, None, None, None, (), None, None)


def test_resources_with_rates_and_availability(again: PlanDocument) -> None:
    for one, other in zip(PLAN.resources, again.resources, strict=True):
        assert msgspec.structs.replace(other, extra={}) == one


@pytest.mark.parametrize("place", range(len(TASKS)))
def test_tasks(again: PlanDocument, place: int) -> None:
    one, other = TASKS[place], again.tasks[place]
    found = msgspec.structs.replace(other, extra={}, stored=one.stored)
    assert found == one
    assert (other.stored.start, other.stored.finish) == (one.stored.start, one.stored.finish)
    assert (other.stored.total_float, other.stored.free_float) == (one.stored.total_float, one.stored.free_float)
    assert other.stored.critical == one.stored.critical


def test_links_with_lags_of_every_sort(again: PlanDocument) -> None:
    assert sorted(again.links, key=lambda each: each.predecessor) == sorted(LINKS, key=lambda each: each.predecessor)


def test_assignments(again: PlanDocument) -> None:
    assert [msgspec.structs.replace(each, extra={}) for each in again.assignments] == list(ASSIGNMENTS)


def test_custom_fields_keep_their_names_and_places(again: PlanDocument) -> None:
    assert {(each.of, each.name, each.field, each.type) for each in again.fields} == {
        ("task", "Contractor", "TEXT7", "text"),
        ("task", "Depth", "NUMBER1", "number"),
        ("task", "Permit", "FLAG2", "flag"),
        ("task", "Checked", "DATE1", "date"),
        ("task", "Cure", "DURATION1", "duration"),
        ("resource", "Badge", "TEXT1", "text"),
    }


def test_what_is_written_is_scheduled_alike(again: PlanDocument) -> None:
    one, other = compare(PLAN), compare(again)
    assert one.schedule is not None
    assert other.schedule is not None
    for each in TASKS:
        assert one.schedule[each.id] == other.schedule[each.id]


def test_a_plan_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    odd = msgspec.structs.replace(PLAN, tasks=(msgspec.structs.replace(TASKS[0], constraint="WHENEVER"),))
    with pytest.raises(Unwritable, match="could not be written as XML"):
        write(odd, tmp_path / "plan.xml", "mspdi")
    found = dict(process.write_many([(odd, tmp_path / "odd.xml"), (PLAN, tmp_path / "good.xml")], Limits()))
    assert isinstance(found[tmp_path / "odd.xml"], Unwritable)
    assert found[tmp_path / "good.xml"] is None
    assert [each.name for each in tmp_path.iterdir()] == ["good.xml"]

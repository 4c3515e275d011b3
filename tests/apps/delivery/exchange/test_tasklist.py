"""Task lists as CSV and workbooks: columns by their names, cells that are not understood, and back."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
import xlsxwriter
from icalendar import Calendar

from quarterdeck.apps.delivery.exchange.amounts import minutes_of
from quarterdeck.apps.delivery.exchange.cells import parse_date
from quarterdeck.apps.delivery.exchange.comparing import BY_HAND, compare
from quarterdeck.apps.delivery.exchange.document import DocumentTask, PlanDocument, Stored
from quarterdeck.apps.delivery.exchange.errors import Unreadable, Unwritable
from quarterdeck.apps.delivery.exchange.reading import read, read_many
from quarterdeck.apps.delivery.exchange.writing import feed, workbook, write
from tests.engine.files.documents import read as kept
from tests.engine.files.documents import schedule_files

LIST = """Bridge over the Exe,,,,,,,
printed 1 March 2026,,,,,,,
ID,Outline Level,Task Name,Duration,Start,Predecessors,Resource Names,% Complete,Contractor
1,1,Foundations,,,,,,
2,2,Dig,2d,2026-03-02,,Ann; Bob 50%,25%,Smith
3,2,Pour,1 day,,2FS+1d,Ann,,
4,1,Deck,1w?,,3;2SS+50%,,0,Jones
5,1,Open,0,,4,,,
"""


def at(text: str) -> int:
    found = minutes_of(dt.datetime.fromisoformat(text))
    assert found is not None
    return found


def given(folder: Path, text: str, name: str = "list.csv") -> PlanDocument:
    (folder / name).write_text(text, encoding="utf-8")
    return read(folder / name)


def by_name(document: PlanDocument) -> dict[str, DocumentTask]:
    return {each.name: each for each in document.tasks}


def test_a_list_is_read_as_it_is_meant(tmp_path: Path) -> None:
    found = given(tmp_path, LIST)
    tasks = by_name(found)
    assert [(each.id, each.parent, each.kind, each.duration, each.estimated) for each in found.tasks] == [
        (1, None, "SUMMARY", 480, True),
        (2, 1, "TASK", 960, False),
        (3, 1, "TASK", 480, False),
        (4, None, "TASK", 2400, True),
        (5, None, "MILESTONE", 0, False),
    ]
    assert [(each.predecessor, each.successor, each.kind, each.lag, each.unit) for each in found.links] == [
        (2, 3, "FINISH_START", 480, "WORKING"),
        (3, 4, "FINISH_START", 0, "WORKING"),
        (2, 4, "START_START", 5000, "PERCENT"),
        (4, 5, "FINISH_START", 0, "WORKING"),
    ]
    assert {each.name: each.id for each in found.resources} == {"Ann": 1, "Bob": 2}
    assert [(each.task, each.resource, each.units, each.work) for each in found.assignments] == [
        (2, 1, 1.0, 960),
        (2, 2, 0.5, 480),
        (3, 1, 1.0, 480),
    ]
    assert tasks["Dig"].percent_complete == 25
    assert tasks["Dig"].stored.start == at("2026-03-02 08:00")
    assert tasks["Dig"].constraint == "START_NO_EARLIER_THAN"
    assert tasks["Deck"].custom == {"Contractor": "Jones"}
    assert [(each.name, each.of, each.type) for each in found.fields] == [("Contractor", "task", "text")]
    assert found.problems == ()


def test_a_list_is_scheduled_by_its_links(tmp_path: Path) -> None:
    """Dig Monday and Tuesday, cure Wednesday, pour Thursday, deck from Friday for a week, open at its end."""
    found = compare(given(tmp_path, LIST.replace("3,2,Pour,1 day,,", "3,2,Pour,1 day,2026-03-06,")))
    assert found.schedule is not None
    dates = {id: (found.schedule[id].start, found.schedule[id].finish) for id in range(1, 6)}
    assert dates == {
        1: (at("2026-03-02 08:00"), at("2026-03-05 17:00")),
        2: (at("2026-03-02 08:00"), at("2026-03-03 17:00")),
        3: (at("2026-03-05 08:00"), at("2026-03-05 17:00")),
        4: (at("2026-03-06 08:00"), at("2026-03-12 17:00")),
        5: (at("2026-03-12 17:00"), at("2026-03-12 17:00")),
    }
    assert [(each.task, each.field, each.found, each.cause) for each in found.differences] == [
        (3, "start", at("2026-03-05 08:00"), BY_HAND),
        (3, "finish", at("2026-03-05 17:00"), BY_HAND),
    ]


def test_cells_that_are_not_understood_are_told_with_their_row(tmp_path: Path) -> None:
    found = given(
        tmp_path,
        "Name,Duration,Start,Predecessors,Percent,Constraint,Constraint Date,Cost\n"
        "Dig,long,soon,,half,Maybe,,much\n"
        "\n"
        'Pour,2d,2026-03-02,1;9;2;1FS+x,,SNET,2026-03-03,"1,234.50"\n',
    )
    assert [(each.severity, each.text) for each in found.problems] == [
        ("warning", "Row 2: “soon” is no date."),
        ("warning", "Row 2: “long” is no duration. Write it as 3d, 2w, 4h, 30m, 1mo or 3ed."),
        ("warning", "Row 2: “half” is no percentage."),
        ("warning", "Row 2: “much” is no amount."),
        ("warning", "Row 2: “Maybe” is no constraint."),
        ("warning", "Row 4: “9” among the predecessors is no task of the list."),
        ("warning", "Row 4: “2” among the predecessors is the task itself."),
        ("warning", "Row 4: “1FS+x” is no predecessor. Write it as 12, 12FS+3d or 15SS-50%."),
    ]
    assert [(each.predecessor, each.successor) for each in found.links] == [(1, 2)]
    pour = by_name(found)["Pour"]
    assert (pour.constraint, pour.constraint_at) == ("START_NO_EARLIER_THAN", at("2026-03-03 08:00"))
    assert pour.cost == "1234.5"


def test_predecessors_that_are_nowhere_are_left_out(tmp_path: Path) -> None:
    found = given(tmp_path, "Name,Duration,Predecessors\nDig,1d,2;7\nPour,1d,\n")
    assert [(each.predecessor, each.successor) for each in found.links] == [(2, 1)]
    assert [each.text for each in found.problems] == [
        "Row 2: “7” among the predecessors is no task of the list.",
        "The list has no dates: it says how long tasks take, and not when the first begins.",
    ]


def test_outline_by_wbs_code_or_by_spaces(tmp_path: Path) -> None:
    wbs = given(
        tmp_path, "WBS,Name,Depends on\n1,Foundations,\n1.1,Dig,\n1.1.1,Mark,\n1.3.9,Pour,1.1.1\n2,Deck,1.3.9SS\n"
    )
    assert [each.parent for each in wbs.tasks] == [None, 1, 2, 1, None]
    assert [(each.predecessor, each.successor, each.kind) for each in wbs.links] == [
        (3, 4, "FINISH_START"),
        (4, 5, "START_START"),
    ]
    spaces = given(
        tmp_path, "Name;Duration\nFoundations;\n   Dig;2d\n      Mark;1d\n   Pour;1d\nDeck;1w\n", "spaces.csv"
    )
    assert [each.parent for each in spaces.tasks] == [None, 1, 2, 1, None]


def test_activity_ids_and_successors(tmp_path: Path) -> None:
    found = given(
        tmp_path, "Activity ID,Activity Name,Original Duration,Successors\nA10,Dig,5,A20: SS 2d\nA20,Pour,3,\n"
    )
    assert [(each.predecessor, each.successor, each.kind, each.lag) for each in found.links] == [
        (1, 2, "START_START", 960)
    ]
    assert [each.code for each in found.tasks] == ["A10", "A20"]
    assert [each.duration for each in found.tasks] == [2400, 1440]


def test_units_of_a_heading_and_encodings(tmp_path: Path) -> None:
    text = "Name,Duration (hours)\nGründung,4\n"
    for number, content in enumerate((text.encode("utf-8-sig"), text.encode("utf-16"), text.encode("cp1252"))):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(content)
        (task,) = read(path).tasks
        assert (task.name, task.duration) == ("Gründung", 240)


@pytest.mark.parametrize(
    ("text", "day_first", "expected"),
    [
        ("2026-03-02", False, "2026-03-02"),
        ("2026-03-02T08:30", False, "2026-03-02 08:30"),
        ("02.03.2026 08:30", False, "2026-03-02 08:30"),
        ("3/2/2026", False, "2026-03-02"),
        ("3/2/26 8:30 PM", False, "2026-03-02 20:30"),
        ("2/3/2026", True, "2026-03-02"),
        ("25/3/2026", False, "2026-03-25"),
        ("Mon 3/2/26", False, "2026-03-02"),
        ("02-Mar-26", False, "2026-03-02"),
        ("02-Mar-26 A", False, "2026-03-02"),
        ("March 2, 2026", False, "2026-03-02"),
        ("2026-13-02", False, None),
        ("31/31/2026", False, None),
        ("", False, None),
    ],
)
def test_dates(text: str, day_first: bool, expected: str | None) -> None:
    assert parse_date(text, day_first=day_first) == (None if expected is None else at(expected))


def test_days_come_first_where_one_date_can_be_nothing_else(tmp_path: Path) -> None:
    found = given(tmp_path, "Name,Start,Finish\nDig,02/03/2026,13/03/2026\n")
    assert found.tasks[0].stored == Stored(start=at("2026-03-02 08:00"), finish=at("2026-03-13 17:00"))


def test_lists_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"No row names the columns of a task list\. Name them in one row: Name, Dur"):
        given(tmp_path, "alpha,beta\n1,2\n")
    with pytest.raises(Unreadable, match="The list has headings but no tasks"):
        given(tmp_path, "Name,Duration\n,2d\n")


def sheet(rows: list[list[object]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.add_worksheet("Cover").write_string(0, 0, "Bridge")
        made = book.add_worksheet("Plan of work")
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, dt.datetime):
                    made.write_datetime(number, place, value, date)
                else:
                    made.write(number, place, value)
    return content.getvalue()


def test_a_workbook_is_read_from_the_sheet_that_is_a_list(tmp_path: Path) -> None:
    day = dt.datetime(2026, 3, 2)  # noqa: DTZ001  plans know no zone
    rows: list[list[object]] = [
        ["Name", "Start", "Duration", "% Complete", "Risk"],
        ["Dig", day, 2, 0.25, 3.5],
        ["Pour", "", 1.5, 1, ""],
    ]
    (tmp_path / "plan.xlsx").write_bytes(sheet(rows))
    found = read(tmp_path / "plan.xlsx")
    dig, pour = found.tasks
    assert (dig.stored.start, dig.duration, dig.percent_complete, dig.custom) == (
        at("2026-03-02 08:00"),
        960,
        25,
        {"Risk": 3.5},
    )
    assert (pour.duration, pour.percent_complete) == (720, 100)
    assert found.extra == {"SHEET": "Plan of work"}
    assert found.fields[0].type == "number"


# -- written and read again

SAME = ("name", "parent", "wbs", "kind", "duration", "estimated", "manual", "active", "constraint", "constraint_at",
        "deadline", "priority", "percent_complete", "actual_start", "actual_finish", "remaining", "code",
        "stored")  # fmt: skip


def test_a_list_that_is_written_reads_back(tmp_path: Path) -> None:
    first = given(tmp_path, LIST)
    write(first, tmp_path / "again.xlsx", "xlsx")
    again = read(tmp_path / "again.xlsx")
    assert again.name == "list"
    for one, other in zip(first.tasks, again.tasks, strict=True):
        assert {name: getattr(one, name) for name in SAME} == {name: getattr(other, name) for name in SAME}
        assert one.custom == other.custom
    assert again.links == first.links
    assert [msgspec.structs.replace(each, id=0) for each in again.resources] == [
        msgspec.structs.replace(each, id=0) for each in first.resources
    ]
    assert {(each.task, each.units) for each in again.assignments} == {
        (each.task, each.units) for each in first.assignments
    }


def test_real_plans_read_back_as_lists(shared_data: Path, tmp_path: Path) -> None:
    """Of every real plan: names, outline, durations, links with lags, constraints and actuals."""
    compared = 0
    written: dict[Path, tuple[str, PlanDocument, list[DocumentTask]]] = {}
    for path, held in kept(schedule_files(shared_data / "schedules")).items():
        first = held.document
        if first is None or not any(each.row != 0 and each.name for each in first.tasks):
            continue
        named = [each for each in first.tasks if each.name.strip()]
        target = tmp_path / f"{path.name}.xlsx"
        target.write_bytes(workbook(first))
        written[target] = (path.name, first, named)
    for target, again in read_many(list(written)):
        name_, first, named = written[target]
        assert isinstance(again, PlanDocument)
        rows = {each.id: each.row for each in first.tasks}
        assert [each.name for each in again.tasks] == [each.name.strip() for each in named], name_
        assert [each.duration for each in again.tasks] == [each.duration for each in named], name_
        kept_rows = {each.row for each in named}
        assert {(each.predecessor, each.successor, each.kind, each.lag, each.unit) for each in again.links} == {
            (rows[each.predecessor], rows[each.successor], each.kind, each.lag, each.unit)
            for each in first.links
            if {rows[each.predecessor], rows[each.successor]} <= kept_rows and each.predecessor != each.successor
        }, name_
        for name in ("constraint", "constraint_at", "deadline", "actual_start", "actual_finish", "estimated", "manual"):
            assert [getattr(each, name) for each in again.tasks] == [getattr(each, name) for each in named], name_
        compared += len(named)
    assert compared > 2_000


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    plan = PlanDocument(name="=1+1", program="", kind="", tasks=(DocumentTask(id=1, name="=HYPERLINK(1)", notes="@x"),))
    (tmp_path / "plan.xlsx").write_bytes(workbook(plan))
    found = read(tmp_path / "plan.xlsx")
    assert (found.name, found.tasks[0].name, found.tasks[0].notes) == ("=1+1", "=HYPERLINK(1)", "@x")


def test_unknown_kinds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        Unwritable, match=r"“doc” is no kind of file that is written\. Choose one of mspdi, xlsx, ics\."
    ):
        write(PlanDocument(name="", program="", kind=""), tmp_path / "plan.doc", "doc")
    assert list(tmp_path.iterdir()) == []


def test_a_calendar_feed(tmp_path: Path) -> None:
    plan = given(tmp_path, LIST.replace("5,1,Open,0,,4", "5,1,Open,0,2026-03-12 17:00,4"))
    stamp = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    calendar = Calendar.from_ical(feed(plan, stamp=stamp, host="pmo.example.org", key="P-7"))
    events: dict[str, Any] = {str(each["summary"]): each for each in calendar.walk("VEVENT")}
    assert list(events) == ["Dig", "Open"]
    dig, opened = events["Dig"], events["Open"]
    assert (dig["uid"], dig["dtstamp"].dt) == ("2-p-7@pmo.example.org", stamp)
    assert (dig["dtstart"].dt, dig["dtend"].dt) == (
        dt.datetime.fromisoformat("2026-03-02 08:00"),
        dt.datetime.fromisoformat("2026-03-03 17:00"),
    )
    assert dig["description"] == "25 % complete"
    assert "dtend" not in opened
    assert opened["categories"].to_ical() == b"Milestone"
    assert feed(plan, stamp=stamp, tasks={5}).count(b"BEGIN:VEVENT") == 1
    assert feed(plan, stamp=stamp) == feed(plan, stamp=stamp)

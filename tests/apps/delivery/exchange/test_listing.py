"""What people write into task lists: units in headings, amounts, shares, ids of their own, rows and columns beside."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import msgspec
import pytest
import xlsxwriter

from quarterdeck.apps.delivery.exchange import tasklist
from quarterdeck.apps.delivery.exchange.amounts import parse_amount
from quarterdeck.apps.delivery.exchange.document import DocumentField, DocumentTask, PlanDocument
from quarterdeck.apps.delivery.exchange.errors import Unreadable
from quarterdeck.apps.delivery.exchange.reading import read
from quarterdeck.apps.delivery.exchange.texts import Units
from quarterdeck.apps.delivery.exchange.writing import write


def given(text: str, units: Units | None = None) -> PlanDocument:
    rows = [line.split("|") for line in text.strip().splitlines()]
    return tasklist.document("list", rows, kind="CSV", units=units or Units())


def sheets(folder: Path, rows: list[list[object]], first: int = 0, name: str = "list.xlsx") -> PlanDocument:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        made = book.add_worksheet("List")
        for number, row in enumerate(rows):
            made.write_row(first + number, 0, row)
    (folder / name).write_bytes(content.getvalue())
    return read(folder / name)


def warned(found: PlanDocument) -> list[str]:
    return [each.text for each in found.problems if each.severity == "warning"]


@pytest.mark.parametrize(
    ("heading", "minutes"),
    [
        ("Duration (working days)", 960),
        ("Duration (man-days)", 960),
        ("Duration [workdays]", 960),
        ("Duration (weekdays)", 960),
        ("Duration (months)", 19_200),
        ("Duration (weeks)", 4800),
        ("Duration (hours)", 120),
        ("Duration (minutes)", 2),
        ("Duration", 960),
    ],
)
def test_units_in_headings(heading: str, minutes: int) -> None:
    found = given(f"Name|{heading}\nDig|2")
    assert (found.tasks[0].duration, warned(found)) == (minutes, [])


def test_a_unit_that_is_not_known_is_told() -> None:
    found = given("Name|Duration (sprints)\nDig|2")
    assert found.tasks[0].duration == 960
    assert warned(found) == ["The heading “Duration (sprints)” names no unit that is known."]


@pytest.mark.parametrize(("heading", "minutes"), [("Work (days)", 960), ("Work", 120), ("Hours", 120)])
def test_units_of_work(heading: str, minutes: int) -> None:
    assert given(f"Name|{heading}\nDig|2").tasks[0].work == minutes


def test_one_bad_predecessor_takes_no_other_along() -> None:
    found = given("ID|Name|Predecessors\n1|Dig|\n2|Pour|\n3|Open|1;2FS+x;2SS+1d")
    assert [(each.predecessor, each.successor, each.kind, each.lag) for each in found.links] == [
        (1, 3, "FINISH_START", 0),
        (2, 3, "START_START", 480),
    ]
    assert warned(found) == ["Row 4: “2FS+x” is no predecessor. Write it as 12, 12FS+3d or 15SS-50%."]


def archive(*files: tuple[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in files:
            made.writestr(name, text)
    return content.getvalue()


def test_a_list_in_an_archive_is_called_as_the_archive_and_hidden_names_are_passed_over(tmp_path: Path) -> None:
    text = "Name,Duration\nDig,2d\n"
    hidden = (("__MACOSX/bridge.csv", "x"), (".bridge.csv", "x"), ("a/.git/b.csv", "x"), ("~$bridge.xlsx", "x"))
    (tmp_path / "bridge.zip").write_bytes(archive(("plans/list.tsv", text.replace(",", "\t")), *hidden))
    found = read(tmp_path / "bridge.zip")
    assert (found.name, [each.name for each in found.tasks]) == ("bridge", ["Dig"])


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.50", "1234.5"), ("1.234,50", "1234.5"), ("1,234,567", "1234567"), ("1.234.567", "1234567"),
        ("1,234", "1234"), ("1.234", "1.234"), ("0,500", "0.5"), ("12,5", "12.5"), ("(1,200)", "-1200"),
        ("-5", "-5"), ("5-", "-5"), ("€ 1 200", "1200"), ("1'200.25 CHF", "1200.25"), ("1.5e3", "1500"),
        ("2E-2", "0.02"), ("", None), (3.5, "3.5"), (True, None),
    ],
)  # fmt: skip
def test_amounts(text: object, amount: str | None) -> None:
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    "text", ["1,23,4", "12.34.56", "1,2345.6", "5 to 7", "much", "(5", "--5", "(-5)", "1e999", float("nan"), "9" * 41]
)
def test_what_is_no_amount(text: object) -> None:
    with pytest.raises(ValueError, match=r"not an? "):
        parse_amount(text)


def test_what_is_no_amount_is_told() -> None:
    found = given("Name|Cost\nDig|5 to 7\nPour|(1,200)")
    assert [each.cost for each in found.tasks] == ["0", "-1200"]
    assert warned(found) == ["Row 2: “5 to 7” is no amount."]


def test_shares_are_decided_for_a_column(tmp_path: Path) -> None:
    shares = sheets(tmp_path, [["Name", "% Complete"], ["Dig", 0.25], ["Pour", 1], ["Open", 0]])
    assert [each.percent_complete for each in shares.tasks] == [25, 100, 0]
    hundreds = sheets(tmp_path, [["Name", "% Complete"], ["Dig", 0.5], ["Pour", 1], ["Open", 40]], name="b.xlsx")
    assert [each.percent_complete for each in hundreds.tasks] == [0.5, 1, 40]


def test_percentages_beyond_are_told() -> None:
    found = given("Name|Percent\nDig|nan\nPour|inf\nOpen|120%\nPaint|-3")
    assert [each.percent_complete for each in found.tasks] == [0, 0, 100, 0]
    assert warned(found) == [
        "Row 2: “nan” is no percentage.",
        "Row 3: “inf” is no percentage.",
        "Row 4: “120%” is no percentage between 0 and 100; the nearer of both is kept.",
        "Row 5: “-3” is no percentage between 0 and 100; the nearer of both is kept.",
    ]


def test_total_cost_is_no_fixed_cost_of_a_summary() -> None:
    found = given("Outline Level|Name|Total Cost\n1|Bridge|300\n2|Dig|100\n2|Pour|200")
    assert [(each.cost, each.fixed_cost) for each in found.tasks] == [("300", "0"), ("100", "100"), ("200", "200")]
    both = given("Outline Level|Name|Total Cost|Fixed Cost\n1|Bridge|310|10\n2|Dig|300|50")
    assert [(each.cost, each.fixed_cost) for each in both.tasks] == [("310", "10"), ("300", "50")]


def test_ids_that_are_text_are_kept_and_name_predecessors() -> None:
    found = given("ID|Name|Duration|Predecessors\nT1|Dig|1d|\nT2|Pour|1d|T1")
    assert [(each.id, each.code) for each in found.tasks] == [(1, "T1"), (2, "T2")]
    assert [(each.predecessor, each.successor) for each in found.links] == [(1, 2)]


def test_rows_are_told_as_the_spreadsheet_counts_them(tmp_path: Path) -> None:
    found = sheets(tmp_path, [["Name", "Duration"], ["Dig", "soon"]], first=30)
    assert warned(found) == ["Row 32: “soon” is no duration. Write it as 3d, 2w, 4h, 30m, 1mo or 3ed."]


def test_nothing_is_left_out_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    found = given("Name|Risk|Risk|Start|Start Date||Priority\nDig|low|high|2026-03-02|2026-03-03|aside|High\n|x|||||")
    (task,) = found.tasks
    assert task.custom == {"Risk": "low", "Risk (2)": "high", "Start Date": "2026-03-03"}
    assert task.priority == 600
    assert warned(found) == [
        "The columns “Risk” and “Risk” mean the same: the second is kept as the field “Risk (2)”.",
        "The columns “Start” and “Start Date” mean the same: the second is kept as the field “Start Date”.",
        "Row 2: “aside” stands in a column without a heading and was left out.",
        "Row 3: the row has no name and was left out.",
    ]
    monkeypatch.setattr(tasklist, "ROWS", 2)
    with pytest.raises(Unreadable, match="more than 2 rows"):
        given("Name\nDig\nPour")


def test_successors_count_beside_predecessors() -> None:
    found = given("ID|Name|Predecessors|Successors\n1|Dig||2;3\n2|Pour|1|\n3|Open||")
    assert sorted((each.predecessor, each.successor) for each in found.links) == [(1, 2), (1, 3)]


def test_a_list_of_names_alone_is_a_plan(tmp_path: Path) -> None:
    assert [each.name for each in given("Bridge over the Exe\nName\nDig\nPour").tasks] == ["Dig", "Pour"]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.add_worksheet("Cover").write_column(0, 0, ["Summary", "A bridge"])
        book.add_worksheet("List").write_column(0, 0, ["", "Name"])
        made = book.add_worksheet("Tasks")
        made.write_row(0, 0, ["Name", "Duration"])
        made.write_row(1, 0, ["Dig", "2d"])
    (tmp_path / "list.xlsx").write_bytes(content.getvalue())
    assert read(tmp_path / "list.xlsx").extra == {"SHEET": "Tasks"}


def test_a_task_without_duration_takes_a_day_of_the_list() -> None:
    found = given("Name|Duration\nDig|", Units(minutes_per_day=450, minutes_per_week=2250))
    assert (found.tasks[0].duration, found.tasks[0].estimated) == (450, True)


# -- custom fields in Microsoft's XML


def test_values_of_mixed_sorts_are_written_as_text(tmp_path: Path) -> None:
    tasks = (
        DocumentTask(id=1, row=1, name="Dig", duration=480, custom={"Depth": 3.5, "Permit": True}),
        DocumentTask(id=2, row=2, name="Pour", duration=480, custom={"Depth": "deep", "Permit": "asked"}),
    )
    plan = PlanDocument(name="Bridge", program="", kind="", start=29_540_640, tasks=tasks)
    plan = msgspec.structs.replace(plan, fields=(DocumentField(of="task", name="Permit", field="FLAG2", type="flag"),))
    assert write(plan, tmp_path / "plan.xml", "mspdi") == ()
    again = read(tmp_path / "plan.xml")
    assert [each.custom for each in again.tasks] == [
        {"Depth": "3.5", "Permit": "True"},
        {"Depth": "deep", "Permit": "asked"},
    ]


def test_custom_fields_without_a_place_are_named(tmp_path: Path) -> None:
    custom = {f"Word {number:02}": "x" for number in range(32)}
    tasks = (DocumentTask(id=1, row=1, name="Dig", duration=480, custom=custom),)
    plan = PlanDocument(name="Bridge", program="", kind="", start=29_540_640, tasks=tasks)
    assert write(plan, tmp_path / "plan.xml", "mspdi") == ("Word 30", "Word 31")
    assert len(read(tmp_path / "plan.xml").tasks[0].custom) == 30

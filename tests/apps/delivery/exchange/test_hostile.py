"""Files made to break their reader: each is refused alone, in bounded time and memory, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import subprocess
import sys
import tempfile
import time
import zipfile
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from icalendar import Calendar

from quarterdeck.apps.delivery.exchange import holding, protrack, reading, tasklist
from quarterdeck.apps.delivery.exchange.document import DocumentTask, PlanDocument, Problem, Stored
from quarterdeck.apps.delivery.exchange.errors import Unreadable
from quarterdeck.apps.delivery.exchange.java import process
from quarterdeck.apps.delivery.exchange.limits import check_xml, without_remarks
from quarterdeck.apps.delivery.exchange.reading import read, read_many
from quarterdeck.apps.delivery.exchange.texts import TextError, parse_duration, parse_predecessors, parse_resources
from quarterdeck.apps.delivery.exchange.writing import feed
from quarterdeck.engine.cpm import schedule
from tests.apps.delivery.exchange.plans import mspdi

LIST = b"Name,Duration\nDig,2d\n"


def sheet(*cells: tuple[int, int, object]) -> bytes:
    """A workbook with cells at rows and columns from 0."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        made = book.add_worksheet("List")
        for row, column, value in cells:
            made.write(row, column, value)
    return content.getvalue()


def told(folder: Path, files: dict[str, bytes]) -> dict[str, str]:
    """What each file holds, or the problem with it."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    found = read_many([folder / name for name in files])
    return {path.name: each.problem if isinstance(each, Unreadable) else each.name for path, each in found}


# -- processes


def test_a_workbook_whose_cells_lie_far_apart_ends_nothing(tmp_path: Path) -> None:
    wide = sheet((0, 0, "Name"), (1_048_575, 16_383, "far"))
    assert len(wide) < 10_000
    renamed = io.BytesIO()
    with zipfile.ZipFile(renamed, "w") as archive:
        archive.writestr("list.xlsx", wide)
    assert told(tmp_path, {"wide.xlsx": wide, "packed.zip": renamed.getvalue(), "good.csv": LIST}) == {
        "wide.xlsx": "A sheet reaches down to row 1,048,576.",
        "packed.zip": "A sheet reaches down to row 1,048,576.",
        "good.csv": "good",
    }
    assert told(tmp_path, {"columns.xlsx": sheet((0, 0, "Name"), (9, 16_383, "far"))}) == {
        "columns.xlsx": "A sheet reaches over 16,384 columns and too many cells.",
    }


def test_what_ends_the_reader_of_workbooks_ends_no_other_file(tmp_path: Path) -> None:
    """The far cell is hidden from the guard by a name that it does not look at: memory is the second guard."""
    content, wide = io.BytesIO(), sheet((0, 0, "Name"), (1_048_575, 16_383, "far"))
    with zipfile.ZipFile(io.BytesIO(wide)) as held, zipfile.ZipFile(content, "w") as made:
        for each in held.infolist():
            text = held.read(each).replace(b"worksheets/sheet1.xml", b"pages/sheet1.xml")
            made.writestr(each.filename.replace("worksheets/", "pages/"), text)
    found = told(tmp_path, {"a.csv": LIST, "hidden.xlsx": content.getvalue(), "z.csv": LIST})
    assert (found["a.csv"], found["z.csv"]) == ("a", "z")
    assert found["hidden.xlsx"] in (process.REASONS["died"][0], process.REASONS["memory"][0])


def test_no_workbook_list_or_archive_is_opened_in_the_callers_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("opened here")

    for name in ("read_sheets", "read_text"):
        monkeypatch.setattr(tasklist, name, never)
    monkeypatch.setattr(zipfile, "ZipFile", never)
    (tmp_path / "list.csv").write_bytes(LIST)
    (tmp_path / "list.xlsx").write_bytes(b"PK\x03\x04")
    found = dict(read_many([tmp_path / "list.csv", tmp_path / "list.xlsx"]))
    assert isinstance(found[tmp_path / "list.csv"], PlanDocument)
    assert str(found[tmp_path / "list.xlsx"]).startswith("The archive is broken or cut off.")


def test_the_java_machine_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bridge.xml").write_text(mspdi())
    (tmp_path / "kept").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "kept"))
    assert read(tmp_path / "bridge.xml").name == "Bridge"
    assert list((tmp_path / "kept").iterdir()) == []
    code = (
        "import jpype, pathlib; from quarterdeck.apps.delivery.exchange.java import machine;"
        "machine.start(64, pathlib.Path.cwd()); print(jpype.java.lang.System.getProperty('java.io.tmpdir'))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(tmp_path)


# -- one file alone


def test_an_error_of_ours_is_one_files_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(document: PlanDocument, path: Path) -> PlanDocument:
        if path.name == "bad.csv":
            raise KeyError("boom")
        return document

    monkeypatch.setattr(reading, "_judged", failing)
    assert told(tmp_path, {"bad.csv": LIST, "good.csv": LIST}) == {
        "bad.csv": "The file is damaged or was cut off.",
        "good.csv": "good",
    }
    assert "boom" in caplog.text


def test_an_absurd_duration_is_a_cell_that_is_not_understood(tmp_path: Path) -> None:
    content = b"Name,Duration,Start\nDig,999999999999999999999d,2026-03-02\nPour,900000000m,2026-03-02\n"
    (tmp_path / "list.csv").write_bytes(content)
    found = read(tmp_path / "list.csv")
    assert [each.text for each in found.problems] == ["Row 2: “999999999999999999999d” is longer than any plan."]
    assert found.tasks[1].stored.finish is None
    with pytest.raises(TextError, match="longer than any plan"):
        parse_duration("1000000001m")
    assert parse_duration("1000000000m").minutes == 1_000_000_000


def test_broken_archives_of_every_sort(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("list.csv", LIST * 50)
    whole = content.getvalue()
    method = bytearray(whole)
    method[8:10] = b"\x63\x00"
    place = whole.index(b"PK\x01\x02")
    method[place + 10 : place + 12] = b"\x63\x00"
    flipped = bytearray(whole)
    flipped[45:55] = b"\xff" * 10
    broken = "The archive is broken or cut off."
    assert told(
        tmp_path,
        {
            "method.zip": bytes(method),
            "flipped.zip": bytes(flipped),
            "cut.zip": whole[:60],
            "empty.zip": b"PK\x05\x06" + bytes(18),
            "noise.zip": b"Dear all",
            "before.zip": b"#!/bin/sh\n" + whole,
        },
    ) == {
        "method.zip": broken,
        "flipped.zip": broken,
        "cut.zip": broken,
        "empty.zip": "The archive holds no plan.",
        "noise.zip": process.REASONS["format"][0],
        "before.zip": "before",
    }


def test_answers_that_are_no_document_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(self: object, source: Path, target: Path, name: str = "") -> dict[str, str]:
        target.write_bytes(b'{"name": 1}')
        return {"code": "ok"}

    monkeypatch.setattr(process._Child, "ask", odd)
    assert told(tmp_path, {"list.csv": LIST, "plan.xml": mspdi().encode()}) == dict.fromkeys(
        ("list.csv", "plan.xml"), "The file is damaged or was cut off."
    )


def test_numbers_that_are_none_are_nothing(tmp_path: Path) -> None:
    plan = mspdi().replace("<Critical>1</Critical>", "<PercentComplete>0</PercentComplete><FixedCost>NaN</FixedCost>")
    (tmp_path / "plan.xml").write_text(plan)
    assert [each.fixed_cost for each in read(tmp_path / "plan.xml").tasks] == ["0", "0"]


# -- time

FAST = 2.0  # seconds; each of these took minutes or for ever


@pytest.mark.parametrize(
    "text", ["1" + " " * 100_000 + "x", "a " * 50_000 + "FS", "1FS+" + "1 " * 50_000, " :" * 60_000]
)
def test_long_predecessors_and_resources_are_refused_at_once(text: str) -> None:
    began = time.monotonic()
    for parse in (parse_predecessors, parse_resources, parse_duration):
        with contextlib.suppress(TextError):
            parse(text)
    assert time.monotonic() - began < FAST


def test_spaces_do_not_count_and_long_parts_are_refused() -> None:
    assert parse_predecessors("12FS" + " " * 10_000 + "+3d")[0].lag == 1440
    assert parse_resources("Ann" + " " * 10_000 + "50%") == (("Ann", 0.5),)
    with pytest.raises(TextError, match="longer than a predecessor is"):
        parse_predecessors("1;" + "x" * 201)
    with pytest.raises(TextError, match="longer than a resource is"):
        parse_resources("x" * 201)


def test_demands_of_protrack_and_remarks_of_xml_take_no_time() -> None:
    began = time.monotonic()
    assert without_remarks("<!-- " * 20_000) == "<!-- " * 20_000
    assert without_remarks("<?" + "a" * 9 + "?>x<!-- <!DOCTYPE --><a>") == "x<a>"
    with pytest.raises(Unreadable, match="declares a document type"):
        check_xml(b"<?xml version='1.0'?><!-- a --><!DOCTYPE a><a/>")
    workbook = object.__new__(protrack._Workbook)
    workbook.problems = []
    task = DocumentTask(id=1)
    assert list(workbook.assignments((task,), (), {1: "a[" + "1" * 50_000 + " " * 50_000 + "x"})) == []
    assert [each.text[-40:] for each in workbook.problems] == ["longer than a resource is; it was left out."[-40:]]
    assert time.monotonic() - began < FAST


def test_a_large_workbook_of_protrack_is_held_in_few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    real = schedule

    def counted(network: Any, rules: Any) -> object:
        calls.append(1)
        return real(network, rules)

    monkeypatch.setattr(holding, "schedule", counted)
    monkeypatch.setattr(holding, "WORK", 30)
    start = 29_540_640
    tasks = tuple(
        DocumentTask(id=each, duration=480, stored=Stored(start=start + each * 1440)) for each in range(1, 11)
    )
    plan = PlanDocument(name="", program="", kind=protrack.KIND, start=start, tasks=tasks)
    held = holding.held_in_place(plan)
    assert len(calls) <= 3
    assert {each.constraint for each in held.tasks} == {"START_NO_EARLIER_THAN"}
    monkeypatch.setattr(holding, "TASKS", 5)
    assert holding.held_in_place(plan).problems == (
        Problem(
            "warning", "Of more than 5 tasks it is not looked for those that stand later than their links put them."
        ),
    )


# -- what is said


@pytest.mark.parametrize(
    "said",
    [
        "java.lang.NullPointerException", "No enum constant org.mpxj.TimeUnit.X", "/tmp/quarterdeck-plans-x/0.xml: cut",
        "cannot open '/var/lib/plan.mpp'", "C:\\Users\\ann\\plan.mpp is locked", "KeyError: 'x'",
    ],
)  # fmt: skip
def test_nothing_of_the_inside_is_told(said: str) -> None:
    assert process.reason("broken", said).problem == "The file is damaged or was cut off."
    assert process.refusal("broken", said).problem == (
        "The plan could not be written as XML: a value of it has no place there."
    )
    assert "line 6: a mark is missing" in process.reason("broken", "line 6: a mark is missing.").problem


@pytest.mark.parametrize("code", sorted(process.NOT_WRITTEN))
def test_what_is_not_written_is_not_said_to_be_read(code: str) -> None:
    assert "read" not in process.refusal(code).problem.lower()


def test_a_full_disk_is_no_fault_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object, *_: object, **__: object) -> dict[str, str]:
        raise OSError(28, "No space left on device", str(tmp_path))

    monkeypatch.setattr(process._Child, "ask", full)
    assert told(tmp_path, {"list.csv": LIST}) == {"list.csv": process.REASONS["disk"][0]}


# -- lists and feeds


def test_lists_are_split_and_decoded_as_registers_are(tmp_path: Path) -> None:
    text = "sep=;\r\nName;Duration\r\nDig, then pour;2d\r\n"
    assert told(tmp_path, {"sep.csv": text.encode(), "bare.csv": "Name;Duration\nDig;1d\n".encode("utf-16-le")}) == {
        "sep.csv": "sep",
        "bare.csv": "bare",
    }
    assert read(tmp_path / "sep.csv").tasks[0].name == "Dig, then pour"
    titled = b"Bridge, over the Exe, in March, 2026, Ann, Bob\nName;Duration\nDig;2d\n"
    assert told(tmp_path, {"titled.csv": titled}) == {"titled.csv": "titled"}


def test_a_list_of_too_many_rows_is_refused_before_it_is_all_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasklist, "ROWS", 10)
    taken: list[int] = []

    def watched(rows: Any, most: int) -> object:
        taken.append(most)
        return islice(rows, most)

    monkeypatch.setattr(tasklist, "islice", watched)
    with pytest.raises(Unreadable, match=r"The list has more than 10 rows\. Split it\."):
        tasklist.read_text("list", b"Name,Duration\n" + b"Dig,1d\n" * 20)
    assert taken == [11]


@pytest.mark.parametrize("name", ["Bridge\r\nX-INJECTED:1", "Bridge\nX-INJECTED:1", "Bridge\rX-INJECTED:1"])
def test_no_name_begins_a_header_of_a_feed(name: str) -> None:
    start = 29_540_640
    task = DocumentTask(id=1, name=name, notes=name, stored=Stored(start=start, finish=start + 480))
    plan = PlanDocument(name=name, program="", kind="", tasks=(task,))
    content = feed(plan, stamp=dt.datetime(2026, 3, 1, tzinfo=dt.UTC), host=f"x{name}", key=name)
    assert not any(line.startswith(b"X-INJECTED") for line in content.replace(b"\r", b"\n").split(b"\n"))
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["summary"]) == "Bridge X-INJECTED:1"

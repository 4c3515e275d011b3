"""Uploads of every kind, whole and broken."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.conf import settings

from quarterdeck.kernel.registers.exchange.guard import doubled, guarded, unguarded
from quarterdeck.kernel.registers.exchange.read import read_table
from quarterdeck.kernel.registers.exchange.table import FileRefused, Table
from tests.kernel.registers.exchange.conftest import sheet_of

TEXT = "Code;Name\r\nA-1;Mügge\r\nB-2;“Two”\r\n"


def cells(table: Table) -> list[tuple[Any, ...]]:
    return [row.cells for row in table.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_csv_in_any_encoding_and_with_any_separator(encoding: str, separator: str) -> None:
    table = read_table(TEXT.replace(";", separator).encode(encoding), "units.csv")
    assert table.headers == ("Code", "Name")
    assert cells(table) == [("A-1", "Mügge"), ("B-2", "“Two”")]
    assert [row.number for row in table.rows] == [2, 3]


def test_row_numbers_are_those_of_the_file() -> None:
    table = read_table(b'Name,Note\nA,"two\nlines"\n\n,\nB,x\n', "a.csv")
    assert [(row.number, row.cells) for row in table.rows] == [(2, ("A", "two\nlines")), (6, ("B", "x"))]


def test_excels_separator_line_is_understood() -> None:
    assert read_table(b"sep=;\r\nA;B\r\n1,5;2\r\n", "a.csv").headers == ("A", "B")


def test_one_column_with_commas_in_its_text() -> None:
    assert cells(read_table(b"Name\nx\ny\n", "a.csv")) == [("x",), ("y",)]


def test_a_row_that_is_wider_than_the_headers_carries_its_error() -> None:
    table = read_table(b"A,B\n1,2\n3,4,5\n6,7,,\n", "a.csv")
    assert [bool(row.error) for row in table.rows] == [False, True, False]
    assert "3 cells, the header 2" in table.rows[1].error


def test_workbook_with_typed_cells_and_several_sheets() -> None:
    content = sheet_of(
        [["Code", "Size"], ["A", 12], ["", ""], ["=1+1", 0.5]], {"Other": [["X"], ["y"]], "About": [["no"]]}
    )
    table = read_table(content, "a.xlsx")
    assert (table.sheets, table.sheet, table.kind) == (("Data", "Other"), "Data", "xlsx")
    assert [(row.number, row.cells) for row in table.rows] == [(2, ("A", 12.0)), (4, ("=1+1", 0.5))]
    assert read_table(content, "a.xlsx", sheet="Other").headers == ("X",)


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.csv", "file is empty"),
        (b" \r\n ", "a.csv", "file is empty"),
        (b",,\n,,\n", "a.csv", "holds no text"),
        (b"Name,name\nx,y\n", "a.csv", "Columns A and B are both called"),
        (b'A,B\n1,"2\n3,4\n', "a.csv", "row 2 is not closed"),
        (b"A,B,C\n1,2,3\n1,2,3\n1,2", "a.csv", "cut off in row 4"),
        (b"%PDF-1.7 ...", "a.pdf", "not a CSV or XLSX"),
        (b"\x89PNG\r\n\x1a\n....", "a.csv", "not a CSV or XLSX"),
        (b"A,B\n\x81\x8d,\x90\n", "a.csv", "characters cannot be read"),
        (b"A,B\n\x01\x02,x\n", "a.csv", "characters cannot be read"),
        (b"not a zip", "a.xlsx", "not a CSV or XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "old Excel"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(90) + "EncryptedPackage".encode("utf-16-le") + bytes(90),
            "a.xlsx",
            "protected by a password",
        ),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, name: str, says: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_table(content, name)
    assert says in refused.value.messages[0]


def test_truncated_workbook() -> None:
    content = sheet_of([["A"], ["x"]] * 50)
    for part in (60, len(content) // 2, len(content) - 30):
        with pytest.raises(FileRefused, match="damaged or cut off"):
            read_table(content[:part], "a.xlsx")


def test_too_large_and_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "IMPORT_MAX_ROWS", 2)
    for content, name in ((b"A\n1\n2\n3\n", "a.csv"), (sheet_of([["A"], [1], [2], [3]]), "a.xlsx")):
        with pytest.raises(FileRefused, match="more than 2 rows"):
            read_table(content, name)
    monkeypatch.setattr(settings, "IMPORT_MAX_BYTES", 1024 * 1024)
    with pytest.raises(FileRefused, match="larger than 1 MB"):
        read_table(b"A\n" + b"x" * 1024 * 1024, "a.csv")


def _rewritten(content: bytes, change: dict[str, bytes], more: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change.get(entry.filename, old.read(entry.filename)))
        for name, data in (more or {}).items():
            new.writestr(name, data)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_zip_bomb_is_refused_by_its_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "IMPORT_MAX_BYTES", 2 * 1024 * 1024)
    bomb = _rewritten(sheet_of([["A"], ["x"]]), {}, {"xl/media/zeros.bin": bytes(60 * 1024 * 1024)})
    assert len(bomb) < 200_000
    with pytest.raises(FileRefused, match="unpacks to too much"):
        read_table(bomb, "a.xlsx")


def test_zip_whose_directory_lies_is_refused() -> None:
    content = bytearray(_rewritten(sheet_of([["A"], ["x"]]), {}, {"xl/media/zeros.bin": bytes(5_000_000)}))
    # Both headers claim 10 bytes where there are five million.
    claim, lie = (5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    assert content.count(claim) == 2
    with pytest.raises(FileRefused, match="damaged"):
        read_table(bytes(content).replace(claim, lie), "a.xlsx")


def test_entities_are_never_expanded() -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(io.BytesIO(sheet_of([["A"], ["x"]]))) as book:
        sheet = book.read(SHEET)
    with pytest.raises(FileRefused, match="damaged"):
        read_table(_rewritten(sheet_of([["A"], ["x"]]), {SHEET: laughs + sheet.partition(b"?>")[2]}), "a.xlsx")


def test_cells_far_apart_are_refused_before_the_parser_sees_them() -> None:
    far = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    with pytest.raises(FileRefused, match="row 1048576"):
        read_table(_rewritten(sheet_of([["A"], ["x"]]), {SHEET: far}), "a.xlsx")


def test_broken_xml_inside_a_whole_archive() -> None:
    with pytest.raises(FileRefused):
        read_table(_rewritten(sheet_of([["A"], ["x"]]), {SHEET: b"<worksheet><sheetData><row"}), "a.xlsx")


@pytest.mark.parametrize(
    "text", ["=1+1", "+44 20", "-x", "@a", "\tx", "\rx", "'=x", "''@x", "plain", "'quoted'", "", "\uff1d1"]
)
def test_the_guard_comes_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert unguarded(doubled(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d"))

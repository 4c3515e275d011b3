"""The plan on paper: which lines on which sheet, where bars lie, what is cut, and that names are names."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
import typst
from django.db.models import F

from quarterdeck.apps.delivery.exchange.paper import PAPERS, Axis, Line, Tie, sheets
from quarterdeck.apps.delivery.models import Plan
from quarterdeck.apps.delivery.selectors import printing
from quarterdeck.apps.delivery.selectors.memory import current
from quarterdeck.apps.delivery.selectors.payload import Reader
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.ui import typeset
from tests.apps.delivery.conftest import DAY, MONDAY, Shed
from tests.cast import ANONYMOUS, READER, STRANGER

A3, A4 = PAPERS["a3"], PAPERS["a4"]
TODAY = dt.date(2026, 1, 8)


def line(number: int, start: int | None = MONDAY, days: int = 1, **more: object) -> Line:
    finish = None if start is None else start + days * DAY
    given: dict[str, Any] = {
        "cells": (str(number),) * 9,
        "level": 0,
        "summary": False,
        "milestone": False,
        "tone": "plain",
    }
    return Line(**{**given, "start": start, "finish": finish, **more})


def printed(shed: Shed, levels: int = 0, made_on: dt.date = TODAY) -> dict[str, Any]:
    now = current(Plan.objects.get(pk=shed.plan.pk))
    reader = Reader(editable=False, reports=False, sees_money=False)
    return printing.printed(now, reader, size=A3, today=TODAY, made_on=made_on, levels=levels)


def test_each_sheet_holds_its_lines_and_their_drawing() -> None:
    assert (A3.rows, A4.rows) == (49, 36)
    lines = [line(number, MONDAY + number * DAY) for number in range(100)]
    found = sheets(lines, [Tie(0, 1, "FS", True), Tie(48, 49, "FS", False)], A3)
    assert [len(sheet["rows"]) for sheet in found] == [49, 49, 2]
    assert [sheet["bars"][0]["y"] for sheet in found] == [0, 0, 0]
    # a link from one sheet to the next is drawn on neither
    assert [len(sheet["ties"]) for sheet in found] == [1, 0, 0]
    assert sheets([], [], A3) == [{"rows": [], "bars": [], "ties": []}]


def test_time_fits_across_the_chart_on_every_sheet() -> None:
    lines = [line(1), line(2, MONDAY + 100 * DAY), line(3, None)]
    axis = Axis(lines, 600.0)
    assert 0 < axis.x(MONDAY) < axis.x(MONDAY + 101 * DAY) < 600 - 60
    assert [at.isoformat() for at, _x in axis.ticks()] == ["2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"]
    years = Axis([line(1), line(2, MONDAY + 4000 * DAY)], 600.0).ticks()
    assert [at.year for at, _x in years][:3] == [2026, 2027, 2028]
    assert len(sheets(lines, [], A4)[0]["bars"]) == 2


def test_a_bar_shows_what_is_done_of_its_pieces_its_baseline_and_its_float() -> None:
    axis = Axis([line(1, days=10, parts=((MONDAY, MONDAY + 2 * DAY), (MONDAY + 8 * DAY, MONDAY + 10 * DAY)))], A3.chart)
    pieces = ((MONDAY, MONDAY + 2 * DAY), (MONDAY + 8 * DAY, MONDAY + 10 * DAY))
    given = line(1, days=10, parts=pieces, done=75.0, baseline=(MONDAY, MONDAY + DAY), late_finish=MONDAY + 12 * DAY)
    (bar,) = sheets([given], [], A3)[0]["bars"]
    assert bar["done"] == pytest.approx(axis.x(MONDAY + 9 * DAY), abs=0.1)
    assert bar["baseline"] == [axis.x(MONDAY), axis.x(MONDAY + DAY)]
    assert bar["float"] == pytest.approx(axis.x(MONDAY + 12 * DAY), abs=0.1)
    (done,) = sheets([line(1, tone="done", late_finish=MONDAY + 12 * DAY)], [], A3)[0]["bars"]
    assert done["float"] is None


def test_links_are_drawn_while_they_can_be_followed() -> None:
    lines = [line(number, MONDAY + number * DAY) for number in range(40)]
    many = [Tie(before, after, "FS", False) for before in range(20) for after in range(20, 40)]
    assert sheets(lines, many, A3)[0]["ties"] == []
    (only,) = sheets(lines, [*many, Tie(0, 1, "FS", True)], A3)[0]["ties"]
    assert only["critical"] is True
    assert only["points"][0][1] < only["points"][-1][1]


@pytest.mark.django_db
def test_lines_say_what_the_page_says(shed: Shed) -> None:
    told = printed(shed)
    (sheet,) = told["sheets"]
    cells = {row["cells"][2]: row["cells"] for row in sheet["rows"]}
    assert cells["Dig"] == ("2", "1.1", "Dig", "2\u00a0d", "5 Jan", "7 Jan", "+1", "0 C", "0")
    assert cells["Paint"][7] == "6"
    assert cells["Ground"][0] == "1"
    assert [bar["kind"] for bar in sheet["bars"]] == ["summary", "task", "task", "task", "task", "milestone"]
    assert [bar["tone"] for bar in sheet["bars"]][1:5] == ["critical", "critical", "critical", "plain"]
    assert len(sheet["ties"]) == 4
    assert told["note"] == ""


@pytest.mark.django_db
def test_a_sheet_says_of_which_day_it_is_and_when_it_was_made(shed: Shed, monkeypatch: pytest.MonkeyPatch) -> None:
    assert printed(shed)["printed"] == "Printed 8 Jan 2026"
    later = TODAY + dt.timedelta(days=30)
    assert printed(shed, made_on=later)["printed"] == "As of 8 Jan 2026, printed 7 Feb 2026"
    asked: list[dict[str, Any]] = []

    def made(*_of: object, **how: Any) -> bytes:
        asked.append(how)
        return b""

    monkeypatch.setattr("quarterdeck.apps.delivery.pages.export.gantt_pdf", made)
    today = shed.cast.actor(READER).today
    past = today - dt.timedelta(days=1)
    Change.objects.update(at=F("at") - dt.timedelta(days=5))
    client = shed.cast.client(READER)
    for day in (today, past):
        assert client.get(f"{shed.url}gantt-a4.pdf", {"as_of": day.isoformat()}).status_code == 200
    assert [(how["today"], how["made_on"]) for how in asked] == [(today, today), (past, today)]


@pytest.mark.django_db
def test_the_outline_is_cut_where_asked_and_where_there_are_too_many(
    shed: Shed, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = printed(shed, levels=1)
    names = [row["cells"][2] for sheet in short["sheets"] for row in sheet["rows"]]
    assert names == ["Ground", "Paint", "Done"]
    assert short["note"] == "3 of 6 lines: the outline down to level 1."
    monkeypatch.setattr(printing, "MOST", 5)
    assert printed(shed)["note"] == "3 of 6 lines: the outline down to level 1."


@pytest.mark.django_db
def test_names_are_data_and_no_markup(shed: Shed) -> None:
    """What would be typst, a formula or HTML is printed as it is written, and the document is made all the same."""
    wild = '#image("/etc/passwd") $x^2$ *b* <a> =HYPERLINK("x") \\ #{panic()}'
    shed.edit({"do": "set", "task": shed.id("Dig"), "field": "name", "value": wild})
    told = printed(shed)
    assert wild in json.loads(typeset.inputs(told)["data"])["sheets"][0]["rows"][1]["cells"]
    made = printing.gantt_pdf(
        current(Plan.objects.get(pk=shed.plan.pk)), Reader(False, False, False), size=A4, today=TODAY, made_on=TODAY
    )
    assert made.startswith(b"%PDF")
    assert b"pdfuaid" in made


@pytest.mark.django_db
def test_a_sign_that_no_font_has_costs_nobody_the_sheet(shed: Shed) -> None:
    """Where all signs can be drawn it is PDF/UA; else it is made without that name, tagged all the same."""
    shed.edit({"do": "set", "task": shed.id("Dig"), "field": "name", "value": "Dig 🚧 漢字"})
    answer = shed.cast.client(READER).get(f"{shed.url}gantt-a4.pdf")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    assert b"/StructTreeRoot" in answer.content
    assert b"pdfuaid" not in answer.content


def test_control_characters_are_no_part_of_a_document() -> None:
    told = json.loads(typeset.inputs({"rows": [{"name": "Dig \x07\x1bit\nnow"}, ("a\x00\tb", 3, None)]})["data"])
    assert told["rows"] == [{"name": "Dig it\nnow"}, ["a\tb", 3, None]]


def test_what_is_wrong_with_a_layout_is_not_hushed_up() -> None:
    with pytest.raises(typst.TypstError, match="unknown variable"):
        typeset.typeset("#nothing", typeset.inputs({}), format="pdf", pdf_standards=typeset.STANDARD)


@pytest.mark.django_db
def test_whoever_sees_the_plan_gets_its_sheets(shed: Shed) -> None:
    answer = shed.cast.client(READER).get(f"{shed.url}gantt-a3.pdf?plan={shed.plan.pk}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    assert 'filename="' in answer.headers["Content-Disposition"]
    assert shed.cast.client(READER).get(f"{shed.url}gantt-a5.pdf").status_code == 404
    assert shed.cast.client(STRANGER).get(f"{shed.url}gantt-a3.pdf").status_code == 404
    assert shed.cast.client(ANONYMOUS).get(f"{shed.url}gantt-a3.pdf").status_code == 302


@pytest.mark.django_db
def test_a_plan_without_lines_is_an_empty_sheet(shed: Shed) -> None:
    for name in ("Ground", "Paint", "Done"):
        shed.edit({"do": "remove", "tasks": [shed.id(name)]})
    answer = shed.cast.client(READER).get(f"{shed.url}gantt-a4.pdf")
    assert answer.status_code == 200

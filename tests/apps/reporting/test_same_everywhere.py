"""Twenty figures of five projects, the same on the page, in the API, by the command, in workbook, slides and paper."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
import python_calamine
from django.test import Client
from pptx import Presentation

from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.models import Snapshot
from quarterdeck.apps.reporting.packs.content import Pack
from quarterdeck.apps.reporting.packs.paper import pack_data
from quarterdeck.apps.reporting.packs.slides import pack_pptx
from quarterdeck.apps.reporting.packs.workbook import pack_xlsx
from quarterdeck.apps.reporting.selectors import snapshots
from quarterdeck.apps.reporting.services.reports import report_start
from quarterdeck.cli import main
from quarterdeck.kernel.ui import components
from tests.apps.reporting.report_stage import *  # noqa: F403
from tests.apps.reporting.report_stage import FEBRUARY, TODAY, Stage
from tests.apps.reporting.test_packs import pack, projects  # noqa: F401

Told = Mapping[str, Any]
AMOUNTS = ("budget", "bac", "pv", "ev", "ac", "committed", "eac")
INDICES = ("percent", "spi_t", "spi", "cpi")
DAYS = ("planned_finish", "baseline_finish", "forecast_finish", "assessed_on")
FIGURES = ("health", "time", "cost", *AMOUNTS, *INDICES, *DAYS, "days_late", "over")
#: What each form calls a figure.
LONG = {
    "budget": "Budget",
    "bac": "Budget at completion",
    "pv": "Planned value",
    "ev": "Earned value",
    "ac": "Actual cost",
    "committed": "Committed",
    "eac": "Estimate at completion",
    "spi_t": "SPI(t)",
    "spi": "SPI",
    "cpi": "CPI",
    "health": "Health",
    "time": "Time",
    "cost": "Cost",
}
SHEET = LONG | {
    "percent": "Complete, %",
    "planned_finish": "Planned finish",
    "baseline_finish": "Baseline finish",
    "forecast_finish": "Forecast finish",
    "days_late": "Late, working days",
    "assessed_on": "Assessed",
}
SHORT = {
    "percent": "Complete",
    "spi_t": "SPI(t)",
    "spi": "SPI",
    "cpi": "CPI",
    "budget": "Budget",
    "bac": "BAC",
    "pv": "PV",
    "ev": "EV",
    "ac": "AC",
    "committed": "Committed",
    "eac": "EAC",
}
GRID = {"health": "Health", "time": "Time", "cost": "Cost", "forecast_finish": "Finish", "days_late": "Late"}
MARKS = {"R": "red", "A": "amber", "G": "green"}


def expected(project: Initiative, found: Snapshot) -> dict[str, Any]:
    """The figures as they are kept."""
    assert found.budget is not None
    assert found.eac is not None
    return {
        "health": found.colour,
        **{name: found.colours[name] for name in ("time", "cost")},
        **{name: getattr(found, name) for name in (*AMOUNTS, *INDICES, "baseline_finish", "forecast_finish")},
        "planned_finish": project.planned_finish,
        "assessed_on": found.on,
        "days_late": found.days_late,
        "over": float((found.eac - found.budget) / found.budget * 100),
    }


def words(name: str, value: Any, day: dt.date | None = None) -> str:
    """A figure as it is written; days as seen on a `day`."""
    if value is None:
        return "–"
    if name in AMOUNTS:
        return components.money_text(value, "GBP", short=True)
    if name == "percent":
        return f"{components.number(value)}%"
    if name in INDICES:
        return components.number(value, 2)
    if name in DAYS:
        return components.date_text(value, day)
    if name in ("days_late", "over"):
        return f"{components.signed(value)} d" if name == "days_late" else f"{components.signed(value, 1)}%"
    return str(value)


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).replace("\xa0", " ").strip()


def of_page(html: str) -> dict[str, str]:
    """What the page of a status report states."""
    cell = r'-label">(.*?)</div>.*?<span>(.*?)</span></div>(?:<div class="headline-note">(.*?)</div>)?'
    cells = {_plain(label): (_plain(value), _plain(note)) for label, value, note in re.findall(cell, html)}
    facts = {_plain(label): _plain(value) for label, value in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html)}
    marks = {
        _plain(label): colour.lower()
        for colour, label in re.findall(r'<li><svg.*?aria-label="(\w+)".*?<b>(.*?)</b>', html)
    }
    baseline, _comma, late = cells["Finish"][1].removeprefix("baseline ").partition(", ")
    eac, _space, over = facts["Estimate at completion"].partition(" ")
    (health,) = re.findall(r"<h1>.*?badge-large badge-(\w+)", html)
    return {
        "health": health,
        **{name: marks[LONG[name]] for name in ("time", "cost")},
        **{name: facts[LONG[name]] for name in AMOUNTS if name != "bac"},
        **{name: cells[LONG.get(name, "Complete")][0] for name in INDICES},
        "eac": eac,
        "over": over.removesuffix(" against budget"),
        "forecast_finish": cells["Finish"][0],
        "baseline_finish": baseline,
        "days_late": late,
    }


def of_slides(made: bytes, code: str, name: str) -> dict[str, str]:
    """What the slides state: the grid of health, the project's own slide, the table of all figures."""
    found: dict[str, str] = {}
    for slide in Presentation(io.BytesIO(made)).slides:
        own = slide.shapes.title.text == name
        for shape in slide.shapes:
            rows = [[cell.text for cell in row.cells] for row in shape.table.rows] if shape.has_table else []
            told = {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows}.get(code, {})
            heads = SHORT if "BAC" in told else GRID
            found |= {figure: told[head] for figure, head in heads.items() if head in told}
            if own and rows and rows[0][0] == "Figure":
                notes = {row[0]: row for row in rows}
                assert notes["Finish"][1:] == [found["forecast_finish"], found["days_late"]]
                found["over"] = notes["Estimate at completion"][2]
    return found | {figure: MARKS[found[figure][-1:]] for figure in ("health", "time", "cost")}


def of_paper(told: Any, code: str, name: str) -> dict[str, str]:
    """What the printed pack states, by what is handed to the typesetter."""
    (row,) = [row for row in told["appendix"]["rows"] if row[0] == code]
    all_figures = dict(zip(told["appendix"]["head"], row, strict=True))
    (line,) = [line for line in told["grid"]["rows"] if line["code"] == code]
    found = {figure: all_figures[SHEET[figure]] for figure in (*AMOUNTS, *INDICES)}
    assert (line["percent"], line["eac"]) == (found["percent"], found["eac"])
    found |= dict(zip(("health", "time", "cost"), line["marks"], strict=True))
    found |= {"forecast_finish": line["finish"], "days_late": line["slip"]}
    for one in told["exceptions"]:
        if one["title"] == name:
            found["over"] = next(cell["note"] for cell in one["cells"] if cell["label"] == "Estimate at completion")
    return found


def of_program(told: Told) -> dict[str, Any]:
    """What API and command state, as kept values."""
    found: dict[str, Any] = {name: told[name] for name in (*INDICES, "health", "days_late")}
    found |= {name: told["health_by_dimension"][name] for name in ("time", "cost")}
    found |= {name: Decimal(str(told[name])) for name in AMOUNTS}
    return found | {name: told[name] and dt.date.fromisoformat(told[name]) for name in DAYS}


def of_sheet(told: Told) -> dict[str, Any]:
    """What the workbook states, as kept values."""
    found = {name: told[head] if told[head] != "" else None for name, head in SHEET.items()}
    return found | {name: str(found[name]).lower() for name in ("health", "time", "cost")}


def test_twenty_figures_of_five_projects_are_the_same_everywhere(
    pack: Pack,  # noqa: F811
    projects: list[Initiative],  # noqa: F811
    stage: Stage,
    given: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept = snapshots.latest(projects, TODAY)
    assert stage.project.parent is not None
    reader = Client()
    reader.force_login(given(stage.project.parent.scope, {"*": ["view"]}, ["money"]).user)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(pack_xlsx(pack)))
    head, *rows = book.get_sheet_by_name("Projects").to_python()
    sheet = {row[0]: {str(label): cell for label, cell in zip(head, row, strict=True)} for row in rows}
    slides, paper = pack_pptx(pack), pack_data(pack)
    compared = 0
    for project in projects:
        values = expected(project, kept[project.pk])
        report = report_start(initiative=project, period=stage.period(FEBRUARY), actor=stage.system)
        page = of_page(reader.get(f"{project.url}reports/{report.pk}/").content.decode())
        answer = reader.get(f"/api/v1/status-reports/{report.pk}").json()
        figures = reader.get(f"/api/v1/figures/{project.code}", {"as_of": TODAY.isoformat()}).json()
        assert main(["figures", project.code, "--as-of", TODAY.isoformat(), "--json"]) == 0
        command = json.loads(capsys.readouterr().out)
        written = {
            "page": (page, TODAY),
            "slides": (of_slides(slides, project.code, project.name), None),
            "paper": (of_paper(paper, project.code, project.name), None),
        }
        stated = {
            "api": of_program(figures),
            "command": of_program(command),
            "workbook": of_sheet(sheet[project.code]),
            "report": {name: Decimal(str(answer[name])) for name in AMOUNTS},
        }
        for name in FIGURES:
            told = {
                form: (texts[name], words(name, values[name], day))
                for form, (texts, day) in written.items()
                if name in texts
            }
            same = {form: found[name] for form, found in stated.items() if name in found}
            assert {form: text for form, (text, _wanted) in told.items()} == {
                form: text for form, (_, text) in told.items()
            }, name
            for form, value in same.items():
                assert value == (
                    pytest.approx(float(values[name]), abs=1e-9) if isinstance(value, float) else values[name]
                ), (form, name)
            # A green project has no slide and no page of its own, which alone tell its share over budget.
            assert len(told) + len(same) >= (1 if name == "over" else 3), name
            compared += 1
    assert compared == 100
    assert len(FIGURES) == 20

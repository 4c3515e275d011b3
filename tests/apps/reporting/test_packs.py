"""Board packs: the same figures in every form, nothing outside a slide, no markup and no formula from what is typed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import re
from decimal import Decimal
from typing import Any

import pytest
import python_calamine
from django.test import Client
from pptx import Presentation

from quarterdeck.apps.organisation.choices import UnitKind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.models import BoardPack, Snapshot
from quarterdeck.apps.reporting.packs import typesetting
from quarterdeck.apps.reporting.packs.content import INDICES, Milestone, Pack, content
from quarterdeck.apps.reporting.packs.paper import pack_data, pack_pdf
from quarterdeck.apps.reporting.packs.slides import pack_pptx
from quarterdeck.apps.reporting.packs.workbook import pack_xlsx
from quarterdeck.apps.reporting.report_words import told
from quarterdeck.apps.reporting.services import assess
from quarterdeck.apps.reporting.services.packs import pack_request
from quarterdeck.apps.reporting.services.reports import report_start
from quarterdeck.cli import main
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.jobs.worker import drain
from tests.apps.organisation.conftest import MakeUnit
from tests.apps.portfolio.conftest import Make
from tests.apps.reporting.report_stage import *  # noqa: F403
from tests.apps.reporting.report_stage import FEBRUARY, TODAY, Stage, snapshot

EVIL = '=HYPERLINK("http://x")'
MARKUP = '#read("/etc/passwd") *a* $b$ @c <d> `e` \\'
COLOURS = ("red", "amber", "green", "amber", "red")


@pytest.fixture
def projects(stage: Stage, make: Make) -> list[Initiative]:
    """Four more projects beside the one of the stage, each assessed with figures of its own."""
    made = [stage.project]
    for number, name in enumerate((EVIL, MARKUP, "Peak Fringe Lot 4", "Wakefield Data Hall B"), start=1):
        made.append(make(name, parent=stage.project.parent, state="active", currency=stage.project.currency))
        snapshot(
            made[-1],
            FEBRUARY,
            colour=COLOURS[number],
            budget=Decimal(1_250_000 * number),
            ac=Decimal(431_700 * number) + Decimal("0.25"),
            eac=Decimal(1_333_100 * number),
            spi_t=0.91 + number / 50,
            days_late=3 * number,
        )
    assert stage.project.parent is not None
    for week in range(4):
        snapshot(stage.project.parent, FEBRUARY - dt.timedelta(days=7 * week), projects=5, reds=1, ambers=3, greens=1)
    return made


@pytest.fixture
def pack(projects: list[Initiative], stage: Stage) -> Pack:
    assert stage.project.parent is not None
    found = content(stage.project.parent.code, on=TODAY, actor=stage.system)
    assert found is not None
    return found


def _slides(made: bytes) -> Any:
    return Presentation(io.BytesIO(made))


def _tables(show: Any) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row.cells] for row in shape.table.rows]
        for slide in show.slides
        for shape in slide.shapes
        if shape.has_table
    ]


def test_figures_of_a_node_tell_all_below_and_no_money_to_whoever_may_not_see_it(
    pack: Pack, stage: Stage, given: Any, stranger: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    top = stage.project.parent
    assert top is not None
    client = Client()
    actor = given(top.scope, {"*": ["view"]})
    client.force_login(actor.user)
    told = client.get(f"/api/v1/figures/{top.code}", {"as_of": TODAY.isoformat()}).json()
    assert (told["code"], told["kind"], told["projects"], told["reds"]) == (top.code, "portfolio", 5, 1)
    assert [one["code"] for one in told["below"]] == [line.code for line in pack.projects]
    assert [one["health"] for one in told["below"]] == ["amber", "amber", "green", "amber", "red"]
    for one in (told, *told["below"]):
        assert (one["money"], one["budget"], one["eac"], one["cpi"]) == (False, None, None, None)
    assert told["below"][1]["spi_t"] == pytest.approx(0.93)
    assert main(["figures", top.code, "--as", actor.user.email]) == 0
    table = capsys.readouterr().out
    assert "•••" in table
    assert "1,250,000" not in table
    assert main(["figures", top.code, "--as-of", "2026-02-28"]) == 1
    assert main(["figures", top.code, "--as-of", "2099-01-01"]) == 2
    assert client.get(f"/api/v1/figures/{top.code}", {"as_of": "2099-01-01"}).status_code == 422
    assert stranger.user is not None
    client.force_login(stranger.user)
    assert client.get(f"/api/v1/figures/{top.code}").status_code == 404
    assert Client().get(f"/api/v1/figures/{top.code}").status_code == 401
    assert main(["figures", top.code, "--as", stranger.user.email]) == 1


def test_a_page_of_the_screen_says_what_the_pack_says(pack: Pack, stage: Stage) -> None:
    line = next(one for one in pack.lines if one.code == stage.project.code)
    said = told(report_start(initiative=stage.project, actor=stage.manager), money=True)
    shown = {one.label: one.value for one in (*said.cells, *said.money)}
    for label, name in {
        "SPI(t)": "spi_t",
        "SPI": "spi",
        "CPI": "cpi",
        "Complete": "percent",
        "Budget": "budget",
    }.items():
        assert shown[label] == line.text(name)
    for label, name in {"Actual cost": "ac", "Earned value": "ev", "Estimate at completion": "eac"}.items():
        assert shown[label] == line.text(name)


def test_exceptions_come_red_first_and_the_latest_first(pack: Pack) -> None:
    assert [(line.colour, line.days_late) for line in pack.exceptions] == [
        ("red", 12),
        ("amber", 12),
        ("amber", 9),
        ("amber", 3),
    ]
    show = _slides(pack_pptx(pack))
    titles = [slide.shapes.title.text for slide in show.slides]
    assert titles == [pack.title, "Health", *(line.name for line in pack.exceptions), "All figures"]


def test_charts_of_slides_are_native_and_tell_the_history(pack: Pack) -> None:
    show = _slides(pack_pptx(pack))
    charts = [shape.chart for shape in show.slides[0].shapes if shape.has_chart]
    assert [series.name for series in charts[0].plots[0].series] == ["Red", "Amber", "Green"]
    assert [tuple(series.values) for series in charts[0].plots[0].series] == [(1.0,) * 4, (3.0,) * 4, (1.0,) * 4]
    assert [series.name for series in charts[1].plots[0].series] == ["Planned value", "Earned value", "Actual cost"]
    assert tuple(charts[1].plots[0].series[1].values) == (0.93,) * 4


def test_nothing_leaves_its_slide_or_lies_over_another(pack: Pack) -> None:
    """The worst case: long names, long reasons, six milestones, many projects."""
    long = dataclasses.replace(
        pack.lines[1],
        name="Vulnerable customers migration and all that follows from it " * 3,
        why="Finish 31 d late, tolerance 15 d; forecast 16.9% over budget, tolerance 10% " * 3,
        own_colour="amber",
        own_reason="The second shift is booked and the duct proving has begun early. " * 4,
        milestones=(
            Milestone(
                "Permits in hand for the whole of the northern route " * 2, "20 Mar 2026", "31 Dec 2026", "+286 d"
            ),
        )
        * 6,
        colour="red",
    )
    many = dataclasses.replace(
        pack, lines=(pack.lines[0], *(dataclasses.replace(long, code=f"PRJ-{n:04}") for n in range(40)))
    )
    show = _slides(pack_pptx(many))
    assert len(show.slides) == 1 + 3 + 40 + 3
    for number, slide in enumerate(show.slides):
        boxes = [(s.left, s.top, s.left + s.width, s.top + s.height, s.name) for s in slide.shapes]
        for left, top, right, bottom, name in boxes:
            assert left >= 0, (number, name)
            assert top >= 0, (number, name)
            assert right <= show.slide_width, (number, name)
            assert bottom <= show.slide_height, (number, name)
        for at, one in enumerate(boxes):
            for other in boxes[at + 1 :]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart, (number, one[4], other[4])
        for shape in slide.shapes:
            if shape.has_table:
                for row in shape.table.rows:
                    for column, cell in zip(shape.table.columns, row.cells, strict=True):
                        size = cell.text_frame.paragraphs[0].runs[0].font.size.pt
                        # Half of its size a letter takes at the widest average of any usual face.
                        assert len(cell.text) * size * 0.5 <= column.width.inches * 72, (number, cell.text)
                        assert size * 1.2 <= row.height.inches * 72


def test_money_is_left_out_for_whoever_may_not_see_it(projects: list[Initiative], stage: Stage, given: Any) -> None:
    assert stage.project.parent is not None
    reader = given(stage.project.parent.scope, {"*": ["view"]})
    closed = content(stage.project.parent.code, on=TODAY, actor=reader)
    assert closed is not None
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(pack_xlsx(closed)))
    numbers = {cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row}
    assert 2_000_000.0 not in numbers
    assert 0.979 not in numbers
    assert 0.91 in numbers
    assert "£" not in json.dumps(pack_data(closed), ensure_ascii=False)
    texts = [cell for table in _tables(_slides(pack_pptx(closed))) for row in table for cell in row]
    assert not [text for text in texts if "£" in text]
    assert not [s for slide in list(_slides(pack_pptx(closed)).slides)[1:] for s in slide.shapes if s.has_chart]
    assert "•••" in texts


def test_what_was_typed_is_neither_formula_nor_markup(pack: Pack) -> None:
    made = pack_xlsx(pack)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(made))
    names = [row[1] for row in book.get_sheet_by_name("Projects").to_python()]
    assert EVIL in names
    assert MARKUP in names
    import zipfile

    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        sheets = b"".join(archive.read(name) for name in archive.namelist() if "worksheets/" in name)
    assert b"<f>" not in sheets
    # Typst gets it as data alone: its source has no word of it.
    assert "passwd" not in typesetting._source("pack")
    assert json.loads(typesetting.inputs(pack_data(pack))["data"])["grid"]["rows"][3]["name"] == MARKUP


def test_the_pdf_is_tagged_titled_and_in_a_language(pack: Pack) -> None:
    made = pack_pdf(pack)
    assert made.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in made
    assert re.search(rb"/Lang\s*\(en", made)
    assert b"pdfuaid" in made
    assert b"/DisplayDocTitle true" in made


def test_a_sign_that_no_font_has_costs_nobody_the_pack(projects: list[Initiative], stage: Stage) -> None:
    """The names of projects as they come from elsewhere: what cannot be drawn costs the mark of PDF/UA, no more."""
    assert stage.project.parent is not None
    projects[0].name = "Bridge 🚧 漢字 \x07"
    projects[0].save(update_fields=["name"])
    found = content(stage.project.parent.code, on=TODAY, actor=stage.system)
    assert found is not None
    made = pack_pdf(found)
    assert made.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in made
    assert b"pdfuaid" not in made


def test_a_past_day_has_the_figures_of_that_day(projects: list[Initiative], stage: Stage) -> None:
    snapshot(stage.project, TODAY, colour="green", eac=Decimal(1_000_000), days_late=0)
    assert stage.project.parent is not None
    code = stage.project.parent.code
    now, then = (content(code, on=day, actor=stage.system) for day in (TODAY, FEBRUARY + dt.timedelta(days=1)))
    assert now is not None
    assert now.lines[1].text("eac") == "£1.00m"
    # The tree of a day on which none of it was kept yet has nothing to show.
    assert then is None
    assert len(INDICES) == 4


def test_a_pack_is_made_by_a_job_and_sent_to_whoever_asked_alone(projects: list[Initiative], stage: Stage) -> None:
    made = [
        pack_request(initiative=stage.project, on=TODAY, form=form, actor=stage.manager)
        for form in ("pdf", "pptx", "xlsx")
    ]
    drain()
    starts = {"pdf": b"%PDF", "pptx": b"PK", "xlsx": b"PK"}
    client, other = Client(), Client()
    assert stage.manager.user is not None
    assert stage.sponsor.user is not None
    client.force_login(stage.manager.user)
    other.force_login(stage.sponsor.user)
    for one in made:
        stored = BoardPack.objects.get(pk=one.pk)
        assert stored.job is not None
        assert stored.job.state == "done", stored.job.error
        url = f"{stage.project.url}pack/{one.pk}/file"
        answer = client.get(url)
        assert answer.content.startswith(starts[one.form])
        assert stored.size == len(answer.content)
        assert other.get(url).status_code == 404
    page = client.get(f"{stage.project.url}pack/").content.decode()
    assert page.count("/file") == 3
    assert "/file" not in other.get(f"{stage.project.url}pack/").content.decode()


def test_the_page_queues_a_pack_and_refuses_a_day_to_come(stage: Stage, stranger: Actor) -> None:
    client = Client()
    assert stage.manager.user is not None
    client.force_login(stage.manager.user)
    url = f"{stage.project.url}pack/"
    assert client.post(url, {"on": "2027-01-01", "form": "pdf"}).status_code == 422
    assert client.post(url, {"on": "2026-03-16", "form": "exe"}).status_code == 422
    assert not BoardPack.objects.exists()
    assert client.post(url, {"on": "2026-03-16", "form": "pptx"}).status_code == 302
    told = client.get(f"{url}{BoardPack.objects.get().pk}/progress").json()
    assert told["state"] == "running"
    assert stranger.user is not None
    client.force_login(stranger.user)
    assert client.get(url).status_code == 404
    assert client.get(f"{url}{BoardPack.objects.get().pk}/progress").status_code == 404


def test_while_a_past_date_is_shown_a_pack_is_of_that_date(stage: Stage) -> None:
    client = Client()
    assert stage.manager.user is not None
    client.force_login(stage.manager.user)
    url = f"{stage.project.url}pack/"
    page = client.get(url, {"as_of": TODAY.isoformat()}).content.decode()
    assert f'value="{TODAY.isoformat()}"' in page
    assert client.post(url, {"on": TODAY.isoformat(), "form": "xlsx"}).status_code == 302
    drain()
    made = BoardPack.objects.get()
    assert (made.on, made.job and made.job.state) == (TODAY, "done")


def test_milestones_are_those_of_the_assessment_of_the_day(stage: Stage) -> None:
    """In working days, as on the dashboard; what has moved since is in no pack of the past."""
    kept = {"task": 1, "name": "Roof on", "forecast": "2026-03-30", "baseline": "2026-03-20", "late": 6, "done": False}
    Snapshot.objects.filter(initiative=stage.project).update(facts={"milestones": [kept]})
    snapshot(stage.project, TODAY, facts={"milestones": [{**kept, "forecast": "2026-04-06", "late": 11}]})
    Change.objects.update(at=stage.system.now - dt.timedelta(days=60))
    told: dict[dt.date, list[Milestone]] = {}
    for day in (FEBRUARY, TODAY):
        found = content(stage.project.code, on=day, actor=stage.system)
        assert found is not None
        told[day] = list(found.node.milestones)
    assert [(one.name, one.slip) for one in told[TODAY]] == [("Roof on", "+11 d")]
    assert [(one.name, one.slip) for one in told[FEBRUARY]] == [("Roof on", "+6 d")]
    report = report_start(initiative=stage.project, period=stage.period(FEBRUARY), actor=stage.system)
    assert [(one["name"], one["slip"]) for one in report.facts["milestones"]] == [("Roof on", 6)]


def test_of_a_node_that_is_not_seen_in_whole_only_what_is_seen_is_summed(
    stage: Stage, make: Make, unit: MakeUnit, given: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sees a portfolio by its unit is told nothing of what other units do below it, here as on its pages."""
    top = stage.project.parent
    assert top is not None
    monkeypatch.setattr("quarterdeck.kernel.clock.now", lambda: stage.system.now)
    other = unit("OTHER", UnitKind.DIVISION, top.unit.parent)
    hidden = make("Hidden", parent=top, state="active", currency=stage.project.currency, unit=other)
    snapshot(hidden, FEBRUARY, colour="red", colours={"time": "red"}, eac=Decimal(77_000_000), reds=1, ambers=0)
    assess(top, actor=stage.system)
    reader = given(top.unit.scope, {"*": ["view"]}, ["money"])
    whole, part = (content(top.code, on=TODAY, actor=actor) for actor in (stage.system, reader))
    assert whole is not None
    assert part is not None
    assert (whole.node.projects, whole.node.reds, dict(whole.node.amounts)["eac"]) == (2, 1, Decimal("79040860.0000"))
    assert (part.node.projects, part.node.reds, dict(part.node.amounts)["eac"]) == (1, 0, Decimal("2040860.0000"))
    assert part.history == ()
    client = Client()
    client.force_login(reader.user)
    for address in (top.url, f"{top.url}health/", f"{top.url}dashboard/"):
        page = client.get(address).content.decode()
        assert "Hidden" not in page
        assert "79,040,860" not in page
        assert "£79" not in page, address

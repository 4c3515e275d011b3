"""Service levels of tasks: typed, due by the calendar, at risk, broken, met; kept by copies, files and history."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
import python_calamine
from django.test import Client

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.exchange.texts import TextError
from quarterdeck.apps.delivery.models import Plan, Task
from quarterdeck.apps.delivery.selectors import promises
from quarterdeck.apps.delivery.selectors.documents import document_of
from quarterdeck.apps.delivery.services.plans import plan_save
from quarterdeck.apps.delivery.watch import service_level
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.engine.calendar import instant, minutes
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from tests.apps.delivery.conftest import Shed, day, document
from tests.cast import EDITOR, STRANGER

pytestmark = pytest.mark.django_db
JANUARY = dt.date(2026, 1, 5)


def due(task: Task) -> str:
    return "" if task.service_due is None else str(instant(task.service_due))


def stands(shed: Shed, name: str, on: int) -> str:
    return promises.state_of(shed.task(name), dt.date(2026, 1, on))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("10d order", "10d order"),
        ("10 days of order", "10d order"),
        ("5 pred", "5d predecessors"),
        ("5d after predecessors", "5d predecessors"),
        ("3d from 2026-03-02", "3d 2026-03-02"),
        ("", ""),
    ],
)
def test_what_is_typed_reads_back(typed: str, kept: str) -> None:
    assert promises.parse(typed).text == kept
    assert promises.parse(kept) == promises.parse(typed)


@pytest.mark.parametrize("typed", ["soon", "0d order", "10d", "3d 2026-02-30", "9999d order", "3d 0001-01-01"])
def test_what_is_no_level_is_refused(typed: str) -> None:
    with pytest.raises(TextError, match="is no service level"):
        promises.parse(typed)


def test_it_is_due_with_the_last_working_day_of_the_tasks_calendar(shed: Shed) -> None:
    # Monday 5 January; the 6th is a holiday of the plan: days 7, 8, 9.
    task = shed.set("Dig", "service", "3d 2026-01-05")
    assert due(task) == "2026-01-09 17:00:00"
    assert task.service_due_on == dt.date(2026, 1, 9)
    # A fourth goes over the weekend.
    assert due(shed.set("Dig", "service", "4d 2026-01-05")) == "2026-01-12 17:00:00"


def test_it_counts_from_the_finish_of_the_last_predecessor_and_follows_it(shed: Shed) -> None:
    dig = shed.task("Dig")
    assert instant(dig.finish or 0).date() == dt.date(2026, 1, 7)
    assert due(shed.set("Pour", "service", "2d predecessors")) == "2026-01-09 17:00:00"
    shed.set("Dig", "duration", "3d")
    assert due(shed.task("Pour")) == "2026-01-12 17:00:00"
    # Without a predecessor there is nothing to count from.
    assert due(shed.set("Dig", "service", "2d predecessors")) == ""


def test_it_counts_from_the_order_date_of_the_plan(shed: Shed) -> None:
    assert due(shed.set("Paint", "service", "2d order")) == ""
    plan = Plan.objects.get(pk=shed.plan.pk)
    plan.ordered_on = dt.date(2026, 1, 8)
    plan_save(plan, actor=shed.cast.actor(EDITOR))
    assert due(shed.task("Paint")) == "2026-01-12 17:00:00"


def test_it_runs_gets_at_risk_is_broken_and_met_or_missed(shed: Shed) -> None:
    shed.set("Paint", "service", "5d 2026-01-05")
    # Five days after Monday 5 without the 6th: due Tuesday 13; of 48 hours 80 % are through on Monday 12.
    assert due(shed.task("Paint")) == "2026-01-13 17:00:00"
    told = [stands(shed, "Paint", on) for on in (7, 9, 12, 13, 14)]
    assert told == ["running", "running", "at_risk", "at_risk", "breached"]
    Task.objects.filter(name="Paint").update(actual_finish=day(8))
    assert [stands(shed, "Paint", on) for on in (13, 14)] == ["met", "met"]
    Task.objects.filter(name="Paint").update(actual_finish=day(9, 600))
    assert stands(shed, "Paint", 14) == "missed"


def test_a_plan_that_breaks_it_puts_it_at_risk_at_once(shed: Shed) -> None:
    shed.set("Cure", "service", "3d 2026-01-05")
    assert stands(shed, "Cure", 5) == "at_risk"


def test_the_watch_finds_what_is_pressing_and_whose_it_is(shed: Shed) -> None:
    Initiative.objects.filter(pk=shed.plan.initiative_id).update(state="active")
    shed.set("Paint", "service", "5d 2026-01-05")

    def found(on: int) -> list[tuple[str, Any]]:
        facts = service_level(now=dt.datetime(2026, 1, on, 5, tzinfo=dt.UTC), ids=None)
        return [(str(one.message)[-10:], one.due_on) for one in facts]

    assert found(9) == []
    assert found(12) == [("s at risk.", dt.date(2026, 1, 13))]
    assert found(14) == [("is broken.", dt.date(2026, 1, 13))]
    shed.set("Paint", "actual_finish", "2026-01-13")
    assert found(14) == []


def test_undo_takes_it_back_and_a_second_editor_cannot_overwrite_it(shed: Shed) -> None:
    seen = shed.revision
    made = shed.edit({"do": "set", "task": shed.id("Dig"), "field": "service", "value": "3d 2026-01-05"})
    with pytest.raises(services.Overtaken):
        shed.edit({"do": "set", "task": shed.id("Dig"), "field": "service", "value": ""}, revision=seen)
    services.plan_turn(plan_id=shed.plan.pk, batch=made.batch, actor=shed.cast.actor(EDITOR))
    assert (shed.task("Dig").service_days, shed.task("Dig").service_due) == (None, None)


def test_a_summary_keeps_none_and_refuses_one(shed: Shed) -> None:
    with pytest.raises(services.PlanRefused, match="is a summary"):
        shed.set("Ground", "service", "3d 2026-01-05")
    shed.set("Paint", "service", "3d 2026-01-05")
    shed.edit({"do": "add", "after": None, "parent": shed.id("Paint"), "name": "First coat"})
    assert shed.task("Paint").is_summary
    assert due(shed.task("Paint")) == ""


def test_copies_and_adopted_plans_keep_it(shed: Shed) -> None:
    shed.set("Dig", "service", "3d 2026-01-05")
    copy = services.plan_copy(plan=Plan.objects.get(pk=shed.plan.pk), actor=shed.cast.actor(EDITOR))
    services.plan_adopt(plan=copy, actor=shed.cast.actor(EDITOR))
    assert due(Task.objects.get(plan=copy, name="Dig")) == "2026-01-09 17:00:00"


def test_files_carry_it_out_and_back(shed: Shed, cast: Any) -> None:
    shed.set("Dig", "service", "3d 2026-01-05")
    plan = Plan.objects.get(pk=shed.plan.pk)
    written = document_of(plan)
    assert [each.custom.get("Service level") for each in written.tasks if each.name == "Dig"] == ["3d 2026-01-05"]
    project = cast.north.make(Initiative)
    again = services.plan_import(document=written, initiative=project, actor=cast.actor(EDITOR)).plan
    back = Task.objects.get(plan=again, name="Dig")
    assert (back.service_days, back.service_from, back.service_at) == (3, "date", minutes(JANUARY))
    assert "Service level" not in back.more.get("custom", {})
    assert due(back) == "2026-01-09 17:00:00"
    book = shed.cast.client(EDITOR).get(f"{shed.url}export.xlsx").content
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    heads = next(row for row in rows if "Service level" in row)
    assert [row[heads.index("Service level")] for row in rows if "Dig" in row] == ["3d 2026-01-05"]


def test_an_older_file_that_says_nothing_of_it_leaves_it(shed: Shed) -> None:
    shed.set("Dig", "service", "3d 2026-01-05")
    services.plan_import(
        document=document(), initiative=shed.plan.initiative, actor=shed.cast.actor(EDITOR), plan=shed.plan
    )
    assert shed.task("Dig").service_days == 3


def test_pages_show_it_and_past_dates_show_that_of_then(shed: Shed, monkeypatch: pytest.MonkeyPatch) -> None:
    shed.set("Dig", "service", "3d 2026-01-05")
    client = shed.cast.client(EDITOR)
    told = client.get(f"{shed.url}data").json()["tasks"]
    at = told["name"].index("Dig")
    assert [told[name][at] for name in ("service", "service_due", "service_state", "service_urgent")] == [
        "3d 2026-01-05",
        day(4, 1020),
        "Breached",
        True,
    ]
    assert told["service_urgent"].count(True) == 1
    page = client.get("/tasks/", {"view": "service"}).content.decode()
    assert "3d 2026-01-05" in page
    assert "Breached" in page
    assert "Pour" not in page
    now = clock.now() + dt.timedelta(days=2)
    yesterday = (clock.now() + dt.timedelta(hours=1)).date()
    later = Actor(user=shed.cast.users[EDITOR], now=now)
    services.plan_edit(
        plan_id=shed.plan.pk,
        commands=[{"do": "set", "task": shed.id("Dig"), "field": "service", "value": "9d 2026-01-05"}],
        revision=shed.revision,
        actor=later,
    )
    monkeypatch.setattr("quarterdeck.kernel.clock.now", lambda: now + dt.timedelta(minutes=1))
    then = client.get(f"{shed.url}data", {"as_of": yesterday.isoformat()}).json()["tasks"]
    assert then["service"][then["name"].index("Dig")] == "3d 2026-01-05"
    today = shed.cast.client(EDITOR).get(f"{shed.url}data").json()["tasks"]
    assert today["service"][at] == "9d 2026-01-05"


def test_a_stranger_sees_no_level(shed: Shed) -> None:
    shed.set("Dig", "service", "3d 2026-01-05")
    stranger = shed.cast.client(STRANGER)
    assert stranger.get(f"{shed.url}data").status_code == 404
    assert stranger.get("/tasks/", {"view": "service"}).status_code == 404
    assert Client().get("/tasks/").status_code == 302

"""Edits by commands: what each does, what it brings along, what is refused, and the way back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.models import PlanResource, Task, TaskAssignment, TaskLink
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.records import UndoRefused
from tests.apps.delivery.conftest import MONDAY, Shed, day
from tests.cast import EDITOR, READER

pytestmark = pytest.mark.django_db


def order(shed: Shed) -> list[str]:
    rows = Task.objects.filter(plan=shed.plan).order_by("position")
    return [f"{'  ' * level}{name}" for name, level in rows.values_list("name", "level")]


def test_a_longer_task_moves_what_follows(shed: Shed) -> None:
    done = shed.edit({"do": "set", "task": shed.id("Dig"), "field": "duration", "value": "3d"})
    assert shed.task("Pour").start == day(4)
    assert shed.task("Done").finish == day(10, 1020)
    changed = set(Task.objects.filter(pk__in=done.reckoned.changed).values_list("name", flat=True))
    assert changed == {"Ground", "Dig", "Pour", "Cure", "Paint", "Done"}  # Paint gains float
    assert shed.task("Paint").total_float == 7 * 480


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("duration", "5ed?", {"duration": 7200, "duration_unit": "ed", "estimated": True}),
        ("duration", "0", {"duration": 0, "kind": "MILESTONE"}),
        ("start", "2026-01-08", {"constraint": "START_NO_EARLIER_THAN", "constraint_at": day(3)}),
        ("finish", "2026-01-09", {"constraint": "FINISH_NO_EARLIER_THAN", "constraint_at": day(4, 1020)}),
        ("constraint", "MUST_START_ON", {"constraint": "MUST_START_ON", "constraint_at": MONDAY}),
        ("constraint_at", "2026-01-12T10:00", {"constraint": "START_NO_EARLIER_THAN", "constraint_at": day(7, 600)}),
        ("deadline", "2026-01-07", {"deadline": day(2, 1020)}),
        ("percent", "50", {"percent": 50.0, "actual_start": MONDAY, "remaining": 240, "actual_finish": None}),
        ("percent", "100", {"percent": 100.0, "actual_start": MONDAY, "actual_finish": day(0, 1020), "remaining": 0}),
        ("actual_start", "2026-01-07", {"actual_start": day(2), "remaining": 480}),
        ("actual_finish", "2026-01-07", {"actual_finish": day(2, 1020), "percent": 100.0, "actual_start": MONDAY}),
        ("remaining", "2d", {"duration": 960}),
        ("manual", True, {"manual": True, "manual_start": MONDAY}),
        ("active", False, {"active": False}),
        ("priority", "900", {"priority": 900}),
        ("notes", "Two coats.", {"notes": "Two coats."}),
        ("work", "16h", {"work": 960.0}),
        ("calendar", "Standard", {"calendar_uid": 1}),
    ],
)
def test_each_field_sets_what_it_says(shed: Shed, field: str, value: Any, expected: dict[str, Any]) -> None:
    task = shed.set("Paint", field, value)
    assert {name: getattr(task, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("name", "field", "value", "message"),
    [
        ("Paint", "duration", "soon", "no duration"),
        ("Paint", "start", "31 o'clock", "no date"),
        ("Paint", "percent", "120", "between 0 and 100"),
        ("Paint", "name", "  ", "Give the task a name"),
        ("Paint", "predecessors", "99", "no row 99"),
        ("Paint", "predecessors", "what", "no row what"),
        ("Paint", "calendar", "Lunar", "no such calendar"),
        ("Paint", "position", "1", "cannot be set"),
        ("Ground", "duration", "3d", "is a summary"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(
    shed: Shed, name: str, field: str, value: Any, message: str
) -> None:
    known, changes = shed.revision, Change.objects.count()
    with pytest.raises(services.PlanRefused, match=message):
        shed.edit(
            {"do": "set", "task": shed.id("Dig"), "field": "name", "value": "Half applied"},
            {"do": "set", "task": shed.id(name), "field": field, "value": value},
        )
    assert (shed.revision, Change.objects.count()) == (known, changes)
    assert shed.task("Dig").name == "Dig"


def test_a_name_loses_its_odd_spaces(shed: Shed) -> None:
    shed.edit({"do": "set", "task": shed.id("Paint"), "field": "name", "value": "  New   name "})
    assert shed.task("New name").start == MONDAY


def test_predecessors_are_typed_by_row(shed: Shed) -> None:
    shed.set("Paint", "predecessors", "2SS+1d;4")
    kept = TaskLink.objects.filter(successor=shed.id("Paint")).order_by("predecessor__position")
    assert [(each.predecessor.name, each.kind, each.lag) for each in kept] == [
        ("Dig", "START_START", 480),
        ("Cure", "FINISH_START", 0),
    ]
    shed.set("Paint", "predecessors", "4")
    assert [each.predecessor.name for each in TaskLink.objects.filter(successor=shed.id("Paint"))] == ["Cure"]
    assert shed.task("Paint").start == day(10)


def test_a_circle_names_its_tasks(shed: Shed) -> None:
    link = {"do": "link", "predecessor": shed.id("Cure"), "successor": shed.id("Dig"), "kind": "FS", "lag": ""}
    with pytest.raises(services.PlanRefused, match="Dig → Pour → Cure → Dig") as refused:
        shed.edit(link)
    assert set(refused.value.culprits) == {shed.id("Dig"), shed.id("Pour"), shed.id("Cure")}
    assert TaskLink.objects.filter(plan=shed.plan).count() == 4


def test_resources_are_typed_and_unknown_ones_become_the_plans(shed: Shed) -> None:
    shed.set("Paint", "resources", "Ann; Cy 50%")
    told = TaskAssignment.objects.filter(task=shed.id("Paint")).order_by("pk")
    assert [(each.resource.name if each.resource else "", each.units, each.work) for each in told] == [
        ("Ann", 1.0, 480.0),
        ("Cy", 0.5, 240.0),
    ]
    assert PlanResource.objects.filter(plan=shed.plan).count() == 3
    shed.set("Paint", "resources", "Cy")
    assert [each.resource.name for each in told.all() if each.resource] == ["Cy"]


def test_rows_are_added_indented_moved_and_removed(shed: Shed) -> None:
    done = shed.edit(
        {"do": "add", "after": shed.id("Paint"), "parent": None, "name": "Inside", "key": "new-1"},
        {"do": "add", "after": None, "parent": -1, "name": "Walls", "duration": "2d", "key": "new-2"},
        {"do": "set", "task": -2, "field": "predecessors", "value": "5"},
    )
    assert set(done.keys) == {"new-1", "new-2"}
    assert order(shed) == ["Ground", "  Dig", "  Pour", "  Cure", "Paint", "Inside", "  Walls", "Done"]
    assert (shed.task("Walls").start, shed.task("Walls").finish) == (day(2), day(3, 1020))
    shed.edit({"do": "indent", "tasks": [shed.id("Paint")]})
    assert order(shed)[4] == "  Paint"
    shed.edit({"do": "outdent", "tasks": [shed.id("Cure")]})
    assert order(shed) == ["Ground", "  Dig", "  Pour", "Cure", "  Paint", "Inside", "  Walls", "Done"]
    shed.edit({"do": "move", "tasks": [shed.id("Inside")], "after": None, "parent": None})
    assert order(shed)[:3] == ["Inside", "  Walls", "Ground"]
    shed.edit({"do": "remove", "tasks": [shed.id("Inside")]})
    assert order(shed) == ["Ground", "  Dig", "  Pour", "Cure", "  Paint", "Done"]


def test_an_edit_is_taken_back_and_brought_again(shed: Shed, dates: Any) -> None:
    before = dates()
    done = shed.edit({"do": "remove", "tasks": [shed.id("Ground")]})
    assert set(dates()) == {"Paint", "Done"}
    actor = shed.cast.actor(EDITOR)
    back = services.plan_turn(plan_id=shed.plan.pk, batch=done.batch, actor=actor)
    assert dates() == before
    assert TaskLink.objects.filter(plan=shed.plan).count() == 4
    assert TaskAssignment.objects.filter(plan=shed.plan).count() == 2
    services.plan_turn(plan_id=shed.plan.pk, batch=back.batch, actor=actor)  # type: ignore[arg-type]  # it has one
    assert set(dates()) == {"Paint", "Done"}


def test_what_was_changed_again_is_not_taken_back(shed: Shed) -> None:
    done = shed.edit({"do": "set", "task": shed.id("Dig"), "field": "duration", "value": "4d"})
    shed.set("Dig", "duration", "5d")
    with pytest.raises(UndoRefused, match="changed again"):
        services.plan_turn(plan_id=shed.plan.pk, batch=done.batch, actor=shed.cast.actor(EDITOR))
    assert shed.task("Dig").duration == 2400


def test_an_edit_on_top_of_anothers_is_applied_unless_it_touches_the_same_task(shed: Shed) -> None:
    known = shed.revision
    shed.edit({"do": "set", "task": shed.id("Dig"), "field": "name", "value": "Dig deep"})
    shed.edit({"do": "set", "task": shed.id("Paint"), "field": "duration", "value": "2d"}, revision=known)
    with pytest.raises(services.Overtaken) as overtaken:
        shed.edit({"do": "set", "task": shed.id("Dig deep"), "field": "name", "value": "Mine"}, revision=known)
    assert overtaken.value.tasks == (shed.id("Dig deep"),)
    # Pour's dates moved by another's edit, not by one of Pour: no conflict.
    shed.edit({"do": "set", "task": shed.id("Pour"), "field": "name", "value": "Pour now"}, revision=known)


def test_a_split_interrupts_the_work(shed: Shed) -> None:
    shed.edit({"do": "split", "task": shed.id("Pour"), "at": day(4), "gap": 480})
    pour = shed.task("Pour")
    assert (pour.splits, pour.finish) == ([[480, 480]], day(8, 1020))


def test_a_reader_edits_nothing(shed: Shed) -> None:
    with pytest.raises(AccessDenied):
        shed.edit({"do": "set", "task": shed.id("Dig"), "field": "name", "value": "No"}, who=READER)


def test_a_request_sent_twice_is_done_once(shed: Shed) -> None:
    command = {"do": "add", "after": shed.id("Paint"), "parent": None, "name": "Once", "key": "new-1"}
    actor = shed.cast.actor(EDITOR)
    given: dict[str, Any] = {"plan_id": shed.plan.pk, "commands": [command], "revision": shed.revision, "actor": actor}
    assert services.plan_edit(**given, request="abc") is not None
    assert services.plan_edit(**given, request="abc") is None
    assert Task.objects.filter(plan=shed.plan, name="Once").count() == 1


def test_a_team_member_reports_progress_and_plans_nothing(shed: Shed, team_member: User) -> None:
    actor = Actor(user=User.objects.get(pk=team_member.pk), now=clock.now())

    def send(*commands: dict[str, Any]) -> Any:
        return services.plan_edit(
            plan_id=shed.plan.pk, commands=list(commands), revision=shed.revision, actor=actor.by("form")
        )

    def said(field: str, value: Any) -> dict[str, Any]:
        return {"do": "set", "task": shed.id("Dig"), "field": field, "value": value}

    done = send(said("percent", "50"), said("notes", "Rock."))
    assert (shed.task("Dig").percent, shed.task("Dig").notes) == (50, "Rock.")
    for command in (
        said("name", "Mine"),
        said("duration", "9d"),
        {"do": "add", "name": "More", "key": "new--1"},
        {"do": "remove", "tasks": [shed.id("Paint")]},
        {"do": "plan", "field": "start", "value": "2026-02-02"},
    ):
        with pytest.raises(AccessDenied):
            send(said("percent", "60"), command)
    assert shed.task("Dig").percent == 50
    with pytest.raises(AccessDenied):
        services.baseline_take(plan=shed.plan, actor=actor, name="Mine")
    with pytest.raises(AccessDenied):
        services.plan_copy(plan=shed.plan, actor=actor)
    task = shed.task("Dig")
    task.name = "Mine"
    with pytest.raises(AccessDenied):
        services.task_save(task, actor=actor)
    assert done.batch is not None
    services.plan_turn(plan_id=shed.plan.pk, batch=done.batch, actor=actor)
    assert shed.task("Dig").percent == 0


def test_what_a_reader_sends_is_refused_even_where_it_changes_nothing(shed: Shed) -> None:
    with pytest.raises(AccessDenied):
        shed.edit({"do": "set", "task": shed.id("Dig"), "field": "percent", "value": "0"}, who=READER)


def test_progress_of_what_lies_ahead_asks_when_it_began(shed: Shed) -> None:
    start = (clock.now().date() + dt.timedelta(days=60)).isoformat()
    shed.edit({"do": "plan", "field": "start", "value": start})
    with pytest.raises(services.PlanRefused, match="Say first when it began"):
        shed.set("Dig", "percent", "10")
    with pytest.raises(services.PlanRefused, match="after today"):
        shed.set("Dig", "actual_start", start)
    today = clock.now().date().isoformat()
    shed.edit(
        {"do": "set", "task": shed.id("Dig"), "field": "actual_start", "value": today},
        {"do": "set", "task": shed.id("Dig"), "field": "percent", "value": "10"},
    )
    assert shed.task("Dig").percent == 10


def test_a_baseline_has_a_name_of_its_own(shed: Shed) -> None:
    actor = shed.cast.actor(EDITOR)
    taken = services.baseline_take(plan=shed.plan, actor=actor)
    assert taken.name == services.baseline_name(actor)
    with pytest.raises(ValidationError, match="already"):
        services.baseline_take(plan=shed.plan, actor=actor)

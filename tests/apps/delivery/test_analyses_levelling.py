"""Levelling a plan: who is busy waits, what must stay stays, adopting is one edit, and a changed plan refuses it."""

from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.exchange.document import DocumentAssignment, DocumentLink
from quarterdeck.apps.delivery.models import Plan, PlanAnalysis, PlanResource, Task
from quarterdeck.apps.delivery.services import analyses
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.jobs.worker import drain
from tests.apps.delivery.conftest import MONDAY, Shed, day, document
from tests.cast import EDITOR, READER, Cast

pytestmark = pytest.mark.django_db


def given(cast: Cast, project: Initiative, **more: Any) -> Shed:
    """Dig (2 d) and Paint (1 d), both by Ann; Pour (3 d) after Dig. Tuesday is a holiday."""
    told: dict[str, Any] = {
        "links": (DocumentLink(predecessor=2, successor=3),),
        "assignments": (
            DocumentAssignment(id=1, task=2, resource=1, work=960),
            DocumentAssignment(id=2, task=5, resource=1, work=480),
        ),
    }
    done = services.plan_import(document=document(**{**told, **more}), initiative=project, actor=cast.actor(EDITOR))
    return Shed(done.plan, cast)


def levelled(shed: Shed, goal: str = "finish", units: float = 1.0) -> PlanAnalysis:
    resources = {str(key): units for key in PlanResource.objects.filter(plan=shed.plan).values_list("pk", flat=True)}
    options = {"goal": goal, "resources": resources, "seconds": 2}
    run = analyses.analysis_run(plan=shed.plan, kind="levelling", options=options, actor=shed.cast.actor(EDITOR))
    drain()
    run.refresh_from_db()
    return run


def test_two_parallel_tasks_of_one_person_come_one_after_the_other(cast: Cast, project: Initiative) -> None:
    shed = given(cast, project)
    run = levelled(shed)
    assert run.refusal == ""
    assert run.result is not None
    # Dig is on the longest path, so Paint waits: Monday and Wednesday are Ann's for Dig.
    (move,) = run.result["moves"]
    assert (move["name"], move["old"], move["new"], move["days"]) == ("Paint", MONDAY, day(3), 2.0)
    assert (move["cause"], move["resources"], move["by"]) == ("resource", ["Ann"], ["Dig"])
    assert run.result["proven"] is True
    # Monday, Wednesday, then Pour on Thursday, Friday and the next Monday.
    assert run.result["finish_before"] == run.result["finish_after"] == day(7, 1020)
    (ann,) = [each for each in run.result["resources"] if each["name"] == "Ann"]
    assert (ann["over_before"], ann["over_after"], ann["peak_before"], ann["peak_after"]) == (8.0, 0.0, 2.0, 1.0)
    assert ann["weeks"] == [day(0, 0)]
    assert ann["limit"] == [32.0]
    assert ann["before"] == [24.0] == ann["after"]


def test_adopting_is_one_edit_that_undo_takes_back(cast: Cast, project: Initiative) -> None:
    shed = given(cast, project)
    run = levelled(shed)
    actor = cast.actor(EDITOR)
    batch = analyses.levelling_adopt(run=run, actor=actor)
    paint = shed.task("Paint")
    assert paint.start == day(3)
    assert paint.delay > 0
    assert shed.revision == (run.revision or 0) + 1
    services.plan_turn(plan_id=shed.plan.pk, batch=batch, actor=actor)
    paint = shed.task("Paint")
    assert (paint.start, paint.delay) == (MONDAY, 0)


def test_a_plan_that_changed_is_not_overwritten(cast: Cast, project: Initiative) -> None:
    shed = given(cast, project)
    run = levelled(shed)
    shed.set("Pour", "duration", "4d")
    with pytest.raises(services.PlanRefused, match=f"made of revision {run.revision}, the plan is at {shed.revision}"):
        analyses.levelling_adopt(run=run, actor=cast.actor(EDITOR))
    assert shed.task("Paint").delay == 0


def test_the_copy_is_levelled_and_the_plan_is_not(cast: Cast, project: Initiative) -> None:
    shed = given(cast, project)
    made = analyses.levelling_copy(run=levelled(shed), actor=cast.actor(EDITOR))
    assert made.origin_id == shed.plan.pk
    assert not made.is_current
    assert Task.objects.get(plan=made, name="Paint").start == day(3)
    assert shed.task("Paint").start == MONDAY
    assert Plan.objects.filter(initiative=project).count() == 2


def test_twice_the_units_leave_all_in_place(cast: Cast, project: Initiative) -> None:
    run = levelled(given(cast, project), units=2.0)
    assert run.result is not None
    assert run.result["moves"] == []
    assert run.result["delays"] == {"task": [], "delay": []}
    with pytest.raises(services.PlanRefused, match="Nothing would move"):
        analyses.levelling_adopt(run=run, actor=cast.actor(EDITOR))


def test_work_that_has_begun_and_dates_by_hand_stay(cast: Cast, project: Initiative) -> None:
    shed = given(cast, project)
    shed.set("Paint", "actual_start", "2026-01-05")
    run = levelled(shed)
    assert run.result is not None
    # Paint is under way, so that Dig waits for it, and Pour for Dig.
    assert [(move["name"], move["new"], move["cause"]) for move in run.result["moves"]] == [
        ("Dig", day(2), "resource"),
        ("Pour", day(4), "predecessor"),
    ]
    assert run.result["held"] == 1
    shed = given(cast, project)
    shed.edit({"do": "set", "task": shed.id("Dig"), "field": "constraint", "value": "MUST_START_ON"})
    shed.edit({"do": "set", "task": shed.id("Dig"), "field": "constraint_at", "value": "2026-01-05"})
    run = levelled(shed)
    assert run.result is not None
    assert [move["name"] for move in run.result["moves"]] == ["Paint"]


def test_within_float_the_finish_stays_and_the_peak_falls(cast: Cast, project: Initiative) -> None:
    run = levelled(given(cast, project), goal="float")
    assert run.result is not None
    assert run.result["finish_before"] == run.result["finish_after"]
    (ann,) = [each for each in run.result["resources"] if each["name"] == "Ann"]
    assert (ann["peak_before"], ann["peak_after"]) == (2.0, 1.0)


def test_by_priority_the_higher_one_goes_first(cast: Cast, project: Initiative) -> None:
    shed = given(cast, project)
    shed.set("Paint", "priority", 900)
    run = levelled(shed, goal="priority")
    assert run.result is not None
    assert [(move["name"], move["new"]) for move in run.result["moves"]] == [("Dig", day(2)), ("Pour", day(4))]
    assert run.result["finish_after"] == day(8, 1020)


def test_delays_over_a_weekend_and_a_holiday(cast: Cast, project: Initiative) -> None:
    """A delay that ends before the next shift moves nothing, so it has to be longer than the move."""
    links = (DocumentLink(predecessor=2, successor=3), DocumentLink(predecessor=3, successor=5))
    assigned = (
        DocumentAssignment(id=1, task=3, resource=1, work=1440),
        DocumentAssignment(id=2, task=4, resource=1, work=480),
        DocumentAssignment(id=3, task=5, resource=1, work=480),
    )
    shed = given(cast, project, links=links, assignments=assigned)
    shed.set("Cure", "duration", "3d")
    run = levelled(shed)
    assert run.result is not None
    analyses.levelling_adopt(run=run, actor=cast.actor(EDITOR))
    for move in run.result["moves"]:
        assert shed.task(move["name"]).start == move["new"]
    (ann,) = [each for each in run.result["resources"] if each["name"] == "Ann"]
    assert ann["over_after"] == 0.0


def test_who_may_not_change_the_plan_may_not_run_it(cast: Cast, project: Initiative) -> None:
    shed = given(cast, project)
    with pytest.raises(AccessDenied):
        analyses.analysis_run(plan=shed.plan, kind="levelling", options={}, actor=cast.actor(READER))
    assert not PlanAnalysis.objects.exists()

"""A document into the database and out again: everything kept, dates reckoned, the same file again changes nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.exchange.document import DocumentLink, DocumentTask, Stored
from quarterdeck.apps.delivery.models import Baseline, Plan, PlanResource, Task, TaskAssignment, TaskLink
from quarterdeck.apps.delivery.selectors.documents import document_of
from quarterdeck.apps.delivery.services.imports import local_name
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.audit.models import Change
from tests.apps.delivery.conftest import MONDAY, Shed, day, document
from tests.cast import EDITOR, READER, Cast

pytestmark = pytest.mark.django_db


def test_dates_follow_from_links_calendar_and_lag(shed: Shed, dates: Any) -> None:
    # Tuesday is a holiday: Dig takes Monday and Wednesday, Pour Thursday, Friday, Monday; a day of lag; Cure Wednesday.
    assert dates() == {
        "Ground": (MONDAY, day(9, 1020)),
        "Dig": (MONDAY, day(2, 1020)),
        "Pour": (day(3), day(7, 1020)),
        "Cure": (day(9), day(9, 1020)),
        "Paint": (MONDAY, day(0, 1020)),
        "Done": (day(9, 1020), day(9, 1020)),
    }
    paint, plan = shed.task("Paint"), Plan.objects.get(pk=shed.plan.pk)
    assert (paint.total_float, paint.critical) == (6 * 480, False)
    assert (plan.task_count, plan.critical_count, plan.milestone_count, plan.late_count) == (5, 4, 1, 1)
    assert (plan.starts_on, plan.finishes_on) == (dt.date(2026, 1, 5), dt.date(2026, 1, 14))
    assert plan.is_current
    assert shed.task("Ground").is_summary
    assert shed.task("Cure").level == 1


def test_everything_is_kept_and_given_back(shed: Shed) -> None:
    given, found = document(), document_of(Plan.objects.get(pk=shed.plan.pk))
    assert found.calendars == given.calendars
    assert found.resources == given.resources
    assert found.links == given.links
    assert [(each.id, each.parent, each.name, each.custom, each.notes) for each in found.tasks] == [
        (each.id, each.parent, each.name, each.custom, each.notes) for each in given.tasks
    ]
    assert [each.work for each in found.assignments] == [960, 720]
    (base,) = next(each for each in found.tasks if each.name == "Dig").baselines
    assert (base.number, base.start, base.finish, base.duration, base.cost) == (0, MONDAY, day(0, 1020), 480, "100")


def test_the_same_file_again_changes_nothing(shed: Shed, project: Initiative, cast: Cast) -> None:
    changes = Change.objects.count()
    done = services.plan_import(document=document(), initiative=project, actor=cast.actor(EDITOR), plan=shed.plan)
    assert (done.added, done.changed, done.removed) == (0, 0, 0)
    assert Change.objects.count() == changes


def test_a_later_file_changes_adds_and_removes_by_number(
    shed: Shed, project: Initiative, cast: Cast, dates: Any
) -> None:
    given = document()
    kept = [each for each in given.tasks if each.id != 5]
    kept[1] = msgspec.structs.replace(kept[1], duration=480)
    more = DocumentTask(id=9, name="Roof", parent=1, row=7, duration=960, stored=Stored(start=MONDAY))
    later = document(
        tasks=(*kept[:4], more, *kept[4:]), links=(*given.links[:3], DocumentLink(predecessor=4, successor=9))
    )
    dig = shed.id("Dig")
    done = services.plan_import(document=later, initiative=project, actor=cast.actor(EDITOR), plan=shed.plan)
    assert (done.added, done.removed) == (1, 1)
    assert shed.id("Dig") == dig
    assert "Paint" not in dates()
    assert dates()["Roof"] == (day(9), day(10, 1020))
    assert TaskLink.objects.filter(plan=shed.plan).count() == 4


def test_a_circle_is_refused_by_name_and_nothing_is_written(cast: Cast, project: Initiative) -> None:
    given = document()
    bad = document(links=(*given.links, DocumentLink(predecessor=4, successor=2)))
    with pytest.raises(services.PlanRefused, match="Dig → Pour → Cure → Dig"):
        services.plan_import(document=bad, initiative=project, actor=cast.actor(EDITOR))
    assert not Plan.objects.filter(initiative=project).exists()
    assert not Task.objects.exists()


def test_whoever_may_not_add_plans_imports_none(cast: Cast, project: Initiative) -> None:
    with pytest.raises(AccessDenied):
        services.plan_import(document=document(), initiative=project, actor=cast.actor(READER))
    assert not Plan.objects.filter(initiative=project).exists()


def test_computed_dates_are_told_by_no_change(shed: Shed) -> None:
    change = Change.objects.filter(record_type="delivery.task", record_id=shed.id("Pour")).latest("pk")
    assert change.state is not None
    assert change.state["duration"] == 1440
    assert not {"start", "finish", "total_float", "critical", "span", "changed_in"} & change.state.keys()


def test_a_copy_holds_everything_and_moves_nothing(shed: Shed, cast: Cast) -> None:
    made = services.plan_copy(plan=shed.plan, actor=cast.actor(EDITOR))
    assert (made.origin_id, made.is_current, made.finishes_on) == (shed.plan.pk, False, dt.date(2026, 1, 14))
    counts = [
        model._default_manager.filter(plan=made).count()
        for model in (Task, TaskLink, PlanResource, TaskAssignment, Baseline)
    ]
    assert counts == [6, 4, 2, 2, 1]
    figures = Baseline.objects.get(plan=made).figures
    assert figures["task"] == [Task.objects.get(plan=made, name="Dig").pk]


def test_a_baseline_keeps_the_plan_and_what_slips_is_late(shed: Shed, cast: Cast) -> None:
    taken = services.baseline_take(plan=shed.plan, name="Agreed", number=0, actor=cast.actor(EDITOR))
    assert (taken.number, taken.finish) == (0, day(9, 1020))
    assert Plan.objects.get(pk=shed.plan.pk).late_count == 0
    shed.set("Pour", "duration", "5d")
    # Pour, Cure and Done.
    assert Plan.objects.get(pk=shed.plan.pk).late_count == 3


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../Häuser 2026.CSV", "Häuser 2026.csv"),
        ("C:\\plans\\Bridge.xer", "Bridge.xer"),
        (".mpp", "plan.mpp"),
        ("tab\there.mpp", "tabhere.mpp"),
        ("x" * 300 + ".xml", "x" * 180 + ".xml"),
        ("é" * 300 + ".xml", "é" * 90 + ".xml"),
        ("..", "plan.."),
    ],
)
def test_an_uploaded_file_is_read_under_its_own_name(given: str, name: str) -> None:
    """A list or workbook has no other name than that of its file."""
    assert local_name(given) == name

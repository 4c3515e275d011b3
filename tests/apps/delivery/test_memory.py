"""A plan kept in memory tells what the stored one tells, whatever was edited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.models import Plan
from quarterdeck.apps.delivery.selectors import memory, payload
from quarterdeck.apps.delivery.selectors.network import held
from quarterdeck.apps.delivery.selectors.solving import solved
from tests.apps.delivery.conftest import Shed
from tests.cast import EDITOR

pytestmark = pytest.mark.django_db
READER = payload.Reader(editable=True, reports=True, sees_money=True)


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    memory.forget()
    yield
    memory.forget()


def told(now: Any) -> Any:
    return payload.whole(now, READER)


def test_edits_from_memory_give_what_a_fresh_reading_gives(shed: Shed, django_capture_on_commit_callbacks: Any) -> None:
    memory.current(Plan.objects.get(pk=shed.plan.pk))
    name = {each: shed.id(each) for each in ("Dig", "Pour", "Cure", "Paint", "Done")}
    edits: list[dict[str, Any]] = [
        {"do": "set", "task": name["Dig"], "field": "duration", "value": "4d"},
        {"do": "set", "task": name["Paint"], "field": "predecessors", "value": "2SS+1d"},
        {"do": "shift", "task": name["Pour"], "start": shed.task("Pour").start},
        {"do": "set", "task": name["Cure"], "field": "percent", "value": "40"},
        {"do": "set", "task": name["Cure"], "field": "notes", "value": "Covered."},
        {"do": "set", "task": name["Dig"], "field": "deadline", "value": "2026-01-06"},
        {"do": "link", "predecessor": name["Paint"], "successor": name["Cure"], "kind": "FF", "lag": "1d"},
        {"do": "set", "task": name["Done"], "field": "name", "value": "Finished"},
        {"do": "set", "task": name["Paint"], "field": "resources", "value": "Ann"},
        {"do": "set", "task": name["Paint"], "field": "active", "value": False},
        {"do": "plan", "field": "start", "value": "2026-01-12"},
        {"do": "outdent", "tasks": [name["Cure"]]},
        {"do": "set", "task": name["Dig"], "field": "duration", "value": "1d"},
    ]
    batches = []
    for edit in edits:
        with django_capture_on_commit_callbacks(execute=True):
            batches.append(shed.edit(edit).batch)
        plan = Plan.objects.get(pk=shed.plan.pk)
        assert memory.recalled(plan) is not None, edit
        assert told(memory.current(plan)) == told(solved(held(plan, shown=True))), edit
    with django_capture_on_commit_callbacks(execute=True):
        services.plan_turn(plan_id=shed.plan.pk, batch=batches[-1], actor=shed.cast.actor(EDITOR))
    plan = Plan.objects.get(pk=shed.plan.pk)
    assert told(memory.current(plan)) == told(solved(held(plan, shown=True)))


def test_an_edit_of_one_task_reads_that_task_only(
    shed: Shed, django_capture_on_commit_callbacks: Any, django_assert_max_num_queries: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        shed.set("Dig", "duration", "3d")
    plan = Plan.objects.get(pk=shed.plan.pk)
    kept = memory.recalled(plan)
    assert kept is not None
    with django_assert_max_num_queries(3):
        found = memory.patched(kept, plan, [shed.id("Dig")], links=False)
    assert found is not None
    assert memory.patched(kept, plan, [0], links=False) is None


def test_what_is_not_the_stored_revision_is_not_used(shed: Shed) -> None:
    plan = Plan.objects.get(pk=shed.plan.pk)
    memory.current(plan)
    assert memory.recalled(plan) is not None
    plan.reckoned_at = plan.reckoned_at + dt.timedelta(seconds=1) if plan.reckoned_at else None
    assert memory.recalled(plan) is None
    shed.set("Dig", "duration", "3d")
    assert memory.recalled(Plan.objects.get(pk=shed.plan.pk)) is None


def test_the_least_lately_used_plans_go_first(shed: Shed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST", 10)
    first = Plan.objects.get(pk=shed.plan.pk)
    memory.current(first)
    copy = services.plan_copy(plan=first, actor=shed.cast.actor(EDITOR))
    memory.current(Plan.objects.get(pk=copy.pk))
    assert memory.recalled(first) is None
    assert memory.recalled(Plan.objects.get(pk=copy.pk)) is not None

"""Many records removed at once: all or nothing, told in order, brought back by Undo; and fields that follow."""

from __future__ import annotations

import uuid

import pytest

from quarterdeck.apps.delivery.models import Plan, Task
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.records import BulkRefused, InUse
from tests.cast import EDITOR, READER, Cast, assemble

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return assemble()


@pytest.fixture
def tasks(cast: Cast) -> list[Task]:
    plan = cast.north.make(Plan)
    first = cast.north.make(Task, plan=plan)
    return [cast.north.make(Task, plan=plan, parent=first), cast.north.make(Task, plan=plan), first]


def test_they_go_with_one_change_each_and_undo_brings_them_back(cast: Cast, tasks: list[Task]) -> None:
    batch = uuid.uuid4()
    named = [(task.pk, task.name, task.parent_id) for task in tasks]
    for task in tasks:
        task.refresh_from_db()
    records.delete_many(tasks, actor=cast.actor(EDITOR).by("form", batch))
    assert not Task.objects.exists()
    told = Change.objects.filter(batch=batch).order_by("pk").values_list("record_id", "action", "state")
    assert list(told) == [(pk, "delete", None) for pk, _name, _parent in named]
    records.undo(batch, actor=cast.actor(EDITOR))
    assert sorted(Task.objects.values_list("pk", "name", "parent_id")) == sorted(named)


def test_one_changed_meanwhile_keeps_all(cast: Cast, tasks: list[Task]) -> None:
    for task in tasks:
        task.refresh_from_db()
    stale = Task.objects.get(pk=tasks[1].pk)
    stale.version -= 1
    with pytest.raises(BulkRefused) as refused:
        records.delete_many([tasks[0], stale], actor=cast.actor(EDITOR))
    assert set(refused.value.errors) == {1}
    assert Task.objects.count() == 3


def test_rights_and_what_still_refers_to_them_refuse(cast: Cast, tasks: list[Task]) -> None:
    with pytest.raises(AccessDenied):
        records.delete_many(tasks, actor=cast.actor(READER))
    project = Initiative.objects.get(pk=tasks[0].plan.initiative_id)
    with pytest.raises(InUse, match="1 plan"):
        records.delete_many([project], actor=cast.actor(EDITOR))
    assert Task.objects.count() == 3


def test_what_follows_is_written_beside_and_told_by_no_change(cast: Cast, tasks: list[Task]) -> None:
    changes, version = Change.objects.count(), Task.objects.get(pk=tasks[0].pk).version
    records.write_followed(Task, [tasks[0].pk], {"total_float": [480], "critical": [True]})
    kept = Task.objects.get(pk=tasks[0].pk)
    assert (kept.total_float, kept.critical, kept.version) == (480, True, version)
    assert Change.objects.count() == changes
    with pytest.raises(ValueError, match="duration"):
        records.write_followed(Task, [tasks[0].pk], {"duration": [1]})

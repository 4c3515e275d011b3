"""The board's limits: kept with the plan, set by whoever plans, told to whoever reads; and moves by the edit path."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import F

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.models import Plan, PlanResource, Task
from quarterdeck.apps.delivery.services.reckoning import PlanRefused
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.audit.models import Change
from tests.apps.delivery.conftest import Shed
from tests.cast import ADMINISTRATOR, EDITOR, READER, STRANGER

pytestmark = pytest.mark.django_db


def limited(shed: Shed, lane: str, value: object) -> Plan:
    shed.edit({"do": "plan", "field": f"{lane}_limit", "value": value})
    return Plan.objects.get(pk=shed.plan.pk)


def limits(shed: Shed, who: str = READER) -> object:
    return shed.cast.client(who).get(f"{shed.url}data").json()["plan"]["limits"]


def test_a_limit_is_kept_with_the_plan_told_to_readers_and_taken_back(shed: Shed) -> None:
    assert limits(shed) == {"todo": None, "doing": None}
    assert limited(shed, "todo", 12).todo_limit == 12
    done = shed.edit({"do": "plan", "field": "doing_limit", "value": "3"})
    assert limits(shed) == {"todo": 12, "doing": 3}
    services.plan_turn(plan_id=shed.plan.pk, batch=done.batch, actor=shed.cast.actor(EDITOR))
    assert limits(shed) == {"todo": 12, "doing": None}
    assert limited(shed, "todo", "").todo_limit is None


@pytest.mark.parametrize("value", ["0", "-1", "1000", "many", "1.5", True])
def test_what_is_no_limit_is_refused(shed: Shed, value: object) -> None:
    limited(shed, "doing", 4)
    with pytest.raises(PlanRefused, match="between 1 and 999"):
        limited(shed, "doing", value)
    assert limits(shed) == {"todo": None, "doing": 4}


def test_a_copy_has_the_limits_of_its_plan(shed: Shed) -> None:
    plan = limited(shed, "doing", 2)
    assert services.plan_copy(plan=plan, actor=shed.cast.actor(EDITOR)).doing_limit == 2


def test_a_past_date_tells_limits_load_and_sheets_of_then(shed: Shed) -> None:
    limited(shed, "doing", 2)
    Change.objects.update(at=F("at") - dt.timedelta(days=5))
    limited(shed, "doing", 9)
    shed.set("Dig", "resources", "")
    client, today = shed.cast.client(ADMINISTRATOR), shed.cast.actor(EDITOR).today
    then: dict[str, str | int] = {"as_of": (today - dt.timedelta(days=2)).isoformat()}
    assert client.get(f"{shed.url}data", then).json()["plan"]["limits"] == {"todo": None, "doing": 2}
    ann = PlanResource.objects.get(plan=shed.plan, name="Ann").pk
    assert client.get(f"{shed.url}use/load", then | {"resource": ann}).json()["asked"] == [960, 0]
    assert client.get(f"{shed.url}gantt-a4.pdf", then).content.startswith(b"%PDF")
    before = {"as_of": (today - dt.timedelta(days=30)).isoformat()}
    for word in ("use/load", "gantt-a4.pdf"):
        assert client.get(f"{shed.url}{word}", before).status_code == 404
    assert client.get(f"{shed.url}use/load?as_of=&resource={ann}").json()["asked"] == [0, 0]


def test_readers_team_members_and_strangers_set_no_limit(shed: Shed, team_member: User) -> None:
    command = {"do": "plan", "field": "doing_limit", "value": 1}
    body = {"revision": shed.revision, "commands": [command]}
    assert shed.post(shed.cast.client(READER), "edit", body).status_code == 403
    assert shed.post(shed.cast.client(STRANGER), "edit", body).status_code == 404
    with pytest.raises(AccessDenied):
        services.plan_edit(
            plan_id=shed.plan.pk,
            commands=[command],
            revision=shed.revision,
            actor=Actor(user=team_member, now=shed.cast.actor(EDITOR).now),
        )
    assert limits(shed) == {"todo": None, "doing": None}


def test_a_team_member_moves_cards(shed: Shed, team_member: User) -> None:
    """Begun, finished and begun again, as a card is moved to the right and back."""
    actor = Actor(user=team_member, now=shed.cast.actor(EDITOR).now)
    told = actor.today.isoformat()

    def report(field: str, value: str) -> tuple[bool, bool, float]:
        services.plan_edit(
            plan_id=shed.plan.pk,
            commands=[{"do": "set", "task": shed.id("Paint"), "field": field, "value": value}],
            revision=shed.revision,
            actor=actor,
        )
        task = shed.task("Paint")
        return task.actual_start is not None, task.actual_finish is not None, task.percent

    assert report("actual_start", told) == (True, False, 0)
    assert report("actual_finish", told) == (True, True, 100)
    assert report("actual_finish", "") == (True, False, 0)
    # As files bring it: all done, and nobody has said when.
    Task.objects.filter(pk=shed.id("Paint")).update(percent=100, remaining=0, actual_start=None, actual_finish=None)
    assert report("actual_finish", "") == (True, False, 0)
    assert shed.task("Paint").remaining == shed.task("Paint").duration
    assert report("actual_start", "") == (False, False, 0)

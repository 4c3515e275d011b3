"""Deliverables: their way to being accepted, who decides, due dates that follow the plan, and what is late."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from msgspec.structs import replace

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.models import Deliverable
from quarterdeck.apps.delivery.watch import deliverable_late
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, User
from tests.apps.delivery.conftest import Shed, document
from tests.cast import EDITOR, READER

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(shed: Shed) -> Deliverable:
    record = Deliverable(initiative=shed.plan.initiative, code="D1", name="Keys", milestone=shed.task("Done"))
    records.save(record, actor=shed.cast.actor(EDITOR))
    return record


def at(day: int) -> dt.datetime:
    return dt.datetime(2026, 1, day, 12, 0, tzinfo=dt.UTC)


def actor(shed: Shed, day: int = 12, who: str = EDITOR) -> Actor:
    return Actor(user=shed.cast.users[who], now=at(day))


def test_it_is_begun_submitted_rejected_and_accepted(shed: Shed, keys: Deliverable) -> None:
    services.deliverable_begin(record=keys, actor=actor(shed))
    services.deliverable_submit(record=keys, actor=actor(shed))
    assert (keys.state, keys.submitted_on) == ("submitted", dt.date(2026, 1, 12))
    services.deliverable_reject(record=keys, actor=actor(shed), reason="One is missing.")
    assert (keys.state, keys.reason) == ("rejected", "One is missing.")
    services.deliverable_submit(record=keys, actor=actor(shed, 13))
    services.deliverable_accept(record=keys, actor=actor(shed, 14))
    keys.refresh_from_db()
    assert (keys.state, keys.submitted_on, keys.accepted_on, keys.reason) == (
        "accepted",
        dt.date(2026, 1, 13),
        dt.date(2026, 1, 14),
        "",
    )


def test_states_follow_each_other(shed: Shed, keys: Deliverable) -> None:
    with pytest.raises(ValidationError, match="It is planned"):
        services.deliverable_accept(record=keys, actor=actor(shed))
    services.deliverable_submit(record=keys, actor=actor(shed))
    services.deliverable_accept(record=keys, actor=actor(shed))
    with pytest.raises(ValidationError, match="It is accepted"):
        services.deliverable_submit(record=keys, actor=actor(shed))
    assert Deliverable.objects.get().state == "accepted"


def test_who_is_named_to_accept_decides_alone(shed: Shed, keys: Deliverable) -> None:
    person = shed.cast.north.make(Person)
    Person.objects.filter(pk=person.pk).update(user=shed.cast.users[READER])
    keys.acceptor = Person.objects.get(pk=person.pk)
    records.save(keys, actor=shed.cast.actor(EDITOR))
    services.deliverable_submit(record=keys, actor=actor(shed))
    assert services.may_decide(keys, actor(shed, who=READER))
    with pytest.raises(ValidationError, match="accepts this deliverable"):
        services.deliverable_accept(record=keys, actor=actor(shed))


def test_the_due_date_follows_the_plan(shed: Shed, keys: Deliverable) -> None:
    client = shed.cast.client(EDITOR)
    assert "2026-01-14" in client.get("/deliverables/").content.decode()
    shed.set("Cure", "duration", "2d")
    assert "2026-01-15" in client.get("/deliverables/").content.decode()


def test_a_milestone_of_another_project_is_refused(shed: Shed) -> None:
    other = shed.cast.north.make(Initiative)
    record = Deliverable(initiative=other, code="D1", name="Keys", milestone=shed.task("Done"))
    with pytest.raises(ValidationError, match="no task of the project"):
        records.save(record, actor=shed.cast.actor(EDITOR))


def test_late_ones_are_found_and_brought_before_who_moves_them_on(shed: Shed, keys: Deliverable) -> None:
    assert list(deliverable_late(now=at(14), ids=None)) == []
    (fact,) = deliverable_late(now=at(15), ids=None)
    assert (fact.due_on, str(fact.message)[:13], fact.owner_user) == (dt.date(2026, 1, 14), "Not submitted", None)
    person = shed.cast.north.make(Person)
    Person.objects.filter(pk=person.pk).update(user=shed.cast.users[READER])
    Deliverable.objects.update(state="submitted", acceptor=person)
    (waiting,) = deliverable_late(now=at(15), ids={keys.pk})
    assert (str(waiting.message)[:9], waiting.owner_user) == ("Submitted", shed.cast.users[READER])
    Deliverable.objects.update(state="accepted")
    assert list(deliverable_late(now=at(15), ids=None)) == []


def test_a_milestone_that_goes_leaves_the_deliverable_without_a_date(shed: Shed, keys: Deliverable) -> None:
    shed.edit({"do": "remove", "tasks": [shed.id("Done")]})
    keys.refresh_from_db()
    assert keys.milestone is None


def test_those_of_a_plan_follow_the_copy_that_is_adopted(shed: Shed, keys: Deliverable) -> None:
    who = shed.cast.actor(EDITOR)
    pour = Deliverable(initiative=shed.plan.initiative, code="D2", name="Slab", milestone=shed.task("Pour"))
    records.save(pour, actor=who)
    made = services.plan_copy(plan=shed.plan, actor=who)
    copy = Shed(made, shed.cast)
    copy.set("Cure", "duration", "3d")
    copy.edit({"do": "remove", "tasks": [copy.id("Pour")]})
    services.plan_adopt(plan=made, actor=who)
    keys.refresh_from_db()
    pour.refresh_from_db()
    assert keys.milestone == copy.task("Done")
    # The copy has no such task: it stays due with the one of the plan before.
    assert pour.milestone == shed.task("Pour")
    services.plan_adopt(plan=shed.plan, actor=who)
    keys.refresh_from_db()
    assert keys.milestone == shed.task("Done")


def test_a_plan_that_is_no_copy_is_followed_by_number_and_name(shed: Shed, keys: Deliverable) -> None:
    who = shed.cast.actor(EDITOR)
    tasks = tuple(replace(each, name="Handover") if each.name == "Done" else each for each in document().tasks)
    other = services.plan_import(
        document=document(name="Other", tasks=tasks), initiative=shed.plan.initiative, actor=who
    ).plan
    same = services.plan_import(document=document(name="Same"), initiative=shed.plan.initiative, actor=who).plan
    services.plan_adopt(plan=other, actor=who)
    keys.refresh_from_db()
    assert keys.milestone == shed.task("Done")
    services.plan_adopt(plan=shed.plan, actor=who)
    services.plan_adopt(plan=same, actor=who)
    keys.refresh_from_db()
    assert keys.milestone == Shed(same, shed.cast).task("Done")


def test_whoever_makes_a_plan_current_needs_no_right_to_deliverables(shed: Shed, keys: Deliverable) -> None:
    user = User.objects.create_user("planner@example.org", name="Pat Planner")
    system = Actor.system(now=clock.now())
    role = AccessRole(
        name="Plans only", permissions={"delivery.plan": ["view", "add", "change"], "delivery.task": ["view", "change"]}
    )
    records.save(role, actor=system)
    records.save(Grant(user=user, role=role, scope=shed.plan.initiative.scope), actor=system)
    made = services.plan_copy(plan=shed.plan, actor=shed.cast.actor(EDITOR))
    services.plan_adopt(plan=made, actor=Actor(user=user, now=clock.now()))
    keys.refresh_from_db()
    assert keys.milestone == Shed(made, shed.cast).task("Done")

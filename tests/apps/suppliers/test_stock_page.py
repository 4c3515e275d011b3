"""The page of an item: what is on hand and why, what tasks need of it, when it runs short, for whom."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.delivery import services as delivery
from quarterdeck.apps.delivery.models import Task
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.suppliers import services
from quarterdeck.apps.suppliers.models import MaterialRequirement, StockLevel, StockMovement
from quarterdeck.apps.suppliers.selectors import stock as selectors
from quarterdeck.apps.suppliers.selectors.stock import OnHand, needs, on_hand
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.policy import AccessDenied
from tests.apps.delivery.conftest import Shed, document
from tests.apps.suppliers.stock_yard import Yard
from tests.cast import ADMINISTRATOR, ANONYMOUS, EDITOR, READER, STRANGER


@pytest.fixture
def shed(yard: Yard) -> Shed:
    """The small plan of an active project; Dig starts on Monday 2026-01-05, Pour after it."""
    project = yard.cast.north.make(Initiative)
    Initiative.objects.filter(pk=project.pk).update(state="active")
    done = delivery.plan_import(document=document(), initiative=project, actor=yard.cast.actor(EDITOR))
    return Shed(done.plan, yard.cast)


def told(yard: Yard, on: dt.date, who: str = EDITOR, at: str = "", *, money: bool = True) -> OnHand:
    return on_hand(yard.item, actor=yard.cast.actor(who), on=on, moment=None, at=at, money=money)


def require(yard: Yard, task: Task, quantity: object, **more: object) -> MaterialRequirement:
    given = {"task": task, "item": yard.item, "location": yard.store, "quantity": Decimal(str(quantity))}
    made = MaterialRequirement(**{**given, **more})
    services.requirement_save(made, actor=yard.actor)
    return made


def test_the_movements_shown_explain_the_figure(yard: Yard) -> None:
    yard.receive(100, unit_cost=Decimal(2))
    yard.receive(100, unit_cost=Decimal(4))
    yard.post("transfer", 50, origin=yard.store, target=yard.van)
    yard.issue(20, yard.van)
    page = told(yard, yard.actor.today)
    assert [(each.movement.kind, float(each.change), float(each.after)) for each in page.posted] == [
        ("issue", -20, 180),
        ("transfer", 0, 200),
        ("receipt", 100, 200),
        ("receipt", 100, 100),
    ]
    assert page.valuation is not None
    # 200 at a mean price of 3, less 20 at 3; the transfer changes nothing.
    assert (page.valuation.quantity, page.valuation.value, page.posted[0].cost) == (180, 540, 3)
    here = told(yard, yard.actor.today, at=yard.van.code)
    assert [(float(each.change), float(each.after)) for each in here.posted] == [(-20, 30), (50, 50)]
    assert (float(here.total), here.movements) == (30, 2)
    yard.item.valued_by = "fifo"
    first = told(yard, yard.actor.today)
    assert first.valuation is not None
    # First in, first out: the 20 left at 2.
    assert (first.valuation.value, first.posted[0].cost) == (560, 2)


def test_what_was_on_hand_on_a_past_date_is_what_was_posted_by_then(yard: Yard) -> None:
    yard.receive(10)
    before = yard.now + dt.timedelta(minutes=1)
    yard.now += dt.timedelta(days=2)
    yard.issue(4)
    page = on_hand(yard.item, actor=yard.cast.actor(EDITOR), on=dt.date(2026, 4, 8), moment=before)
    assert (float(page.total), [each.movement.kind for each in page.posted], page.needs) == (10, ["receipt"], [])
    assert float(told(yard, yard.actor.today).total) == 6


def test_demand_moves_with_the_plan_and_ends_with_what_is_issued(yard: Yard, shed: Shed) -> None:
    dig, pour = shed.task("Dig"), shed.task("Pour")
    first = require(yard, dig, 30, offset_days=-2)
    require(yard, pour, 40)
    assert dig.starts_on is not None
    assert pour.starts_on is not None
    expected = [(dig.starts_on - dt.timedelta(days=2), 30.0), (pour.starts_on, 40.0)]
    assert [(need.day, float(need.open)) for need in needs()] == expected
    shed.set("Dig", "duration", dig.duration + 5 * 480)
    later = shed.task("Pour").starts_on
    assert later is not None
    assert later - pour.starts_on == dt.timedelta(days=7)
    assert [need.day for need in needs()][1] == later
    yard.receive(100)
    drawn = yard.issue(12, requirement=first)
    assert drawn.initiative_id == shed.plan.initiative_id
    assert [float(need.open) for need in needs()] == [18, 40]
    yard.post("return", 2, target=yard.store, requirement=first)
    services.movement_reverse(record=drawn, actor=yard.actor, reason="Not ours")
    assert [float(need.open) for need in needs()] == [32, 40]
    Initiative.objects.filter(pk=shed.plan.initiative_id).update(state="on_hold")
    assert needs() == []


def test_a_shortage_is_seen_before_it_bites(yard: Yard, shed: Shed) -> None:
    yard.receive(50)
    today = dt.date(2026, 1, 1)
    require(yard, shed.task("Dig"), 30)
    second = require(yard, shed.task("Pour"), 40)
    page = told(yard, today)
    (place,) = page.places
    assert place.projection is not None
    assert list(place.projection.available) == [50.0, 20.0, -20.0]
    assert [place.short_on, place.state] == [shed.task("Pour").starts_on, "red"]
    assert place.needed == Decimal(70)
    assert [(each.requirement, each.missing) for each in place.shortages] == [(second.pk, 20)]


def test_a_group_and_a_task_that_is_not_theirs_need_nothing(yard: Yard, shed: Shed) -> None:
    group = Task.objects.filter(plan=shed.plan, is_summary=True).first()
    assert group is not None
    with pytest.raises(ValidationError, match="not a group"):
        require(yard, group, 1)
    made = MaterialRequirement(task=shed.task("Dig"), item=yard.item, location=yard.store, quantity=Decimal(1))
    for who in (STRANGER, READER):
        with pytest.raises(AccessDenied):
            services.requirement_save(made, actor=yard.cast.actor(who))


def test_an_issue_names_a_requirement_of_its_item(yard: Yard, shed: Shed) -> None:
    made = require(yard, shed.task("Dig"), 1, item=yard.cast.north.make(type(yard.item)))
    yard.receive(5)
    with pytest.raises(ValidationError, match="requirement of this item"):
        yard.issue(1, requirement=made)


def test_who_gets_the_page(yard: Yard, shed: Shed) -> None:
    services.stock_level_save(
        StockLevel(item=yard.item, location=yard.store, minimum=Decimal(4)), actor=yard.cast.actor(EDITOR)
    )
    yard.receive(10, unit_cost=Decimal(3))
    require(yard, shed.task("Dig"), 30)
    expected = {ANONYMOUS: 302, STRANGER: 404, READER: 200, EDITOR: 200, ADMINISTRATOR: 200}
    answers = {who: yard.cast.client(who).get(yard.item.url) for who in expected}
    assert {who: answer.status_code for who, answer in answers.items()} == expected
    editor, reader = (answers[who].content.decode() for who in (EDITOR, READER))
    assert "Dig" in reader
    assert "Projected availability" in reader
    assert "Dashed: the minimum here." in reader
    # Money and what can be posted are for the editor alone.
    assert ("Value of all" in editor, "Value" in reader.partition("card-ruled")[0]) == (True, False)
    assert ("stock-movements/new" in editor, "stock-movements/new" in reader) == (True, False)
    client = yard.cast.client(EDITOR)
    # The item was entered yesterday.
    assert client.get(yard.item.url, {"as_of": "2026-04-01"}).status_code == 404


def test_what_moved_too_often_is_said_to_be_not_valued(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "VALUED", 1)
    yard.receive(10, unit_cost=Decimal(3))
    yard.receive(20, unit_cost=Decimal(3))
    page = yard.cast.client(EDITOR).get(yard.item.url).content.decode()
    assert "moved more than 1 times: not valued here" in page
    assert "not yours to see" not in page


def test_an_issue_by_the_form_and_its_refusal(yard: Yard) -> None:
    yard.now = clock.now()
    yard.receive(3)
    client = yard.cast.client(EDITOR)
    form = {
        "kind": "issue",
        "item": str(yard.item.pk),
        "origin": str(yard.store.pk),
        "quantity": "4",
        "posted_on": f"{yard.actor.today}",
    }
    refused = client.post("/stock-movements/new/", form)
    assert refused.status_code == 422
    assert "Marigold store has 3 m of Marigold cable; 4 were asked for." in refused.content.decode()
    assert client.post("/stock-movements/new/", {**form, "quantity": "3"}).status_code == 302
    assert (yard.there(), StockMovement.objects.count()) == (0, 2)

"""What runs short is told before it has to be ordered, with the tasks and projects hit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quarterdeck.apps.delivery import services as delivery
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.suppliers import services
from quarterdeck.apps.suppliers.models import MaterialRequirement
from quarterdeck.apps.suppliers.selectors.stock import shortages
from quarterdeck.apps.suppliers.watch import stock_shortage, stock_to_order
from quarterdeck.kernel.watch.functions import served_by
from tests.apps.delivery.conftest import Shed, document
from tests.apps.suppliers.stock_yard import Yard
from tests.cast import EDITOR

#: The plan begins on Monday 2026-01-05; the item takes 14 days to come.
FIRST = dt.date(2026, 1, 5)


@pytest.fixture
def shed(yard: Yard) -> Shed:
    project = yard.cast.north.make(Initiative, name="Marigold line")
    Initiative.objects.filter(pk=project.pk).update(state="active")
    done = delivery.plan_import(document=document(), initiative=project, actor=yard.cast.actor(EDITOR))
    for name, quantity in (("Dig", 30), ("Pour", 40)):
        services.requirement_save(
            MaterialRequirement(
                task=Shed(done.plan, yard.cast).task(name),
                item=yard.item,
                location=yard.store,
                quantity=Decimal(quantity),
            ),
            actor=yard.actor,
        )
    return Shed(done.plan, yard.cast)


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)


def test_nothing_on_hand_is_short_for_both_tasks(yard: Yard, shed: Shed) -> None:
    (found,) = shortages(on=FIRST - dt.timedelta(days=20), ahead=dt.timedelta(days=30))
    assert (found.day, found.missing, found.order_by) == (FIRST, 70.0, FIRST - dt.timedelta(days=14))
    assert found.tasks == "Dig (Marigold line), Pour (Marigold line)"


def test_it_is_told_thirty_days_before_it_has_to_be_ordered(yard: Yard, shed: Shed) -> None:
    yard.receive(50)
    pour = shed.task("Pour").starts_on
    assert pour is not None
    day = pour - dt.timedelta(days=14 + 30)
    assert list(stock_shortage(now=at(day - dt.timedelta(days=1)), ids=None)) == []
    (fact,) = stock_shortage(now=at(day), ids=None)
    assert (fact.due_on, fact.url) == (pour - dt.timedelta(days=14), f"{yard.item.url}?location={yard.store.code}")
    assert fact.values["missing"] == "20"
    assert fact.values["tasks"] == "Pour (Marigold line)"
    (late,) = stock_shortage(now=at(pour - dt.timedelta(days=3)), ids=None)
    assert (late.values["late"], "too late" in str(late.message)) == (11, True)
    yard.receive(20)
    assert list(stock_shortage(now=at(pour), ids=None)) == []


def test_items_at_their_reorder_point_are_to_be_ordered(yard: Yard) -> None:
    yard.item.reorder_point = Decimal(10)
    services.item_save(yard.item, actor=yard.actor)
    yard.receive(8)
    yard.receive(3, yard.van)
    assert list(stock_to_order(now=yard.now, ids=None)) == []
    yard.issue(1)
    (fact,) = stock_to_order(now=yard.now, ids=None)
    assert (fact.record, fact.values) == (yard.item, {"point": "10", "measure": "m"})


def test_both_serve_the_stock_controller() -> None:
    for name in ("stock-shortage", "stock-to-order"):
        served = served_by(name)
        assert served is not None
        assert served.key == "stock"

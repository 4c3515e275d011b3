"""The ledger of stock: movements stay, what is on hand is their sum, and what is not there is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quarterdeck.apps.suppliers import services
from quarterdeck.apps.suppliers.models import StockItem, StockLevel, StockLocation, StockMovement
from quarterdeck.apps.suppliers.selectors.stock import on_hand
from quarterdeck.engine.inventory import Movement, MovementKind, balances
from quarterdeck.kernel.access.policy import AccessDenied, visible
from quarterdeck.kernel.audit.models import Change
from tests.apps.suppliers.stock_yard import Yard
from tests.cast import EDITOR, READER, STRANGER


def test_what_is_on_hand_follows_each_kind_of_movement(yard: Yard) -> None:
    yard.receive(100, unit_cost=Decimal("2.50"), reference="DN 7")
    yard.post("transfer", 30, origin=yard.store, target=yard.van)
    yard.issue("12.5", yard.van)
    yard.post("return", 2, target=yard.van)
    count = yard.post("count", 18, origin=yard.van)
    assert (yard.there(), yard.there(yard.van)) == (70, 18)
    # 30 - 12.5 + 2 were thought to be there: 1.5 are gone.
    assert [count.quantity, count.counted] == [Decimal("1.5"), Decimal(18)]
    assert (count.origin, count.target) == (yard.van, None)
    more = yard.post("count", 20, origin=yard.van)
    assert [more.quantity, more.counted] == [Decimal(2), Decimal(20)]
    assert (more.origin, more.target) == (None, yard.van)
    assert [row.code for row in StockMovement.objects.order_by("pk")] == [f"STM-{n:04}" for n in range(1, 7)]


def test_what_is_not_there_is_refused_and_nothing_is_written(yard: Yard) -> None:
    yard.receive(3)
    with pytest.raises(ValidationError, match="Marigold store has 3 m of Marigold cable; 4 were asked for") as refused:
        yard.issue(4)
    assert list(refused.value.message_dict) == ["quantity"]
    with pytest.raises(ValidationError, match="has 0 m"):
        yard.issue("0.001", yard.van)
    assert (yard.there(), StockMovement.objects.count(), Change.objects.filter(label="STM-0002").count()) == (3, 1, 0)
    yard.issue(3)
    assert yard.there() == 0


def test_a_location_that_may_go_below_zero_does(yard: Yard) -> None:
    yard.van.may_be_negative = True
    services.location_save(yard.van, actor=yard.actor)
    yard.issue(4, yard.van)
    assert yard.there(yard.van) == -4
    yard.van.may_be_negative = False
    with pytest.raises(ValidationError, match="below zero"):
        services.location_save(yard.van, actor=yard.actor)
    yard.post("count", 0, origin=yard.van)
    services.location_save(yard.van, actor=yard.actor)
    with pytest.raises(ValidationError, match="has 0 m"):
        yard.issue(1, yard.van)


def test_tenths_add_up(yard: Yard) -> None:
    for _time in range(10):
        yard.receive("0.1")
    assert yard.there() == 1
    yard.issue("0.3")
    yard.issue("0.7")
    assert yard.there() == 0


def test_a_delivery_note_is_received_once_until_it_is_reversed(yard: Yard) -> None:
    first = yard.receive(5, reference="DN 12")
    with pytest.raises(ValidationError, match="delivery note was received already"):
        yard.receive(5, reference=" DN 12 ")
    assert yard.there() == 5
    services.movement_reverse(record=first, actor=yard.actor, reason="Counted twice")
    yard.receive(4, reference="DN 12")
    assert yard.there() == 4
    other = yard.cast.north.make(StockItem)
    yard.receive(1, item=other, reference="DN 12")


def test_a_movement_is_reversed_once_and_never_changed(yard: Yard) -> None:
    yard.receive(10)
    gone = yard.post("transfer", 4, origin=yard.store, target=yard.van)
    back = services.movement_reverse(record=gone, actor=yard.actor, reason="Wrong van")
    assert (back.kind, back.quantity) == ("reversal", Decimal(4))
    assert (back.origin, back.target, back.reverses_id) == (yard.van, yard.store, gone.pk)
    assert (yard.there(), yard.there(yard.van), back.note) == (10, 0, "Wrong van")
    for again in (StockMovement.objects.get(pk=gone.pk), back):
        with pytest.raises(ValidationError, match="reversed already" if again is not back else "reversal itself"):
            services.movement_reverse(record=again, actor=yard.actor, reason="Again")
    stored = StockMovement.objects.get(pk=gone.pk)
    assert stored.is_reversed
    assert services.movement_post(stored, actor=yard.actor) is None
    stored.quantity = Decimal(5)
    with pytest.raises(ValidationError, match="stays as it is"):
        services.movement_post(stored, actor=yard.actor)
    with pytest.raises(ValidationError, match="reverse it instead"):
        services.movement_remove(stored, actor=yard.actor)


def test_a_receipt_whose_goods_are_gone_is_not_reversed(yard: Yard) -> None:
    came = yard.receive(10)
    yard.issue(8)
    with pytest.raises(ValidationError, match="has 2 m"):
        services.movement_reverse(record=came, actor=yard.actor, reason="Wrong")
    assert not StockMovement.objects.get(pk=came.pk).is_reversed
    assert yard.there() == 2


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [
        ("receipt", {}, "target"),
        ("issue", {}, "origin"),
        ("issue", {"origin": "store", "target": "van"}, "target"),
        ("transfer", {"origin": "store", "target": "store"}, "target"),
        ("count", {"target": "store"}, "origin"),
        ("reversal", {"target": "store"}, "kind"),
        ("receipt", {"target": "store", "quantity": Decimal(0)}, "quantity"),
        ("issue", {"origin": "store", "unit_cost": Decimal(1)}, "unit_cost"),
        ("receipt", {"target": "store", "posted_on": dt.date(2026, 4, 9)}, "posted_on"),
    ],
)
def test_refused_with_the_field(yard: Yard, kind: str, more: dict[str, object], field: str) -> None:
    given = {name: getattr(yard, value) if isinstance(value, str) else value for name, value in more.items()}
    with pytest.raises(ValidationError) as refused:
        yard.post(kind, given.pop("quantity", 1), **given)
    assert field in refused.value.message_dict
    assert StockMovement.objects.count() == 0


def test_a_stranger_moves_and_sees_nothing_and_a_reader_moves_nothing(yard: Yard) -> None:
    yard.receive(10)
    for who in (STRANGER, READER):
        made = StockMovement(
            kind="issue", item=yard.item, quantity=Decimal(1), origin=yard.store, posted_on=yard.actor.today
        )
        with pytest.raises(AccessDenied):
            services.movement_post(made, actor=yard.cast.actor(who))
        with pytest.raises(AccessDenied):
            services.movement_reverse(
                record=StockMovement.objects.get(), actor=yard.cast.actor(who), reason="Not mine to say"
            )
    assert yard.there() == 10
    assert not visible(StockMovement.objects.all(), yard.cast.actor(STRANGER)).exists()
    assert not visible(StockLevel.objects.all(), yard.cast.actor(STRANGER)).exists()


def test_nobody_takes_from_a_place_that_is_not_theirs(yard: Yard) -> None:
    theirs = yard.cast.south.make(StockLocation)
    admin = yard.cast.actor("administrator")
    services.movement_post(
        StockMovement(kind="receipt", item=yard.item, quantity=Decimal(5), target=theirs, posted_on=yard.actor.today),
        actor=admin,
    )
    with pytest.raises(AccessDenied):
        yard.post("transfer", 1, origin=theirs, target=yard.store)
    with pytest.raises(AccessDenied):
        yard.receive(1, theirs)
    page = on_hand(yard.item, actor=yard.cast.actor(EDITOR), on=yard.actor.today, moment=None, money=True)
    # What lies elsewhere is neither listed nor counted, and the value of all is not told.
    assert (page.places, page.posted, page.movements) == ([], [], 0)
    assert (float(page.total), page.valuation) == (0.0, None)


def test_a_level_is_kept_without_what_is_on_hand_being_typed(yard: Yard) -> None:
    yard.receive(7)
    level = StockLevel.objects.get(item=yard.item)
    yard.receive(1)
    level.minimum, level.on_hand = Decimal(3), Decimal(1000)
    services.stock_level_save(level, actor=yard.actor)
    assert (yard.there(), float(StockLevel.objects.get(pk=level.pk).minimum)) == (8, 3)
    with pytest.raises(ValidationError, match="has moved here"):
        services.stock_level_remove(StockLevel.objects.get(pk=level.pk), actor=yard.actor)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["receipt", "issue", "transfer", "return", "count", "reverse"]),
        st.integers(0, 40).map(lambda n: Decimal(n) / 8),
        st.booleans(),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
def test_the_sum_of_movements_is_on_hand_and_never_below_nothing(
    yard: Yard, moves: list[tuple[str, Decimal, bool]]
) -> None:
    item = yard.cast.north.make(StockItem)
    places = (yard.store, yard.van)
    model: list[Movement] = []
    for number, (kind, quantity, swap) in enumerate(moves):
        here, there = places[::-1] if swap else places
        try:
            if kind == "reverse":
                last = StockMovement.objects.filter(item=item, is_reversed=False).exclude(kind="reversal").first()
                if last is not None:
                    services.movement_reverse(record=last, actor=yard.actor, reason="Taken back")
                model = []  # the engine's ledger has no reversals: from here on the sums alone are asked
            else:
                sides = {"origin": here} if kind in ("issue", "count") else {"target": here}
                sides = {"origin": here, "target": there} if kind == "transfer" else sides
                yard.post(kind, quantity, item=item, **sides)
                at, to = sides.get("origin"), sides.get("target")
                model.append(Movement(number, item.pk, MovementKind(kind), float(quantity), at and at.pk, to and to.pk))
        except ValidationError:
            pass
        rows = list(StockMovement.objects.filter(item=item))
        kept = dict(StockLevel.objects.filter(item=item).values_list("location", "on_hand"))
        for place, left in kept.items():
            came = sum((row.quantity for row in rows if row.target_id == place), Decimal(0))
            went = sum((row.quantity for row in rows if row.origin_id == place), Decimal(0))
            assert left == came - went >= 0
    if not any(kind == "reverse" for kind, _quantity, _swap in moves):
        told = {place: Decimal(str(left)) for (_item, place), left in balances(model).items()}
        kept = dict(StockLevel.objects.filter(item=item).values_list("location", "on_hand"))
        assert {place: left for place, left in kept.items() if left} == {p: left for p, left in told.items() if left}

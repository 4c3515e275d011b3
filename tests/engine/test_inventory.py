"""Stock against textbook examples, by hand, and by properties of ledgers and proposals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.inventory import (
    Movement,
    MovementKind,
    PriceBreak,
    Receipt,
    Requirement,
    Stocking,
    balances,
    discounted_order_quantity,
    economic_order_quantity,
    economic_production_quantity,
    fill_rate,
    project,
    propose,
    reorder_point,
    safety_stock,
)

RECEIPT, ISSUE, TRANSFER, COUNT = MovementKind.RECEIPT, MovementKind.ISSUE, MovementKind.TRANSFER, MovementKind.COUNT


def test_order_quantities_of_the_textbook() -> None:
    """Render, Stair & Hanna, ch. 6: Sumco Pump, Brown Manufacturing, Brass Department Store."""
    pump = economic_order_quantity(demand=1000, order_cost=10, holding_cost=0.5)
    assert (pump.quantity, pump.ordering_cost, pump.holding_cost) == (200, 50, 50)
    brown = economic_production_quantity(
        demand=10_000, setup_cost=100, holding_cost=0.5, daily_demand=60, daily_production=80
    )
    assert brown.quantity == 4000
    brass = discounted_order_quantity(
        demand=5000,
        order_cost=49,
        holding_share=0.2,
        prices=[PriceBreak(2000, 4.75), PriceBreak(0, 5.00), PriceBreak(1000, 4.80)],
    )
    assert brass.quantity == 1000
    assert (brass.purchase_cost, brass.ordering_cost, brass.holding_cost) == pytest.approx((24_000, 245, 480))


@given(st.floats(1, 1e5), st.floats(0.1, 1e3), st.floats(0.01, 100), st.floats(0.2, 5))
def test_no_other_quantity_is_cheaper(demand: float, order: float, hold: float, factor: float) -> None:
    best = economic_order_quantity(demand=demand, order_cost=order, holding_cost=hold)
    other = best.quantity * factor
    assert best.total_cost <= demand / other * order + other / 2 * hold + 1e-9 * best.total_cost


def test_safety_stock_and_reorder_point() -> None:
    """z(95 %) = 1.6449; both deviations zero need no safety; sqrt(10 * 5^2 + 15^2 * 2^2) = 33.9116."""
    assert safety_stock(service_level=0.95, demand=15, demand_sd=0, lead_time=10) == 0
    assert safety_stock(service_level=0.5, demand=15, demand_sd=5, lead_time=10) == 0
    assert safety_stock(service_level=0.95, demand=15, demand_sd=5, lead_time=10, lead_time_sd=2) == pytest.approx(
        1.6448536 * 33.9116499, rel=1e-6
    )
    assert reorder_point(demand=8, lead_time=3) == 24  # Render, Stair & Hanna: Procomp, 8 a day, 3 days


def test_fill_rate_by_the_unit_normal_loss() -> None:
    """G(0) = 0.3989, G(1) = 0.0833 (any table of the unit normal loss)."""
    assert fill_rate(safety=0, order_quantity=100, demand_sd=10, lead_time=1) == pytest.approx(1 - 0.03989, abs=1e-5)
    assert fill_rate(safety=10, order_quantity=100, demand_sd=10, lead_time=1) == pytest.approx(1 - 0.00833, abs=1e-5)
    assert fill_rate(safety=0, order_quantity=100, demand_sd=0, lead_time=9) == 1


def test_ledger_by_hand() -> None:
    posted = [
        Movement(1, "valve", RECEIPT, 10, to="store"),
        Movement(2, "valve", TRANSFER, 4, at="store", to="van"),
        Movement(3, "valve", ISSUE, 3.5, at="van"),
        Movement(4, "valve", MovementKind.RETURN, 1, to="van"),
        Movement(5, "valve", COUNT, 5, at="store"),
    ]
    assert balances(posted) == {("valve", "store"): 5, ("valve", "van"): 1.5}


def test_ledger_never_below_zero_unless_allowed() -> None:
    posted = [Movement(1, "valve", RECEIPT, 1, to="store"), Movement("M2", "valve", ISSUE, 2, at="store")]
    with pytest.raises(EngineError, match="takes 2 of 'valve' from 'store', where 1 are") as refusal:
        balances(posted)
    assert refusal.value.culprits == ("M2",)
    assert balances(posted, may_be_negative=frozenset({"valve"})) == {("valve", "store"): -1}


steps = st.lists(
    st.tuples(
        st.sampled_from("rit"), st.integers(0, 50).map(lambda n: n / 10), st.sampled_from("ab"), st.sampled_from("ab")
    )
)


@given(steps)
def test_ledger_equals_the_physical_count(raw: list[tuple[str, float, str, str]]) -> None:
    """Tenths carried by hand as whole numbers: what is in each place, and in all places together."""
    physical = {"a": 0, "b": 0}
    posted = []
    for number, (kind, quantity, here, there) in enumerate(raw):
        tenths = round(quantity * 10)
        if kind == "r":
            physical[there] += tenths
            posted.append(Movement(number, "x", RECEIPT, quantity, to=there))
        elif physical[here] >= tenths and kind == "i":
            physical[here] -= tenths
            posted.append(Movement(number, "x", ISSUE, quantity, at=here))
        elif physical[here] >= tenths and here != there:
            physical[here] -= tenths
            physical[there] += tenths
            posted.append(Movement(number, "x", TRANSFER, quantity, at=here, to=there))
    on_hand = balances(posted)
    assert {place: on_hand.get(("x", place), 0.0) for place in "ab"} == {
        place: tenths / 10 for place, tenths in physical.items()
    }


@pytest.mark.parametrize(
    ("movement", "said"),
    [
        (Movement("M", "x", RECEIPT, 1), "does not say where to"),
        (Movement("M", "x", TRANSFER, 1, to="a"), "does not say where from"),
        (Movement("M", "x", TRANSFER, 1, at="a", to="a"), "from 'a' to itself"),
        (Movement("M", "x", RECEIPT, -1, to="a"), "the quantity of movement 'M' is -1"),
        (Movement("M", "x", RECEIPT, float("nan"), to="a"), "the quantity of movement 'M' is nan"),
    ],
)
def test_movements_that_are_refused(movement: Movement, said: str) -> None:
    with pytest.raises(EngineError, match=said):
        balances([movement])


def test_projection_by_hand() -> None:
    """Overdue things count today; the urgent are served first; what is owed takes the next receipt."""
    lines, short = project(
        [Stocking("pump", "site", 10, safety=2)],
        today=100,
        receipts=[Receipt("late", "pump", "site", 90, 1), Receipt("next", "pump", "site", 105, 6)],
        requirements=[
            Requirement("plain", "pump", "site", 103, 8),
            Requirement("urgent", "pump", "site", 103, 7, priority=1),
            Requirement("overdue", "pump", "site", 80, 1),
        ],
    )
    (line,) = lines
    assert list(zip(line.days, line.available, strict=True)) == [(100, 10), (103, -5), (105, 1)]
    assert (line.below_safety_on, line.short_on) == (103, 103)
    assert [(each.requirement, each.day, each.missing) for each in short] == [("plain", 103, 5)]


def test_proposal_takes_the_soonest_spare_first_and_orders_the_rest() -> None:
    stock = [
        Stocking("pump", "site", 0, lead_time=5, multiple=4),
        Stocking("pump", "far", 10, safety=8),
        Stocking("pump", "near", 5, safety=1),
        Stocking("pump", "apart", 99),
    ]
    plan = propose(
        stock,
        today=0,
        requirements=[
            Requirement("T1", "pump", "site", 10, 9),
            Requirement("N1", "pump", "near", 30, 1),  # near needs one of its five later: only three are spare
        ],
        transit={("far", "site"): 3, ("near", "site"): 1},
    )
    assert [(each.origin, each.send_on, each.day, each.quantity) for each in plan.transfers] == [
        ("near", 9, 10, 3),
        ("far", 7, 10, 2),
    ]
    assert [(each.order_on, each.day, each.quantity, each.late) for each in plan.orders] == [(5, 10, 4, 0)]
    assert plan.shortages == ()


def test_an_order_that_comes_too_late_says_so() -> None:
    plan = propose(
        [Stocking("pump", "site", 0, lead_time=30, lot=5)],
        today=0,
        requirements=[Requirement("T1", "pump", "site", 10, 2), Requirement("T2", "pump", "site", 20, 2)],
    )
    assert [(each.order_on, each.day, each.quantity, each.late) for each in plan.orders] == [(0, 30, 5, 20)]
    assert [(each.requirement, each.missing) for each in plan.shortages] == [("T1", 2), ("T2", 2)]


quantities = st.integers(0, 20).map(float)
stocks = st.tuples(*[st.tuples(quantities, st.integers(0, 4).map(float), st.integers(0, 9)) for _ in range(3)])
needs = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30), quantities), max_size=8)


@given(stocks, needs, st.dictionaries(st.sampled_from([(0, 1), (1, 0), (0, 2), (2, 1)]), st.integers(0, 6)))
def test_what_is_proposed_is_enough(
    stock: tuple[tuple[float, float, int], ...], raw: list[tuple[int, int, float]], transit: dict[tuple[int, int], int]
) -> None:
    """Done as proposed, no place is under its safety stock from the day on which an order of today would be there."""
    stockings = [
        Stocking("x", place, on_hand, safety=safety, lead_time=lead)
        for place, (on_hand, safety, lead) in enumerate(stock)
    ]
    wanted = [Requirement(number, "x", place, day, quantity) for number, (place, day, quantity) in enumerate(raw)]
    plan = propose(stockings, today=0, requirements=wanted, transit=transit)
    coming = [Receipt(("order", n), "x", each.location, each.day, each.quantity) for n, each in enumerate(plan.orders)]
    coming += [
        Receipt(("move", n), "x", each.location, each.day, each.quantity) for n, each in enumerate(plan.transfers)
    ]
    going = [
        Requirement(("sent", n), "x", each.origin, each.send_on, each.quantity, priority=0)
        for n, each in enumerate(plan.transfers)
    ]
    lines, short = project(stockings, today=0, receipts=coming, requirements=[*wanted, *going])
    for stocking, line in zip(stockings, lines, strict=True):
        for day, level in zip(line.days, line.available, strict=True):
            if day >= stocking.lead_time:
                assert level >= stocking.safety
    assert {each.requirement for each in short} == {each.requirement for each in plan.shortages}
    assert not any(isinstance(each.requirement, tuple) for each in short)  # nothing is sent that is not there


@pytest.mark.parametrize(
    ("stock", "needs", "said"),
    [
        ([Stocking("x", "a", 1), Stocking("x", "a", 1)], [], "stands twice"),
        ([Stocking("x", "a", 1)], [Requirement("T", "x", "b", 1, 1)], "'T' is for 'x' at 'b'"),
        ([Stocking("x", "a", 1)], [Requirement("T", "x", "a", 1, -1)], "the quantity of 'T' is -1"),
        ([Stocking("x", "a", 1, lead_time=-1)], [], "the lead time of 'x' is -1"),
        ([Stocking("x", "a", float("inf"))], [], "the stock of 'x' is inf"),
    ],
)
def test_stock_that_is_refused(stock: list[Stocking], needs: list[Requirement], said: str) -> None:
    with pytest.raises(EngineError, match=said):
        project(stock, today=0, requirements=needs)


def test_policies_that_are_refused() -> None:
    with pytest.raises(EngineError, match="the demand is 0"):
        economic_order_quantity(demand=0, order_cost=1, holding_cost=1)
    with pytest.raises(EngineError, match="60 a day are made and 60 used"):
        economic_production_quantity(demand=1, setup_cost=1, holding_cost=1, daily_demand=60, daily_production=60)
    with pytest.raises(EngineError, match="no price holds from the first unit"):
        discounted_order_quantity(demand=1, order_cost=1, holding_share=1, prices=[PriceBreak(5, 1)])
    with pytest.raises(EngineError, match="the service level is 1"):
        safety_stock(service_level=1, demand=1, demand_sd=1, lead_time=1)

"""What stock is worth, against worked figures and by properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.inventory import Flow, Layer, Method, value

#: Opening stock, two purchases and two sales: a textbook case of perpetual inventory.
CASE = [
    Flow("open", 200, 10.0),
    Flow("buy 1", 300, 12.0),
    Flow("sale 1", -400),
    Flow("buy 2", 400, 13.0),
    Flow("sale 2", -100),
]


def test_first_in_first_out_by_hand() -> None:
    told = value(CASE, method=Method.FIFO)
    # 200 at 10 and 200 at 12 go out, 100 at 12 are left; the second sale takes these.
    assert told.costs["sale 1"] == pytest.approx((200 * 10 + 200 * 12) / 400)
    assert told.costs["sale 2"] == pytest.approx(12)
    assert told.layers == (Layer("buy 2", 400, 13.0),)
    assert (told.quantity, told.value, told.unit_cost) == (400, 5200, 13)


def test_moving_average_by_hand() -> None:
    told = value(CASE, method=Method.AVERAGE)
    # 500 at 11.20; 100 of these and 400 at 13 make 500 at 12.64.
    assert told.costs["sale 1"] == pytest.approx(11.2)
    assert told.costs["sale 2"] == pytest.approx(12.64)
    assert told.value == pytest.approx(400 * 12.64)
    assert told.layers == ()


@pytest.mark.parametrize("method", Method)
def test_what_is_taken_back_leaves_as_it_came(method: Method) -> None:
    told = value([Flow(1, 10, 4.0), Flow(2, 10, 6.0), Flow(3, -10, undoes=2)], method=method)
    assert told.quantity == 10
    assert [told.value, told.costs[3]] == pytest.approx([40, 6])
    told = value([Flow(1, 10, 4.0), Flow(2, -5), Flow(3, 10, 10.0), Flow(4, 5, undoes=2)], method=method)
    assert [told.quantity, told.value] == pytest.approx([20, 140])


@pytest.mark.parametrize("method", Method)
def test_without_a_price_it_is_that_of_what_is_there(method: Method) -> None:
    told = value([Flow(1, 10, 4.0), Flow(2, 5)], method=method)
    assert [told.value, told.unpriced] == pytest.approx([60, 0])
    told = value([Flow(1, 10), Flow(2, 10, 3.0)], method=method)
    assert [told.value, told.unpriced] == pytest.approx([30, 10])


@pytest.mark.parametrize("method", Method)
def test_what_went_out_before_it_came_is_made_up_for(method: Method) -> None:
    told = value([Flow(1, 10, 4.0), Flow(2, -15)], method=method)
    assert [told.quantity, told.value] == pytest.approx([-5, -20])
    assert told.unit_cost is None
    told = value([Flow(1, 10, 4.0), Flow(2, -15), Flow(3, 8, 5.0)], method=method)
    assert [told.quantity, told.value] == pytest.approx([3, 15])


def test_a_wrong_price_taken_back_leaves_no_price_below_nil() -> None:
    told = value([Flow(1, 10, 10.0), Flow(2, 10, 2.0), Flow(3, -9), Flow(4, -10, undoes=1)], method=Method.AVERAGE)
    assert (told.quantity, told.value) == (1, 0)


@pytest.mark.parametrize(
    "flows", [[Flow(1, 0)], [Flow(1, 5, -1.0)], [Flow(1, -5, undoes=2)]], ids=["nothing", "price", "unknown"]
)
def test_refused(flows: list[Flow]) -> None:
    with pytest.raises(EngineError):
        value(flows, method=Method.FIFO)


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 20), st.integers(0, 60)), min_size=1, max_size=30),
    st.sampled_from(Method),
)
def test_what_came_in_is_there_or_went_out_at_its_cost(moves: list[tuple[int, int, int]], method: Method) -> None:
    flows: list[Flow] = []
    there, bought = 0, 0
    for number, (bring, price, take) in enumerate(moves):
        flows.append(Flow(("in", number), bring, float(price)))
        there, bought = there + bring, bought + bring * price
        if out := min(take, there):
            flows.append(Flow(("out", number), -out))
            there -= out
    told = value(flows, method=method)
    sold = sum(-flow.quantity * told.costs[flow.id] for flow in flows if flow.quantity < 0)
    assert told.quantity == there
    assert told.value + sold == pytest.approx(bought, abs=1e-6)

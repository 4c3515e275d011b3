"""How much to order and when: order quantities, reorder point, safety stock.

Sources: Harris, "How Many Parts to Make at Once" (1913); Silver, Pyke & Thomas, "Inventory and Production Management in
Supply Chains" (4th ed.); Render, Stair & Hanna, "Quantitative Analysis for Management", ch. 6.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from quarterdeck.engine.checking import within
from quarterdeck.engine.errors import EngineError


@dataclass(frozen=True, slots=True)
class LotSize:
    """A quantity to order, and what a year costs with it: orders, holding, the goods themselves (0 where no price)."""

    quantity: float
    ordering_cost: float
    holding_cost: float
    purchase_cost: float = 0.0

    @property
    def total_cost(self) -> float:
        """All three together, in the currency given, a year."""
        return self.ordering_cost + self.holding_cost + self.purchase_cost


@dataclass(frozen=True, slots=True)
class PriceBreak:
    """The price of one unit from this quantity on."""

    quantity: float
    price: float


def economic_order_quantity(*, demand: float, order_cost: float, holding_cost: float) -> LotSize:
    """EOQ = sqrt(2 * D * S / H): D units a year, S money an order, H money to hold a unit for a year.

    Raises EngineError for figures that are not above nil.

    >>> lot = economic_order_quantity(demand=1000, order_cost=10, holding_cost=0.5)
    >>> lot.quantity, lot.total_cost
    (200.0, 100.0)
    """
    yearly, each, hold = _positive(demand=demand, order_cost=order_cost, holding_cost=holding_cost)
    quantity = math.sqrt(2 * yearly * each / hold)
    return LotSize(quantity, yearly / quantity * each, quantity / 2 * hold)


def economic_production_quantity(
    *, demand: float, setup_cost: float, holding_cost: float, daily_demand: float, daily_production: float
) -> LotSize:
    """EPQ = sqrt(2 * D * S / (H * (1 - d / p))), when a lot arrives at p units a day while d are used.

    Raises EngineError when production does not exceed demand.

    >>> economic_production_quantity(demand=10000, setup_cost=100, holding_cost=0.5, daily_demand=60,
    ...                              daily_production=80).quantity
    4000.0
    """
    yearly, each, hold = _positive(demand=demand, setup_cost=setup_cost, holding_cost=holding_cost)
    used, made = _positive(daily_demand=daily_demand, daily_production=daily_production)
    if made <= used:
        raise EngineError(f"{made:g} a day are made and {used:g} used", remedy="Give a production above the demand.")
    peak = 1 - used / made
    quantity = math.sqrt(2 * yearly * each / (hold * peak))
    return LotSize(quantity, yearly / quantity * each, quantity / 2 * peak * hold)


def discounted_order_quantity(
    *, demand: float, order_cost: float, holding_share: float, prices: Sequence[PriceBreak]
) -> LotSize:
    """The cheapest quantity when the price of every unit falls with the size of the order; goods included.

    Holding a unit for a year costs `holding_share` of its price. For each price the EOQ is moved up to the quantity
    from which the price holds, left out where it lies beyond the next; the least total of a year wins.

    >>> prices = [PriceBreak(0, 5.00), PriceBreak(1000, 4.80), PriceBreak(2000, 4.75)]
    >>> lot = discounted_order_quantity(demand=5000, order_cost=49, holding_share=0.2, prices=prices)
    >>> lot.quantity, round(lot.total_cost, 2)
    (1000.0, 24725.0)
    """
    yearly, each, share = _positive(demand=demand, order_cost=order_cost, holding_share=holding_share)
    steps = sorted(prices, key=lambda step: step.quantity)
    if not steps or steps[0].quantity > 0:
        raise EngineError("no price holds from the first unit", remedy="Give a price for quantity 0.")
    lots = []
    for index, step in enumerate(steps):
        (price,) = _positive(price=step.price)
        within("the quantity of a price", step.quantity, low=0)
        best = max(math.sqrt(2 * yearly * each / (share * price)), step.quantity)
        if index + 1 == len(steps) or best < steps[index + 1].quantity:
            lots.append(LotSize(float(best), yearly / best * each, best / 2 * share * price, yearly * price))
    return min(lots, key=lambda lot: (lot.total_cost, lot.quantity))


def safety_stock(
    *, service_level: float, demand: float, demand_sd: float, lead_time: float, lead_time_sd: float = 0.0
) -> float:
    """SS = z * sqrt(L * sd_d^2 + d^2 * sd_L^2), in units; z so that a cycle goes without shortage with `service_level`.

    `demand` d and `demand_sd` a day, `lead_time` L and `lead_time_sd` in days, independent and normal. A service level
    of a half or less needs none.

    >>> round(safety_stock(service_level=0.95, demand=15, demand_sd=5, lead_time=10, lead_time_sd=2), 1)
    55.8
    """
    level = within("the service level", service_level, low=0, high=0.999999)
    rate = within("the demand a day", demand, low=0)
    spread = within("the deviation of the demand", demand_sd, low=0)
    time = within("the lead time", lead_time, low=0)
    slip = within("the deviation of the lead time", lead_time_sd, low=0)
    if level <= 0.5:
        return 0.0
    return NormalDist().inv_cdf(level) * math.sqrt(time * spread**2 + rate**2 * slip**2)


def reorder_point(*, demand: float, lead_time: float, safety: float = 0.0) -> float:
    """ROP = d * L + safety stock: order when what is on hand and on order has fallen to this; in units.

    >>> reorder_point(demand=15, lead_time=10, safety=55.8)
    205.8
    """
    rate, time = within("the demand a day", demand, low=0), within("the lead time", lead_time, low=0)
    return rate * time + within("the safety stock", safety, low=0)


def fill_rate(*, safety: float, order_quantity: float, demand_sd: float, lead_time: float) -> float:
    """The share of demand served from the shelf: 1 - sd_L * G(k) / Q, k = safety / sd_L, sd_L = demand_sd * sqrt(L).

    G(k) = pdf(k) - k * (1 - cdf(k)), the unit normal loss.

    >>> round(fill_rate(safety=20, order_quantity=100, demand_sd=5, lead_time=16), 4)
    0.9833
    """
    (quantity,) = _positive(order_quantity=order_quantity)
    time = within("the lead time", lead_time, low=0)
    spread = within("the deviation of the demand", demand_sd, low=0) * math.sqrt(time)
    stock = within("the safety stock", safety, low=0)
    if spread == 0:
        return 1.0
    normal, k = NormalDist(), stock / spread
    return 1 - spread * (normal.pdf(k) - k * (1 - normal.cdf(k))) / quantity


def _positive(**figures: float) -> list[float]:
    return [within(f"the {name.replace('_', ' ')}", value, low=0, open_low=True) for name, value in figures.items()]

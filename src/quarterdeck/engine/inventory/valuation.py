"""What stock is worth: the moving average, or first in, first out.

Source: Horngren, Datar & Rajan, "Cost Accounting", ch. 7 and appendix; IAS 2, paragraphs 25-27.
"""

from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from quarterdeck.engine.checking import within
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.inventory.ledger import EXACT


class Method(StrEnum):
    """By what rule what goes out is costed."""

    AVERAGE = "average"  # what is there is of one price, the mean
    FIFO = "fifo"  # the oldest goes out first


@dataclass(frozen=True, slots=True)
class Flow:
    """What came in (above nil) or went out (below nil) of all stock together, in the order in which it was posted.

    `cost` is the price of one unit of what came in; None: that of what is there. `undoes` names the flow that this one
    takes back, at the cost at which it was posted.
    """

    id: Hashable
    quantity: float
    cost: float | None = None
    undoes: Hashable | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """What is left of one flow that came in."""

    flow: Hashable
    quantity: float
    cost: float


@dataclass(frozen=True, slots=True)
class Valuation:
    """What is there, and what it is worth. `costs` is the price of a unit at which each flow was posted.

    `layers` are told by FIFO alone, the oldest first. `unpriced` is how much came in while no price was known at all.
    """

    quantity: float
    value: float
    costs: Mapping[Hashable, float]
    layers: tuple[Layer, ...] = ()
    unpriced: float = 0.0

    @property
    def unit_cost(self) -> float | None:
        """The mean price of a unit of what is there; None where nothing is."""
        return self.value / self.quantity if self.quantity > 0 else None


@dataclass
class _Stock:
    """What is there while flows are read. `owed` went out before it came in, at the last price known."""

    method: Method
    layers: deque[Layer] = field(default_factory=deque)
    owed: float = 0.0
    last: float | None = None
    costs: dict[Hashable, float] = field(default_factory=dict)
    unpriced: float = 0.0

    def price(self) -> float:
        """The price of one unit of what is there, else the last known."""
        held = sum(layer.quantity for layer in self.layers)
        return sum(layer.quantity * layer.cost for layer in self.layers) / held if held > 0 else self.last or 0.0

    def enter(self, flow: Hashable, quantity: float, cost: float, *, oldest: bool) -> None:
        """Take in a quantity; what is owed takes it first."""
        settled = min(self.owed, quantity)
        self.owed, left = round(self.owed - settled, EXACT), round(quantity - settled, EXACT)
        self.costs[flow], self.last = cost, cost
        if left <= 0:
            return
        (self.layers.appendleft if oldest else self.layers.append)(Layer(flow, left, cost))
        if self.method is Method.AVERAGE:
            mean, held = self.price(), round(sum(layer.quantity for layer in self.layers), EXACT)
            self.layers = deque([Layer(None, held, mean)])

    def leave(self, flow: Hashable, quantity: float, first: Hashable | None) -> None:
        """Give out a quantity, of the flow `first` as far as it is there, then the oldest."""
        wanted, value = quantity, 0.0
        own = [layer for layer in self.layers if first is not None and layer.flow == first]
        for layer in [*own, *(each for each in list(self.layers) if each not in own)]:
            if wanted <= 0:
                break
            taken = min(layer.quantity, wanted)
            wanted, value = round(wanted - taken, EXACT), value + taken * layer.cost
            place = self.layers.index(layer)
            rest = round(layer.quantity - taken, EXACT)
            if rest > 0:
                self.layers[place] = Layer(layer.flow, rest, layer.cost)
            else:
                del self.layers[place]
            self.last = layer.cost
        if wanted > 0:
            self.owed, value = round(self.owed + wanted, EXACT), value + wanted * (self.last or 0.0)
        self.costs[flow] = value / quantity

    def revalue(self, by: float) -> None:
        """Spread a difference in value over what is there, as the mean price does; no price falls below nil."""
        held = sum(layer.quantity for layer in self.layers)
        if held > 0:
            prices = ((each, max(0.0, each.cost + by / held)) for each in self.layers)
            self.layers = deque(Layer(each.flow, each.quantity, price) for each, price in prices)


def value(flows: Iterable[Flow], *, method: Method) -> Valuation:
    """Value what is there after all flows.

    AVERAGE: each receipt makes the price anew, value / quantity; what goes out leaves at it. FIFO: what goes out leaves
    at the prices of the oldest receipts. A receipt taken back leaves at its own price, an issue taken back returns at
    the price at which it left. What goes out beyond what is there leaves at the last price and is made up for by the
    next receipt. Money in the currency of the prices. Raises EngineError for a flow of nothing, a price below nil, and
    for one that takes back what is not there.

    >>> bought = [Flow("R1", 100, 2.0), Flow("R2", 100, 3.0), Flow("I1", -120)]
    >>> average, fifo = (value(bought, method=method) for method in Method)
    >>> (average.quantity, average.value, average.costs["I1"])
    (80.0, 200.0, 2.5)
    >>> (fifo.quantity, fifo.value, round(fifo.costs["I1"], 4), fifo.layers)
    (80.0, 240.0, 2.1667, (Layer(flow='R2', quantity=80.0, cost=3.0),))
    """
    stock = _Stock(method)
    for flow in flows:
        if flow.quantity == 0:
            raise EngineError(f"flow {flow.id!r} moves nothing", culprits=(flow.id,), remedy="Leave it out.")
        if flow.undoes is not None and flow.undoes not in stock.costs:
            raise EngineError(
                f"flow {flow.id!r} takes back {flow.undoes!r}, which does not stand before it",
                culprits=(flow.id,),
                remedy="Give the flows in the order in which they were posted.",
            )
        quantity = round(abs(float(flow.quantity)), EXACT)
        if flow.quantity > 0:
            cost = stock.costs[flow.undoes] if flow.undoes is not None else flow.cost
            if cost is None:
                stock.unpriced += quantity if stock.last is None else 0.0
                cost = stock.price()
            price = within(f"the price of flow {flow.id!r}", cost, low=0)
            stock.enter(flow.id, quantity, float(price), oldest=flow.undoes is not None)
        else:
            stock.leave(flow.id, quantity, flow.undoes)
            if flow.undoes is not None and method is Method.AVERAGE:
                own = stock.costs[flow.undoes]
                stock.revalue((stock.costs[flow.id] - own) * quantity)
                stock.costs[flow.id] = own
    held = round(sum(layer.quantity for layer in stock.layers), EXACT)
    worth = sum(layer.quantity * layer.cost for layer in stock.layers) - stock.owed * (stock.last or 0.0)
    layers = tuple(stock.layers) if method is Method.FIFO else ()
    return Valuation(round(held - stock.owed, EXACT), worth, stock.costs, layers, round(stock.unpriced, EXACT))

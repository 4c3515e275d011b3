"""Stock: what is there, what will be, when it runs short, what to order or move, what it is worth.

Quantities are numbers of the item's own unit, exact to six decimals; days are whole numbers of one count (any origin);
a receipt counts from the morning of its day, so it serves what is required on it.
"""

from quarterdeck.engine.inventory.ledger import Movement, MovementKind, balances
from quarterdeck.engine.inventory.policy import (
    LotSize,
    PriceBreak,
    discounted_order_quantity,
    economic_order_quantity,
    economic_production_quantity,
    fill_rate,
    reorder_point,
    safety_stock,
)
from quarterdeck.engine.inventory.projection import (
    Order,
    Projection,
    Proposal,
    Receipt,
    Requirement,
    Shortage,
    Stocking,
    Transfer,
    project,
    propose,
)
from quarterdeck.engine.inventory.valuation import Flow, Layer, Method, Valuation, value

__all__ = [
    "Flow",
    "Layer",
    "LotSize",
    "Method",
    "Movement",
    "MovementKind",
    "Order",
    "PriceBreak",
    "Projection",
    "Proposal",
    "Receipt",
    "Requirement",
    "Shortage",
    "Stocking",
    "Transfer",
    "Valuation",
    "balances",
    "discounted_order_quantity",
    "economic_order_quantity",
    "economic_production_quantity",
    "fill_rate",
    "project",
    "propose",
    "reorder_point",
    "safety_stock",
    "value",
]

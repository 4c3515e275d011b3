"""The verbs of this app; each is one transaction and takes the actor."""

from quarterdeck.apps.finance.services.imported import costs_of_plan, costs_taken_back
from quarterdeck.apps.finance.services.ledger import (
    actual_post,
    actual_remove,
    actual_reverse,
    actuals_post,
    actuals_taken_back,
    budget_save,
    commitment_save,
)
from quarterdeck.apps.finance.services.measuring import forecast_choose, technique_save
from quarterdeck.apps.finance.services.positions import positions_keep, positions_reckon, positions_roll_up

__all__ = [
    "actual_post",
    "actual_remove",
    "actual_reverse",
    "actuals_post",
    "actuals_taken_back",
    "budget_save",
    "commitment_save",
    "costs_of_plan",
    "costs_taken_back",
    "forecast_choose",
    "positions_keep",
    "positions_reckon",
    "positions_roll_up",
    "technique_save",
]

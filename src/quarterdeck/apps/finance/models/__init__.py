"""What money is kept in."""

from quarterdeck.apps.finance.models.costs import BudgetLine, CostCategory
from quarterdeck.apps.finance.models.ledger import Actual, Commitment
from quarterdeck.apps.finance.models.measuring import EacChoice, Technique, TechniqueMilestone
from quarterdeck.apps.finance.models.positions import Position

__all__ = [
    "Actual",
    "BudgetLine",
    "Commitment",
    "CostCategory",
    "EacChoice",
    "Position",
    "Technique",
    "TechniqueMilestone",
]

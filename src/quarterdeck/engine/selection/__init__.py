"""Which projects to do, and when to start them: the best choice under budgets, skills and rules.

A mixed-integer program (choice x start period) solved by HiGHS (Huangfu & Hall, 2018) through SciPy, helped by a start
rounded from its linear relaxation and by searching the neighbourhood of the best choice found (Danna, Rothberg & Le
Pape, 2005). Every answer says how far from the best it can be at most.
"""

from quarterdeck.engine.selection.problem import (
    Budget,
    Candidate,
    Capacity,
    FrontierPoint,
    Group,
    MarginalValue,
    Problem,
    Regret,
    Requires,
    Selection,
    Use,
)
from quarterdeck.engine.selection.solve import efficient_frontier, marginal_values, regret, select

__all__ = [
    "Budget",
    "Candidate",
    "Capacity",
    "FrontierPoint",
    "Group",
    "MarginalValue",
    "Problem",
    "Regret",
    "Requires",
    "Selection",
    "Use",
    "efficient_frontier",
    "marginal_values",
    "regret",
    "select",
]

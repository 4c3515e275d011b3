"""Earned value and earned schedule: what was due, what is done, what it cost, and where that leads.

    plan = Baseline(works, calendar=office)                 # works with budgets, dates and techniques
    now = assess(plan, progress, at=status_date)            # PV, EV, AC, ES, p-factor, 8 + 9 forecasts
    levels = assess_tree(plan, progress, status_date, parents)

From figures of one's own: `Measures`, `TimeMeasures`, `earned_schedule` (in periods), `cost_forecasts`,
`time_forecasts`; limits of the forecasts from history: `cost_bounds`, `duration_bounds`.
"""

from quarterdeck.engine.evm.baseline import CENT, HOUR, Baseline
from quarterdeck.engine.evm.bounds import Bounds, cost_bounds, duration_bounds
from quarterdeck.engine.evm.forecasts import (
    CostForecast,
    TimeForecast,
    cost_forecasts,
    estimate_at_completion,
    time_forecasts,
)
from quarterdeck.engine.evm.measures import (
    Measures,
    TimeMeasures,
    ToComplete,
    adherence,
    earned_schedule,
    to_complete,
)
from quarterdeck.engine.evm.status import Status, assess, assess_tree, by_period, roll_up
from quarterdeck.engine.evm.work import (
    FIFTY_FIFTY,
    ZERO_HUNDRED,
    Apportioned,
    LevelOfEffort,
    Milestone,
    PercentComplete,
    Progress,
    StartFinish,
    Technique,
    UnitsComplete,
    WeightedMilestones,
    Work,
)

__all__ = [
    "CENT",
    "FIFTY_FIFTY",
    "HOUR",
    "ZERO_HUNDRED",
    "Apportioned",
    "Baseline",
    "Bounds",
    "CostForecast",
    "LevelOfEffort",
    "Measures",
    "Milestone",
    "PercentComplete",
    "Progress",
    "StartFinish",
    "Status",
    "Technique",
    "TimeForecast",
    "TimeMeasures",
    "ToComplete",
    "UnitsComplete",
    "WeightedMilestones",
    "Work",
    "adherence",
    "assess",
    "assess_tree",
    "by_period",
    "cost_bounds",
    "cost_forecasts",
    "duration_bounds",
    "earned_schedule",
    "estimate_at_completion",
    "roll_up",
    "time_forecasts",
    "to_complete",
]

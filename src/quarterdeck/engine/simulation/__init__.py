"""Monte Carlo on a plan: when it will be done and what it will cost, how surely, and because of what.

    found = simulate(plan, uncertainties=[Uncertainty("dig", Triangular(480, 960, 2400))], risks=[...], seed=1)
    found.finish_at(0.8), found.contingency(0.8).work, found.tasks["dig"].criticality, found.tornado()

Three-point estimates of durations and costs, risks, correlations, branches, weather and pace go in; everything that
came out of thousands of iterations is in the result. The same seed gives the same result on any number of threads.
"""

from quarterdeck.engine.simulation.correlation import Repair
from quarterdeck.engine.simulation.distributions import (
    Discrete,
    Distribution,
    Estimate,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Trigen,
    Uniform,
)
from quarterdeck.engine.simulation.model import (
    Alternative,
    Branch,
    Conditions,
    Correlation,
    CostOf,
    Occurrence,
    Response,
    Risk,
    Uncertainty,
)
from quarterdeck.engine.simulation.result import (
    Bar,
    Contingency,
    DueOutcome,
    Interval,
    Outcome,
    RiskOutcome,
    SimulationResult,
    TaskOutcome,
    TaskOutcomes,
)
from quarterdeck.engine.simulation.simulating import simulate

__all__ = [
    "Alternative",
    "Bar",
    "Branch",
    "Conditions",
    "Contingency",
    "Correlation",
    "CostOf",
    "Discrete",
    "Distribution",
    "DueOutcome",
    "Estimate",
    "Interval",
    "Lognormal",
    "Normal",
    "Occurrence",
    "Outcome",
    "Pert",
    "Repair",
    "Response",
    "Risk",
    "RiskOutcome",
    "SimulationResult",
    "TaskOutcome",
    "TaskOutcomes",
    "Triangular",
    "Trigen",
    "Uncertainty",
    "Uniform",
    "simulate",
]

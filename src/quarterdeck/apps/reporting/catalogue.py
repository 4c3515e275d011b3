"""The rules of health as shipped. A `HealthRule` of the same figure takes the place of one, or sets it aside."""

from __future__ import annotations

from dataclasses import dataclass

from quarterdeck.apps.reporting.choices import Dimension, Direction, Input, Tolerance


@dataclass(frozen=True)
class RuleEntry:
    """One rule: green up to the amber limit, amber up to the red limit, red beyond; see `models.HealthRule`."""

    dimension: str
    input: str
    direction: str
    amber: float
    red: float
    tolerance: str = ""


RULES: tuple[RuleEntry, ...] = (
    RuleEntry(Dimension.TIME, Input.DAYS_LATE, Direction.AT_MOST, 5, 15, Tolerance.TIME),
    RuleEntry(Dimension.TIME, Input.DAYS_OVERDUE, Direction.AT_MOST, 0, 10, Tolerance.TIME),
    RuleEntry(Dimension.TIME, Input.LEAST_FLOAT, Direction.AT_LEAST, 0, -10),
    RuleEntry(Dimension.TIME, Input.SPI_T, Direction.AT_LEAST, 0.95, 0.85),
    RuleEntry(Dimension.COST, Input.OVER_BUDGET, Direction.AT_MOST, 3, 10, Tolerance.COST),
    RuleEntry(Dimension.COST, Input.CPI, Direction.AT_LEAST, 0.95, 0.85),
    RuleEntry(Dimension.COST, Input.BOUND, Direction.AT_MOST, 100, 105),
    RuleEntry(Dimension.DATA, Input.ACCURACY, Direction.AT_LEAST, 90, 75),
    # A node: any red below makes it amber, red beyond a fifth; a quarter off green makes it amber. Who wants the worst
    # of all parts sets the red limit of red projects to 0.
    RuleEntry(Dimension.PARTS, Input.RED_SHARE, Direction.AT_MOST, 0, 20),
    RuleEntry(Dimension.PARTS, Input.OFF_SHARE, Direction.AT_MOST, 25, 100),
)

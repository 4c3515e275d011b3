"""Capacity: what people can do against what is asked of them, by skill, unit and period, and how to close the gap.

Amounts are of one unit throughout (full-time equivalents, hours, days) a period; periods are numbered from 0. Work in
the pipeline counts by its probability. The proposal is the cheapest mix of deferring, training, contracting and hiring,
found as a mixed-integer program by HiGHS (Huangfu & Hall, 2018).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.checking import finite, unique, within
from quarterdeck.engine.errors import EngineError

Row = NDArray[np.float64]
Pool = tuple[Hashable, Hashable]
"""A skill in a unit."""

EXACT = 6
LARGEST = 200_000
"""Unknowns of a proposal at most; beyond it, ask for fewer periods, skills or units at a time."""


@dataclass(frozen=True, slots=True)
class Supply:
    """What one unit can do in one skill, a number a period (absence and other duties already taken off)."""

    skill: Hashable
    unit: Hashable
    amounts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """What one piece of work asks of one skill in one unit, from period `start` on, with the chance that it comes."""

    id: Hashable
    initiative: Hashable
    skill: Hashable
    unit: Hashable
    start: int
    amounts: tuple[float, ...]
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Balance:
    """One skill in one unit, a number a period: supply, certain demand, pipeline by its chance, and what is left."""

    skill: Hashable
    unit: Hashable
    supply: tuple[float, ...]
    committed: tuple[float, ...]
    pipeline: tuple[float, ...]

    @property
    def left(self) -> tuple[float, ...]:
        """Supply less demand, pipeline by its chance; negative where there is too little."""
        rows = zip(self.supply, self.committed, self.pipeline, strict=True)
        return tuple(round(have - sure - likely, EXACT) for have, sure, likely in rows)

    @property
    def short_from(self) -> int | None:
        """The first period with too little; None when there is enough throughout."""
        return next((period for period, left in enumerate(self.left) if left < 0), None)

    @property
    def utilisation(self) -> tuple[float | None, ...]:
        """Demand / supply a period; None where nothing is supplied."""
        rows = zip(self.supply, self.committed, self.pipeline, strict=True)
        return tuple((sure + likely) / have if have else None for have, sure, likely in rows)


@dataclass(frozen=True, slots=True)
class Hire:
    """A person taken on for a skill in a unit: from period `lead` on at the earliest, for good."""

    skill: Hashable
    unit: Hashable
    amount: float  # what one person adds a period
    cost: float  # of one person a period
    lead: int = 0
    most: int = 10
    fixed: float = 0.0  # once a person, for finding and settling in


@dataclass(frozen=True, slots=True)
class Contract:
    """Capacity bought by the period, from period `lead` on at the earliest."""

    skill: Hashable
    unit: Hashable
    cost: float  # of one unit of capacity a period
    lead: int = 0
    most: float = 1e6  # a period


@dataclass(frozen=True, slots=True)
class Train:
    """A person of one skill made fit for another in the same unit, who then serves the second instead of the first."""

    source: Hashable
    target: Hashable
    unit: Hashable
    amount: float  # what one person gives a period
    cost: float  # once a person
    periods: int = 1  # away from both meanwhile
    most: int = 5


@dataclass(frozen=True, slots=True)
class Defer:
    """All demand of an initiative moved back together, by at most so many periods, each at this cost."""

    initiative: Hashable
    most: int
    cost: float


Means = Hire | Contract | Train | Defer


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do: what, from which period on, how much, and what it costs over the horizon.

    A deferral stands at the period in which the initiative was to begin; its amount is the periods by which it moves.
    """

    means: Means
    period: int
    amount: float
    cost: float


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What no means closes."""

    skill: Hashable
    unit: Hashable
    period: int
    amount: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """The actions in order of period, their cost, what stays short, and whether a cheaper mix is ruled out.

    `gap` is the proven distance from the cheapest, as a share: 0 when optimal.
    """

    actions: tuple[Action, ...]
    cost: float
    shortfalls: tuple[Shortfall, ...]
    optimal: bool
    gap: float


def balance(supplies: Sequence[Supply], demands: Sequence[Demand], *, periods: int) -> tuple[Balance, ...]:
    """Demand against supply for every skill in every unit that has either, ordered by skill and unit.

    Demand beyond the horizon is left out. Raises EngineError for a probability beyond 0 to 1, negative amounts, a start
    before period 0, ids twice.

    >>> demands = [Demand(1, "A", "test", "IT", 0, (1, 2)), Demand(2, "B", "test", "IT", 1, (2, 2), 0.5)]
    >>> rows = balance([Supply("test", "IT", (2, 2, 2))], demands, periods=3)
    >>> rows[0].left, rows[0].short_from
    ((1.0, -1.0, 1.0), 1)
    """
    count = int(within("the number of periods", periods, low=1, high=10_000))
    pools: dict[Pool, Row] = {}
    unique("supplies", ((supply.skill, supply.unit) for supply in supplies))
    unique("demands", (demand.id for demand in demands))
    for supply in supplies:
        row = _amounts(f"supply of {supply.skill!r} in {supply.unit!r}", supply.amounts)
        pools[supply.skill, supply.unit] = np.zeros((3, count))
        pools[supply.skill, supply.unit][0, : len(row)] = row[:count]
    for demand in demands:
        table = pools.setdefault((demand.skill, demand.unit), np.zeros((3, count)))
        chance = within(f"the probability of demand {demand.id!r}", demand.probability, low=0, high=1)
        table[1 if chance == 1 else 2] += chance * _placed(demand, 0, count)
    return tuple(
        Balance(skill, unit, *(tuple(row.tolist()) for row in table))
        for (skill, unit), table in sorted(pools.items(), key=lambda pool: (str(pool[0][0]), str(pool[0][1])))
    )


def close_gaps(
    supplies: Sequence[Supply],
    demands: Sequence[Demand],
    means: Sequence[Means],
    *,
    periods: int,
    time_limit: float = 10.0,
) -> Proposal:
    """The cheapest mix of the given means that leaves as little short as can be; first as little short, then as cheap.

    Hiring and training go by whole persons; an initiative is deferred whole. The program is solved twice: for the least
    shortfall, then for the least cost that keeps it. Raises EngineError as `balance` does, and for means with negative
    figures, a deferral of an unknown initiative, or a time limit too short to find any mix.

    >>> supplies = [Supply("test", "IT", (1, 1, 1, 1))]
    >>> demands = [Demand(1, "A", "test", "IT", 0, (1, 1)), Demand(2, "B", "test", "IT", 1, (1, 1))]
    >>> plan = close_gaps(supplies, demands, [Defer("B", 2, cost=3), Contract("test", "IT", cost=5)], periods=4)
    >>> [(action.means.initiative, action.period, action.amount) for action in plan.actions], plan.cost, plan.optimal
    ([('B', 1, 1.0)], 3.0, True)
    """
    before = balance(supplies, demands, periods=periods)
    program = _Program(before, demands, means, periods)
    values, optimal, gap = program.solve(within("the time limit", time_limit, low=0, open_low=True))
    actions, shortfalls = program.read(values)
    cost = round(sum(action.cost for action in actions), EXACT)
    return Proposal(actions, cost, shortfalls, optimal, gap)


class _Program:
    """The mixed-integer program. A row for each pool and period: supply + means - demand + shortfall >= 0."""

    def __init__(
        self,
        balances: Sequence[Balance],
        demands: Sequence[Demand],
        means: Sequence[Means],
        periods: int,
    ) -> None:
        self.periods = periods
        self.rows = {(each.skill, each.unit): number * periods for number, each in enumerate(balances)}
        self.left = np.concatenate([np.asarray(each.left) for each in balances]) if balances else np.zeros(0)
        self.columns: list[tuple[Any, int, float]] = []  # means or pool, period, cost of one
        self.upper: list[float] = []
        self.whole: list[bool] = []
        self.entries: list[tuple[int, int, float]] = []
        self.once: list[list[int]] = []  # columns of which at most one is taken
        for each in means:
            match each:
                case Hire():
                    self._hire(each)
                case Contract():
                    self._contract(each)
                case Train():
                    self._train(each)
                case Defer():
                    self._defer(each, demands)
        self.first_short = len(self.columns)
        for pool, first in self.rows.items():
            for period in range(periods):
                column = self._column(pool, period, 0.0, np.inf, whole=False)
                self.entries.append((first + period, column, 1.0))
        if len(self.columns) > LARGEST:
            raise EngineError(
                f"the proposal has {len(self.columns)} unknowns",
                remedy="Ask for fewer periods, skills or units at a time.",
            )

    def _column(self, owner: Any, period: int, cost: float, most: float, *, whole: bool) -> int:
        self.columns.append((owner, period, cost))
        self.upper.append(most)
        self.whole.append(whole)
        return len(self.columns) - 1

    def _gives(self, skill: Hashable, unit: Hashable, column: int, span: range, amount: float) -> None:
        first = self.rows.get((skill, unit))
        if first is not None:
            self.entries += [(first + period, column, amount) for period in span]

    def _hire(self, means: Hire) -> None:
        amount, cost, fixed = _costs(means, means.amount, means.cost, means.fixed)
        for period in range(means.lead, self.periods):
            total = fixed + cost * (self.periods - period)
            column = self._column(means, period, total, means.most, whole=True)
            self._gives(means.skill, means.unit, column, range(period, self.periods), amount)

    def _contract(self, means: Contract) -> None:
        (cost,) = _costs(means, means.cost)
        for period in range(means.lead, self.periods):
            column = self._column(means, period, cost, means.most, whole=False)
            self._gives(means.skill, means.unit, column, range(period, period + 1), 1.0)

    def _train(self, means: Train) -> None:
        amount, cost = _costs(means, means.amount, means.cost)
        for period in range(self.periods - means.periods):
            column = self._column(means, period, cost, means.most, whole=True)
            self._gives(means.source, means.unit, column, range(period, self.periods), -amount)
            self._gives(means.target, means.unit, column, range(period + means.periods, self.periods), amount)

    def _defer(self, means: Defer, demands: Sequence[Demand]) -> None:
        (cost,) = _costs(means, means.cost)
        moved = [demand for demand in demands if demand.initiative == means.initiative]
        if not moved:
            raise EngineError(
                f"initiative {means.initiative!r} asks for nothing that could be deferred",
                culprits=(means.initiative,),
                remedy="Leave the deferral out or add the demand.",
            )
        begin = min(demand.start for demand in moved)
        columns = []
        for shift in range(1, means.most + 1):
            column = self._column((means, begin), shift, cost * shift, 1.0, whole=True)
            columns.append(column)
            for demand in moved:
                first = self.rows[demand.skill, demand.unit]
                freed = _placed(demand, 0, self.periods) - _placed(demand, shift, self.periods)
                self.entries += [
                    (first + int(period), column, demand.probability * float(freed[period]))
                    for period in np.flatnonzero(freed)
                ]
        self.once.append(columns)

    def solve(self, time_limit: float) -> tuple[Row, bool, float]:
        """The amounts of the columns, whether they are proven cheapest, and the gap."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array

        if not self.columns:
            return np.zeros(0), True, 0.0
        height, width = len(self.left), len(self.columns)
        entries = self.entries + [
            (height + number, column, -1.0) for number, columns in enumerate(self.once) for column in columns
        ]
        rows, columns, values = zip(*entries, strict=True)
        matrix = coo_array((values, (rows, columns)), shape=(height + len(self.once), width)).tocsr()
        floor = np.concatenate([-self.left, np.full(len(self.once), -1.0)])
        limits = [LinearConstraint(matrix, floor, np.inf)]
        short = np.zeros(width)
        short[self.first_short :] = 1.0
        proven, gap, taken = True, 0.0, np.zeros(width)
        for aim in (short, np.array([cost for _, _, cost in self.columns])):
            done = milp(
                aim,
                constraints=limits,
                integrality=np.array(self.whole, dtype=int),
                bounds=Bounds(0, np.array(self.upper)),
                options={"time_limit": time_limit / 2, "mip_rel_gap": 1e-9},
            )
            if done.x is None:
                raise EngineError("no mix was found in time", remedy="Give more time, or fewer periods or means.")
            taken, gap = np.asarray(done.x), float(done.mip_gap or 0.0)
            proven = proven and done.status == 0
            limits.append(LinearConstraint(short[None, :], -np.inf, float(short @ taken) + 1e-7))
        return taken, proven, gap

    def read(self, values: Row) -> tuple[tuple[Action, ...], tuple[Shortfall, ...]]:
        """The columns that are taken, as actions and shortfalls."""
        actions, shortfalls = [], []
        for (owner, period, cost), value, whole in zip(self.columns, values, self.whole, strict=True):
            amount = float(round(value) if whole else round(value, EXACT))
            if amount <= 0:
                continue
            if isinstance(owner, tuple) and isinstance(owner[0], Defer):
                actions.append(Action(owner[0], owner[1], float(period), cost))
            elif isinstance(owner, tuple):
                shortfalls.append(Shortfall(owner[0], owner[1], period, amount))
            else:
                actions.append(Action(owner, period, amount, round(cost * amount, EXACT)))
        return tuple(sorted(actions, key=lambda action: action.period)), tuple(shortfalls)


def _amounts(name: str, amounts: Sequence[float]) -> Row:
    row = finite(name, amounts)
    if (row < 0).any():
        period = int(np.flatnonzero(row < 0)[0])
        raise EngineError(f"the {name} in period {period} is {row[period]:g}", remedy="Give an amount of at least 0.")
    return row


def _placed(demand: Demand, shift: int, periods: int) -> Row:
    """The demand a period when it begins `shift` periods later; what falls behind the horizon is not seen."""
    row = _amounts(f"demand {demand.id!r}", demand.amounts)
    if demand.start < 0:
        raise EngineError(
            f"demand {demand.id!r} starts in period {demand.start}",
            culprits=(demand.id,),
            remedy="Start at 0 or later.",
        )
    placed = np.zeros(periods)
    first = demand.start + shift
    if first < periods:
        placed[first : first + len(row)] = row[: periods - first]
    return placed


def _costs(means: object, *values: float) -> list[float]:
    name = type(means).__name__.lower()
    return [within(f"a figure of the means {name!r}", value, low=0) for value in values]

"""What there is to choose from, what limits the choice, and what comes of it: plain facts and answers."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

Starts = Mapping[Hashable, int]
"""The period in which each chosen candidate starts."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that could be done, starting in one of the periods `earliest` to `latest`.

    `costs` by kind and `demands` by skill hold an amount for each period counted from the start; what falls behind the
    horizon is not limited. Each period of delay after `earliest` takes `delay_loss` off the value.
    """

    id: Hashable
    value: float
    costs: Mapping[Hashable, tuple[float, ...]] = field(default_factory=dict)
    demands: Mapping[Hashable, tuple[float, ...]] = field(default_factory=dict)
    earliest: int = 0
    latest: int | None = None  # None: the last period of the horizon
    delay_loss: float = 0.0
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """Money of one kind for the periods `first` to `last`, both included."""

    kind: Hashable
    amount: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """What can be asked of one skill, a number a period."""

    skill: Hashable
    amounts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Requires:
    """`id` can only be done with `needs`, starting `lag` periods after it or later."""

    id: Hashable
    needs: Hashable
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Of these candidates at least `least` and at most `most` are done; `most=1` makes them exclude each other."""

    id: Hashable
    members: tuple[Hashable, ...]
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A whole choice over the periods 0 to `periods` - 1."""

    candidates: tuple[Candidate, ...]
    periods: int
    budgets: tuple[Budget, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    requires: tuple[Requires, ...] = ()
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """How much of a limit the choice uses: a budget's window, or one period of a skill."""

    limit: Budget | Capacity
    period: int  # the first of the window
    used: float
    amount: float

    @property
    def left(self) -> float:
        """What is left of it."""
        return self.amount - self.used


@dataclass(frozen=True, slots=True)
class Selection:
    """What to do and when it starts, its value, the proven upper bound, and what it uses.

    `gap` = (bound - value) / bound: no choice is better by more than this share. `optimal` when it is the best there is
    (to a millionth).
    """

    starts: Starts
    value: float
    bound: float
    gap: float
    optimal: bool
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """The best choice when the budgets are this share of those given."""

    share: float
    budget: float
    selection: Selection


@dataclass(frozen=True, slots=True)
class Regret:
    """A choice made by hand beside the best one: what it gives away, and the best few swaps that mend it.

    `given_away` = best value - value by hand; `swap_out`, `swap_in` and `swapped` are the best choice that few swaps
    reach.
    """

    by_hand: Selection
    best: Selection
    given_away: float
    swap_out: tuple[Hashable, ...]
    swap_in: tuple[Hashable, ...]
    swapped: Selection


@dataclass(frozen=True, slots=True)
class MarginalValue:
    """What one more unit of a limit is worth, by the linear relaxation of the choice: good for small steps."""

    limit: Budget | Capacity
    period: int
    value: float

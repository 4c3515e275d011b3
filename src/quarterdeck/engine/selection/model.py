"""The choice as a mixed-integer program: a column for each candidate and start, a row for each limit."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quarterdeck.engine.checking import finite, unique, within
from quarterdeck.engine.errors import EngineError
from quarterdeck.engine.selection.problem import Budget, Candidate, Capacity, Problem

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Row = NDArray[np.float64]
Entry = tuple[int, float]
LARGEST = 500_000
"""Choices of candidate and start at most."""


class Model:
    """Columns (candidate, start), rows with a lower and an upper bound, and the value of each column."""

    def __init__(self, problem: Problem) -> None:
        _checked(problem)
        self.problem = problem
        self.index = {candidate.id: number for number, candidate in enumerate(problem.candidates)}
        spans = [_starts(candidate, problem.periods) for candidate in problem.candidates]
        self.candidate = np.repeat(np.arange(len(spans)), [len(span) for span in spans])
        self.start = np.array([start for span in spans for start in span], dtype=np.int64)
        if len(self.start) > LARGEST:
            raise EngineError(
                f"there are {len(self.start)} choices of candidate and start",
                remedy="Narrow the starts or the candidates.",
            )
        self.first = np.concatenate([[0], np.cumsum([len(span) for span in spans])]).astype(np.int64)
        self.value = np.array(
            [
                candidate.value - candidate.delay_loss * (start - candidate.earliest)
                for candidate, span in zip(problem.candidates, spans, strict=True)
                for start in span
            ]
        )
        self.limits: list[tuple[Budget | Capacity, int]] = []  # of the rows after the candidates' own, in order
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._values: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self._fill()

    def columns_of(self, candidate: Hashable) -> range:
        """The columns of one candidate, its starts in order."""
        number = self.index[candidate]
        return range(int(self.first[number]), int(self.first[number + 1]))

    def matrix(self) -> "csr_array":
        """The rows over the columns."""
        from scipy.sparse import coo_array

        shape = (len(self.low), len(self.start))
        return coo_array((self._values, (self._rows, self._columns)), shape=shape).tocsr()

    @property
    def limit_rows(self) -> range:
        """The rows of budgets and capacities, as in `limits`."""
        return range(len(self.problem.candidates), len(self.problem.candidates) + len(self.limits))

    def _row(self, entries: Iterable[Entry], low: float, high: float) -> None:
        number = len(self.low)
        for column, amount in entries:
            if amount:
                self._rows.append(number)
                self._columns.append(column)
                self._values.append(amount)
        self.low.append(low)
        self.high.append(high)

    def _fill(self) -> None:
        problem = self.problem
        for candidate in problem.candidates:
            self._row(((column, 1.0) for column in self.columns_of(candidate.id)), float(candidate.mandatory), 1.0)
        for budget in problem.budgets:
            self.limits.append((budget, budget.first))
            self._row(self._asked("costs", budget.kind, budget.first, budget.last), -np.inf, float(budget.amount))
        for capacity in problem.capacities:
            for period, amount in enumerate(capacity.amounts[: problem.periods]):
                self.limits.append((capacity, period))
                self._row(self._asked("demands", capacity.skill, period, period), -np.inf, float(amount))
        for link in problem.requires:
            for column in self.columns_of(link.id):
                begun = self.start[column]
                later = [(each, 1.0) for each in self.columns_of(link.id) if self.start[each] <= begun]
                before = [(each, -1.0) for each in self.columns_of(link.needs) if self.start[each] + link.lag <= begun]
                self._row([*later, *before], -np.inf, 0.0)
        for group in problem.groups:
            most = np.inf if group.most is None else float(group.most)
            members = ((column, 1.0) for member in group.members for column in self.columns_of(member))
            self._row(members, float(group.least), most)

    def _asked(self, what: str, name: Hashable, first: int, last: int) -> Iterator[Entry]:
        """What each column asks of a kind of money or a skill in a window of periods."""
        for candidate in self.problem.candidates:
            amounts: tuple[float, ...] = getattr(candidate, what).get(name, ())
            if not amounts:
                continue
            sums = np.concatenate([[0.0], np.cumsum(amounts)])
            for column in self.columns_of(candidate.id):
                begun = int(self.start[column])
                low = min(max(first - begun, 0), len(amounts))
                high = min(max(last + 1 - begun, 0), len(amounts))
                yield column, float(sums[high] - sums[low])


def _starts(candidate: Candidate, periods: int) -> range:
    latest = periods - 1 if candidate.latest is None else candidate.latest
    if not 0 <= candidate.earliest <= latest < periods:
        raise EngineError(
            f"candidate {candidate.id!r} may start in periods {candidate.earliest} to {latest}",
            culprits=(candidate.id,),
            remedy=f"Give periods in order, from 0 to {periods - 1}.",
        )
    return range(candidate.earliest, latest + 1)


def _checked(problem: Problem) -> None:
    within("the number of periods", problem.periods, low=1, high=10_000)
    known = set(unique("candidates", (candidate.id for candidate in problem.candidates)))
    if not known:
        raise EngineError("there are no candidates", remedy="Give at least one.")
    for candidate in problem.candidates:
        finite(f"figures of candidate {candidate.id!r}", [candidate.value, candidate.delay_loss])
        for amounts in (*candidate.costs.values(), *candidate.demands.values()):
            _not_negative(f"amounts of candidate {candidate.id!r}", amounts, candidate.id)
    for budget in problem.budgets:
        _not_negative(f"budget of {budget.kind!r}", [budget.amount], budget.kind)
        if not 0 <= budget.first <= budget.last:
            raise EngineError(
                f"the budget of {budget.kind!r} runs from period {budget.first} to {budget.last}",
                culprits=(budget.kind,),
                remedy="Give the first period before the last.",
            )
    unique("capacities", (capacity.skill for capacity in problem.capacities))
    for capacity in problem.capacities:
        _not_negative(f"capacity of {capacity.skill!r}", capacity.amounts, capacity.skill)
    _named(known, problem)


def _named(known: set[Any], problem: Problem) -> None:
    for name, ids in (
        *((f"requirement of {link.id!r}", (link.id, link.needs)) for link in problem.requires),
        *((f"group {group.id!r}", group.members) for group in problem.groups),
    ):
        for each in ids:
            if each not in known:
                raise EngineError(
                    f"the {name} names {each!r}, which is no candidate",
                    culprits=(each,),
                    remedy="Add it or leave it out.",
                )
    for link in problem.requires:
        if link.id == link.needs:
            raise EngineError(f"candidate {link.id!r} requires itself", culprits=(link.id,), remedy="Remove that.")
    for group in problem.groups:
        unique(f"members of group {group.id!r}", group.members)
        most = len(group.members) if group.most is None else group.most
        if not 0 <= group.least <= most or group.least > len(group.members):
            raise EngineError(
                f"group {group.id!r} of {len(group.members)} wants at least {group.least} and at most {most}",
                culprits=(group.id,),
                remedy="Give bounds that can be met.",
            )


def _not_negative(name: str, amounts: Sequence[float], culprit: Hashable) -> None:
    row = finite(name, amounts)
    if (row < 0).any():
        raise EngineError(f"one of the {name} is {row.min():g}", culprits=(culprit,), remedy="Give at least 0.")

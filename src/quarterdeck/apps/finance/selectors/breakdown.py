"""The money of projects told apart: by category, by work package, by period."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from quarterdeck.apps.finance.models import BudgetLine, CostCategory
from quarterdeck.apps.finance.selectors import ledger
from quarterdeck.apps.finance.selectors.earned_value import EarnedValue, Measured
from quarterdeck.apps.finance.selectors.works import BESIDE
from quarterdeck.engine.evm import roll_up


@dataclass
class Row:
    """One line of a breakdown. `planned` is what was due by the day; None: nothing tells it."""

    key: int
    name: str
    code: str = ""
    budget: float | None = None
    planned: float | None = None
    earned: float | None = None
    actual: float = 0.0
    committed: float = 0.0
    forecast: float | None = None
    depth: int = 0

    @property
    def variance(self) -> float | None:
        """What was spent over what was due; below zero: less."""
        return None if self.planned is None else self.actual - self.planned


@dataclass(frozen=True)
class Share:
    """What of one project enters a breakdown: where it stands, what it will cost, and the rate of its currency."""

    initiative: int
    value: EarnedValue | None = None
    forecast: float | None = None
    rate: float = 1.0


@dataclass
class _Category:
    budget: float = 0.0
    planned: float = 0.0
    actual: float = 0.0
    committed: float = 0.0


def by_category(shares: Sequence[Share], *, on: dt.date, known_at: dt.datetime | None = None) -> list[Row]:
    """Return the money of projects by top category, in order of code; five queries."""
    return added(each_by_category(shares, on=on, known_at=known_at).values())


def added(parts: Iterable[Iterable[Row]]) -> list[Row]:
    """Return rows by category added up, in order of code, with the names of the categories; one query."""
    found: dict[int, Row] = {}
    for row in (row for part in parts for row in part):
        there = found.setdefault(row.key, Row(key=row.key, name="", forecast=0.0))
        there.actual += row.actual
        there.committed += row.committed
        there.forecast = (there.forecast or 0.0) + (row.forecast or 0.0)
        if row.budget is not None:
            there.budget = (there.budget or 0.0) + row.budget
            there.planned = (there.planned or 0.0) + (row.planned or 0.0)
    names = {pk: (code, name) for pk, _parent, code, name in _categories()}
    for row in found.values():
        # What was kept on a past day may name a category that was removed since.
        row.code, row.name = names.get(row.key, ("", _("Removed category")))
    return sorted(found.values(), key=lambda row: row.code)


def each_by_category(
    shares: Sequence[Share], *, on: dt.date, known_at: dt.datetime | None = None
) -> dict[int, list[Row]]:
    """Return the money of each project by top category, without names; four queries for all of them.

    What was due of a budget line follows its work package; one with a period is due through it; the others share what
    else was due of their project. What is still to be spent is laid on categories by what is left of their budgets.
    """
    by_key = {each.initiative: each for each in shares}
    tops = _tops()
    found: dict[tuple[int, int], _Category] = defaultdict(_Category)
    _plan(found, by_key, tops, on, known_at)
    spent = ledger.posted(by_key, on=on, known_at=known_at).order_by().values_list("initiative", "category")
    for initiative, category, total in spent.annotate(total=Sum("amount")):
        found[initiative, tops[category]].actual += float(total) * by_key[initiative].rate
    for initiative, category, left in ledger.open_amounts(by_key, on=on, known_at=known_at):
        found[initiative, tops[category]].committed += float(left) * by_key[initiative].rate
    by_project: dict[int, dict[int, _Category]] = defaultdict(dict)
    for (initiative, top), each in found.items():
        by_project[initiative][top] = each
    return {initiative: _rows(by_key[initiative], parts) for initiative, parts in by_project.items()}


def _plan(
    found: dict[tuple[int, int], _Category],
    by_key: Mapping[int, Share],
    tops: Mapping[int, int],
    on: dt.date,
    known_at: dt.datetime | None,
) -> None:
    """Lay budget lines on categories, and what of them was due."""
    lines = BudgetLine.objects.filter(initiative__in=list(by_key))
    if known_at is not None:
        lines = lines.filter(created_at__lte=known_at)
    told = lines.values_list("initiative", "category", "task", "period__starts_on", "period__ends_on", "amount")
    loose: dict[int, list[tuple[int, float]]] = defaultdict(list)
    due: dict[int, float] = defaultdict(float)
    for initiative, category, task, first, last, amount in told:
        share, top = by_key[initiative], tops[category]
        there = float(amount) * share.rate
        found[initiative, top].budget += there
        reached = _due(share.value, task, first, last, on)
        if reached is None:
            loose[initiative].append((top, there))
        else:
            found[initiative, top].planned += there * reached
            due[initiative] += there * reached
    for initiative, parts in loose.items():
        value, rate = by_key[initiative].value, by_key[initiative].rate
        rest = max(value.status.total.pv * rate - due[initiative], 0.0) if value is not None else 0.0
        whole = sum(part for _top, part in parts)
        for top, part in parts:
            found[initiative, top].planned += rest * part / whole if whole else 0.0


def _rows(share: Share, parts: Mapping[int, _Category]) -> list[Row]:
    """Return the categories of one project with what is still to be spent of each."""
    left = {top: max(each.budget - each.actual, 0.0) for top, each in parts.items()}
    if not any(left.values()):
        left = {top: each.budget or each.actual for top, each in parts.items()}
    whole = sum(left.values())
    rest = 0.0 if share.forecast is None else share.forecast * share.rate - sum(each.actual for each in parts.values())
    return [
        Row(
            key=top,
            name="",
            budget=each.budget or None,
            planned=each.planned if each.budget else None,
            actual=each.actual,
            committed=each.committed,
            forecast=each.actual + (rest * left[top] / whole if whole else 0.0),
        )
        for top, each in parts.items()
    ]


def _tops() -> dict[int, int]:
    """Return the top category of each, by key."""
    above = {pk: parent for pk, parent, _code, _name in _categories()}
    tops = {}
    for key in above:
        at, seen = key, set[int]()
        while above[at] is not None and at not in seen:
            seen.add(at)
            at = above[at] or at
        tops[key] = at
    return tops


def _categories() -> list[tuple[int, int | None, str, str]]:
    return list(CostCategory.objects.order_by("code").values_list("pk", "parent", "code", "name"))


def _due(
    value: EarnedValue | None, task: int | None, first: dt.date | None, last: dt.date | None, on: dt.date
) -> float | None:
    """Return the share of a budget line that was due by a day; None of one that neither period nor task tells."""
    if first is not None and last is not None:
        return min(max(((on - first).days + 1) / ((last - first).days + 1), 0.0), 1.0)
    there = value.status.works.get(task) if value is not None and task is not None else None
    return there.planned if there is not None else None


def by_package(measured: Measured, value: EarnedValue, forecast: float | None) -> list[Row]:
    """Return the money of a project by the outline of its plan: the first level with more than one line, in order."""
    lines = measured.reading.lines
    works = value.status.works
    parents = {key: line.parent if line.parent in lines else None for key, line in lines.items()}
    rolled = roll_up(parents, {key: each for key, each in works.items() if key in parents})
    shown = [key for key, above in parents.items() if above is None and rolled[key].bac]
    while len(shown) == 1 and (below := [key for key, above in parents.items() if above == shown[0]]):
        shown = [key for key in below if rolled[key].bac or rolled[key].ac]
    left = sum(rolled[key].bac - rolled[key].ev for key in shown)
    spent = sum(rolled[key].ac for key in shown)
    beside = works[BESIDE].ac if BESIDE in works else 0.0
    rest = None if forecast is None else max(forecast - spent - beside, 0.0)
    rows = [
        Row(
            key=key,
            name=lines[key].name,
            budget=rolled[key].bac,
            planned=rolled[key].pv,
            earned=rolled[key].ev,
            actual=rolled[key].ac,
            forecast=None
            if rest is None
            else rolled[key].ac + (rest * (rolled[key].bac - rolled[key].ev) / left if left else 0.0),
        )
        for key in shown
    ]
    if beside:
        rows.append(Row(key=BESIDE, name="", actual=beside, forecast=beside))
    return rows

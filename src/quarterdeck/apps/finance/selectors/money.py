"""Budget, actual, commitments and forecast of projects, and of all below a programme or portfolio."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from django.db.models import Sum

from quarterdeck.apps.finance.choices import USUAL, Forecast
from quarterdeck.apps.finance.models import BudgetLine, EacChoice
from quarterdeck.apps.finance.selectors import ledger
from quarterdeck.apps.finance.selectors.earned_value import EarnedValue, earned_values
from quarterdeck.apps.finance.selectors.rates import Rates
from quarterdeck.apps.organisation.selectors import base_currency
from quarterdeck.apps.portfolio.choices import Kind, State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.engine.evm import CostForecast, Measures
from quarterdeck.kernel.access.actor import LEVEL
from quarterdeck.kernel.access.policy import scopes_below

PLACES: Final = Decimal("0.0001")
SUMMED: Final = ("budget", "actual", "committed", "forecast", "due", "over_plan", "over_budget", "left")
OVER: Final = frozenset({State.COMPLETED, State.CANCELLED})


@dataclass(frozen=True)
class Money:
    """The money of an initiative on a day, all in `currency` (a code, "" where none is stated).

    `actual` is the ledger up to that day, `committed` what is ordered and not invoiced. `forecast` is the cost at
    completion by the forecast `by`; `by` None: nothing is earned yet, so it is the budget, or what is spent and
    promised where that is more; of what is over, it is the actual. `measures` are those of the last report. `due` is
    what was planned to be spent: the planned value, of a completed project without one its budget; `over_plan` is how
    much more was spent by the projects of which that is known. `over_budget` is the forecast less the budget, `left`
    what of the budget is neither spent nor promised (below zero: too much is), both of the projects that have a budget:
    what others spend is compared with nobody's. `missing` names currencies without a rate, whose amounts are left out.
    """

    budget: Decimal | None
    actual: Decimal
    committed: Decimal
    forecast: Decimal | None
    currency: str
    measures: Measures | None = None
    by: Forecast | None = None
    value: EarnedValue | None = None
    due: Decimal | None = None
    over_plan: Decimal | None = None
    over_budget: Decimal | None = None
    left: Decimal | None = None
    missing: tuple[str, ...] = ()

    @property
    def unbudgeted(self) -> Decimal:
        """What of the forecast is of projects without a budget; of a node with none that has one, all of it."""
        return (self.forecast or Decimal(0)) - (self.budget or Decimal(0)) - (self.over_budget or Decimal(0))


def money_of(
    initiatives: Collection[Initiative], *, on: dt.date, known_at: dt.datetime | None = None
) -> dict[int, Money]:
    """Return the money of initiatives on a day by key: of a project its own, of a node that of all projects below.

    Amounts of other currencies at the rates of that day. For callers that check rights themselves.
    """
    nodes = [each for each in initiatives if each.kind != Kind.PROJECT]
    below = projects_below(nodes)
    projects = {each.pk: each for each in initiatives if each.kind == Kind.PROJECT}
    projects |= {each.pk: each for found in below.values() for each in found}
    own = money_of_projects(projects.values(), on=on, known_at=known_at)
    rates = Rates(on)
    codes = codes_of_nodes(nodes)
    found = {key: own[key] for key in (each.pk for each in initiatives) if key in own}
    for node in nodes:
        found[node.pk] = summed([counted(each.state, own[each.pk]) for each in below[node.pk]], codes[node.pk], rates)
    return found


def counted(state: str, money: Money) -> Money:
    """Return the money of a project in a state as it counts in sums: of one that was cancelled, what was spent."""
    if state != State.CANCELLED:
        return money
    return replace(money, budget=None, measures=None, due=None, over_plan=None, over_budget=None, left=None)


def projects_below(nodes: Iterable[Initiative]) -> dict[int, list[Initiative]]:
    """Return the projects below each node, in one query."""
    paths = {node.pk: node.scope.path for node in nodes}
    if not paths:
        return {}
    rows = Initiative.objects.filter(kind=Kind.PROJECT, scope__in=scopes_below(tuple(paths.values())).values("pk"))
    found: dict[int, list[Initiative]] = {key: [] for key in paths}
    for each in rows.select_related("scope", "currency").order_by("code"):
        for key, path in paths.items():
            if each.scope.path.startswith(path):
                found[key].append(each)
    return found


def money_of_projects(
    projects: Iterable[Initiative],
    *,
    on: dt.date,
    known_at: dt.datetime | None = None,
    values: Mapping[int, EarnedValue] | None = None,
) -> dict[int, Money]:
    """Return the money of projects on a day, by key; some fifteen queries, however many.

    `values` are their earned values, where they are known already.
    """
    given = list(projects)
    keys = [each.pk for each in given]
    values = earned_values(given, on=on, known_at=known_at) if values is None else values
    spent = ledger.spent(keys, on=on, known_at=known_at)
    promised = ledger.committed(keys, on=on, known_at=known_at)
    lines = _budget_lines([each.pk for each in given if each.budget is None])
    chosen = forecasts_chosen(keys, known_at=known_at)
    found = {}
    for each in given:
        value = values.get(each.pk)
        budget = each.budget if each.budget is not None else lines.get(each.pk)
        if budget is None and value is not None:
            budget = exact(value.status.total.bac)
        actual, committed = spent.get(each.pk, Decimal(0)), promised.get(each.pk, Decimal(0))
        if value is not None and value.actuals_from == "plan":
            actual = exact(value.status.total.ac)
        by = chosen.get(each.pk, USUAL) if value is not None and each.state not in OVER else None
        estimate = exact(value.status.costs[CostForecast[by]]) if value is not None and by is not None else None
        forecast = _forecast(each, estimate, budget, actual, committed)
        due = exact(value.status.total.pv) if value is not None else budget if each.state == State.COMPLETED else None
        found[each.pk] = Money(
            due=due,
            over_plan=None if due is None else actual - due,
            budget=budget,
            actual=actual,
            committed=committed,
            forecast=forecast,
            over_budget=None if budget is None or forecast is None else forecast - budget,
            left=None if budget is None else budget - actual - committed,
            currency=value.currency if value is not None else code_of(each),
            measures=value.status.total if value is not None else None,
            by=by,
            value=value,
        )
    return found


def _forecast(
    record: Initiative, estimate: Decimal | None, budget: Decimal | None, actual: Decimal, committed: Decimal
) -> Decimal | None:
    if record.state in OVER:
        return actual
    if estimate is not None:
        return max(estimate, actual)
    due = actual + committed
    return max(budget, due) if budget is not None else due or None


def _budget_lines(keys: Collection[int]) -> dict[int, Decimal]:
    if not keys:
        return {}
    rows = BudgetLine.objects.filter(initiative__in=keys).order_by().values("initiative")
    return {row["initiative"]: row["total"] for row in rows.annotate(total=Sum("amount"))}


def forecasts_chosen(keys: Collection[int], *, known_at: dt.datetime | None = None) -> dict[int, Forecast]:
    """Return the forecast that is believed of each initiative where someone has chosen, by key."""
    rows = EacChoice.objects.filter(initiative__in=list(keys)).order_by("pk")
    if known_at is not None:
        rows = rows.filter(created_at__lte=known_at)
    return {key: Forecast(name) for key, name in rows.values_list("initiative", "forecast")}


def summed(parts: Iterable[Money], currency: str, rates: Rates) -> Money:
    """Return the sum of the money of parts in one currency: indices follow from the sums, never from averages."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    measures: Measures | None = None
    missing: set[str] = set()
    known: set[str] = set()
    for part in parts:
        rate = rates.rate(part.currency, currency)
        if rate is None:
            missing.add(part.currency)
            continue
        for name in SUMMED:
            amount = getattr(part, name)
            if amount is not None:
                known.add(name)
                sums[name] += amount * rate
        if part.measures is not None:
            there = _times(part.measures, float(rate))
            measures = there if measures is None else measures + there
    total = {name: exact(sums[name]) if name in known else None for name in SUMMED}
    return Money(
        budget=total["budget"],
        actual=exact(sums["actual"]),
        committed=exact(sums["committed"]),
        forecast=total["forecast"],
        due=total["due"],
        over_plan=total["over_plan"],
        over_budget=total["over_budget"],
        left=total["left"],
        currency=currency,
        measures=measures,
        missing=tuple(sorted(missing)),
    )


def _times(measures: Measures, factor: float) -> Measures:
    return replace(
        measures,
        bac=measures.bac * factor,
        pv=measures.pv * factor,
        ev=measures.ev * factor,
        ac=measures.ac * factor,
    )


def exact(amount: float | Decimal) -> Decimal:
    """Return an amount to the ledger's four places."""
    return Decimal(amount).quantize(PLACES)


def code_of(record: Initiative) -> str:
    """Return the code of the currency of an initiative; "" where it has none."""
    return record.currency.code if record.currency is not None else ""


def codes_of_nodes(nodes: Collection[Initiative]) -> dict[int, str]:
    """Return the code of the currency in which each node adds up: its own, the nearest above it, or the organisation's.

    Two queries, however many.
    """
    paths = {node.scope.path[:end] for node in nodes for end in range(LEVEL, len(node.scope.path) + 1, LEVEL)}
    stated = Initiative.objects.filter(scope__path__in=paths, currency__isnull=False)
    by_path = dict(stated.values_list("scope__path", "currency__code"))
    base = base_currency()
    found = {}
    for node in nodes:
        path = node.scope.path
        near = (path[:end] for end in range(len(path), 0, -LEVEL))
        found[node.pk] = next((by_path[each] for each in near if each in by_path), base.code if base else "")
    return found

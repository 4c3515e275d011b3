"""The risk simulation of a plan: run, and told in plain values that a page draws."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from quarterdeck.apps.delivery.selectors.analyses_inputs import (
    Inputs,
    budget_of,
    inputs_of,
    project_calendar,
    target_of,
)
from quarterdeck.apps.delivery.selectors.solving import Solved
from quarterdeck.engine.calendar import timeline
from quarterdeck.engine.cpm import NONE
from quarterdeck.engine.simulation import Outcome, RiskOutcome, SimulationResult, simulate

#: Shares that are marked on the curve and told of each task.
SHARES: Final = (0.1, 0.5, 0.8, 0.9)
#: Bars of the tornado, responses that are tried one by one, risks that are left out one by one.
BARS, ANSWERS, REMOVED = 12, 12, 40
#: Bins of a histogram, about.
BINS: Final = 14
DAY: Final = 1440
#: Widths of the bins of finishes, in days.
WIDTHS: Final = (1, 2, 7, 14, 28, 56, 91, 182, 364, 728, 1456, 3640)
#: 1970-01-05, the first Monday.
MONDAY: Final = 4
Say = Callable[[str], object]


@dataclass
class Run:
    """One run: the plan as read, what was asked, and the engine's answer."""

    now: Solved
    options: Mapping[str, Any]
    inputs: Inputs
    found: SimulationResult
    target: int
    budget: float | None

    def simulate(self, **more: Any) -> SimulationResult:
        """Run again with the same draws and something else."""
        return _simulated(self.now, self.options, self.inputs, removing=False, **more)

    def days(self, minutes: float) -> float:
        """Return minutes of work as days of the plan."""
        return round(minutes / self.now.held.plan.minutes_per_day, 2)

    def past(self, instant: float) -> float:
        """Return how many working days an instant lies past the target; negative before it."""
        line = timeline(project_calendar(self.now.held))
        return self.days(line.between(self.target, round(instant)))


def _simulated(now: Solved, options: Mapping[str, Any], inputs: Inputs, **more: Any) -> SimulationResult:
    assert now.held.columns is not None
    return simulate(
        now.held.columns,
        uncertainties=inputs.uncertainties,
        risks=inputs.risks,
        correlations=inputs.correlations,
        seed=int(options["seed"]),
        iterations=int(options["iterations"]),
        percentiles=SHARES,
        options=now.held.options,
        **more,
    )


def simulation_of(now: Solved, options: Mapping[str, Any], *, say: Callable[[int], object]) -> dict[str, Any]:
    """Simulate a plan and return what came of it as plain values; `say` is told each of five steps.

    The same plan, estimates, risks and options give the same values, but for `seconds`. Raises EngineError.
    """
    began = time.monotonic()
    inputs = inputs_of(now, options)
    kind, target = target_of(now, options.get("target"))
    budget_kind, budget = budget_of(now.held.plan, options.get("budget"))
    say(1)
    found = _simulated(now, options, inputs, removing=0 < len(inputs.risks) <= REMOVED)
    run = Run(now, options, inputs, found, target, budget)
    say(2)
    drivers = _drivers(run)
    say(3)
    responses = _responses(run)
    say(4)
    interval = found.finish.interval(0.8)
    told = {
        "currency": now.held.plan.currency or _house_currency(now),
        "finish": _finish(run) | {"target": target, "target_kind": kind, "chance": found.finish.confidence(target)},
        "cost": None if found.cost is None else _cost(found, found.cost, budget) | {"budget_kind": budget_kind},
        "both": None if found.cost is None or budget is None else found.joint(target, budget),
        "drivers": drivers,
        "responses": responses,
        "tasks": _tasks(run),
        "inputs": {
            "open": inputs.open,
            "estimated": inputs.estimated,
            "spread": inputs.spread,
            "risks": len(inputs.risks),
            "noted": inputs.noted,
            "merge_bias": run.days(found.merge_bias),
            "known_within": round((interval.high - interval.low) / 2 / DAY, 2),
            "notices": list(found.notices),
        },
        "seconds": round(time.monotonic() - began, 2),
    }
    say(5)
    return told


def _house_currency(now: Solved) -> str:
    currency = now.held.plan.initiative.currency
    return "" if currency is None else currency.code


def _finish(run: Run) -> dict[str, Any]:
    """Return the histogram and S-curve of the finish, its marks, and the plan beside them."""
    finish = run.found.finish
    first, last = int(finish.least) // DAY, int(finish.most) // DAY + 1
    width = next((each for each in WIDTHS if (last - first) / each <= BINS + 2), WIDTHS[-1])
    if width >= 7:
        first = (first - MONDAY) // 7 * 7 + MONDAY
    count = max(1, -(-(last - first) // width))
    edges = (first + width * np.arange(count + 1, dtype=np.int64)) * DAY
    counts, _edges = np.histogram(finish.values, bins=edges)
    marks = {f"{share:.0%}"[:-1]: run.found.finish_at(share) for share in SHARES}
    return {
        "edges": edges.tolist(),
        "counts": counts.tolist(),
        "shares": [finish.confidence(float(each)) for each in edges],
        "days": width,
        "marks": marks,
        "past": {share: run.past(at) for share, at in marks.items()},
        "mean": round(finish.mean),
        "planned": run.found.planned_finish,
        "planned_chance": run.found.plan_confidence,
    }


def _cost(found: SimulationResult, cost: Outcome, budget: float | None) -> dict[str, Any]:
    """Return the histogram and S-curve of the cost at completion, its marks, the plan and the budget."""
    edges, counts = cost.histogram(12)
    return {
        "edges": [round(each, 2) for each in edges.tolist()],
        "counts": counts.tolist(),
        "shares": [cost.confidence(each) for each in edges.tolist()],
        "marks": {f"{share:.0%}"[:-1]: round(cost.percentile(share), 2) for share in SHARES},
        "mean": round(cost.mean, 2),
        "planned": found.planned_cost,
        "budget": budget,
        "chance": None if budget is None else cost.confidence(budget),
    }


def _drivers(run: Run) -> list[dict[str, Any]]:
    """Return what moves the finish most: the mean finish when each is low or high, less the mean, in working days.

    Of a duration low is its lowest tenth and high its highest; a risk occurs or does not.
    """
    # A task that lasts longer only where a risk strikes it is that risk's doing.
    unsure = {each.task for each in run.inputs.uncertainties if each.duration is not None}
    bars = [bar for bar in run.found.finish_drivers if bar.kind == "risk" or bar.id in unsure][:BARS]
    tasks = [bar.id for bar in bars if bar.kind == "duration"]
    lasting = run.simulate(keep=tasks).kept_durations if tasks else {}
    work, mean = run.found.work.values, run.found.work.mean
    told: list[dict[str, Any]] = []
    for bar in bars:
        key = bar.id
        assert isinstance(key, int)
        if bar.kind == "risk":
            low, high, share = _struck(run.found.risk(key))
            name = run.inputs.names[key]
        else:
            values = lasting[key]
            low_end, high_end = np.quantile(values, (0.1, 0.9))
            low = float(work[values <= low_end].mean()) - mean
            high = float(work[values >= high_end].mean()) - mean
            share = run.found.tasks[key].criticality
            name = str(run.now.held.rows["name"][run.now.held.row_of[key]])
        told.append(
            {
                "kind": str(bar.kind),
                "id": key,
                "name": name,
                "low": run.days(low),
                "high": run.days(high),
                "share": round(share, 4),
                "correlation": round(bar.correlation, 3),
            }
        )
    return sorted(told, key=lambda each: -abs(float(each["high"]) - float(each["low"])))


def _struck(risk: RiskOutcome) -> tuple[float, float, float]:
    """Return the mean finish without a risk and with it, less the mean, in minutes of work; and how often it occurs.

    The draws are the same with and without it, so that what is saved is all due to the iterations in which it occurs.
    """
    saved, share = risk.work_saved or 0.0, risk.occurred
    return -saved, saved * (1 - share) / share if share else 0.0, share


def _responses(run: Run) -> list[dict[str, Any]]:
    """Return what each response to a risk does to the P80 and the chance, and all together; the best first."""
    keys = [risk.id for risk in run.inputs.risks if risk.response is not None][:ANSWERS]
    before = run.found.work.percentile(0.8)
    costs = {risk.id: 0.0 if risk.response is None else risk.response.cost for risk in run.inputs.risks}
    told: list[dict[str, Any]] = []
    for chosen in [*([key] for key in keys), *([keys] if len(keys) > 1 else [])]:
        after = run.simulate(responded=chosen)
        single = len(chosen) == 1 and isinstance(chosen[0], int)
        told.append(
            {
                "risk": chosen[0] if single else None,
                "name": run.inputs.responses[int(str(chosen[0]))] if single else "",
                "for": run.inputs.names[int(str(chosen[0]))] if single else "",
                "days": run.days(after.work.percentile(0.8) - before),
                "cost": round(sum(costs[key] for key in chosen), 2),
                "chance": after.finish.confidence(run.target),
                "p80": after.finish_at(0.8),
            }
        )
    singles = sorted((each for each in told if each["risk"] is not None), key=lambda each: float(each["days"]))
    return [*singles, *(each for each in told if each["risk"] is None)]


def _tasks(run: Run) -> dict[str, list[Any]]:
    """Return what became of each task that is not finished, in columns, the most critical first."""
    outcomes, held, now = run.found.tasks, run.now.held, run.now
    rows = np.array([held.row_of[int(str(key))] for key in outcomes.ids], np.int64)
    order = np.lexsort((rows, -np.abs(outcomes.cruciality), -outcomes.criticality))
    ended = held.rows["actual_finish"]
    order = order[[ended[row] is None for row in rows[order].tolist()]]
    rows = rows[order]
    finish = outcomes.finish[order]
    place = {share: 1 + outcomes.shares.index(share) for share in SHARES}
    return {
        "id": held.ids[rows].tolist(),
        "row": (rows + 1).tolist(),
        "name": [held.rows["name"][row] for row in rows.tolist()],
        "criticality": np.round(outcomes.criticality[order], 4).tolist(),
        "cruciality": np.round(outcomes.cruciality[order], 3).tolist(),
        "sensitivity": [round(each, 3) if np.isfinite(each) else None for each in outcomes.sensitivity[order].tolist()],
        "duration": [run.days(each) for each in outcomes.duration[order].tolist()],
        "planned": [None if at == NONE else at for at in now.found["finish"][rows].tolist()],
        **{
            f"p{share * 100:.0f}": [None if at == NONE else at for at in finish[:, column].tolist()]
            for share, column in place.items()
        },
    }

"""What is known of projects on a day, gathered for many at once: figures to judge, and facts that tell them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from quarterdeck.apps.finance.selectors.earned_value import EarnedValue
from quarterdeck.apps.finance.selectors.money import Money
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.late import Late, lateness
from quarterdeck.apps.portfolio.selectors.roles import Leads, leads_of
from quarterdeck.apps.reporting.choices import Dimension, Input
from quarterdeck.apps.reporting.selectors.facts import COUNT, DATE, DAYS, INDEX, MONEY, PERCENT, Facts, fact
from quarterdeck.apps.reporting.selectors.schedules import FRESH, Schedule, schedules

PLACES: Final = Decimal("0.0001")


@dataclass
class Gathered:
    """One project: figures by input, facts by dimension, and how many facts were looked at and are in order."""

    initiative: Initiative
    schedule: Schedule | None
    value: EarnedValue | None
    leads: Leads
    currency: str
    inputs: dict[str, float | None] = field(default_factory=dict)
    facts: dict[str, list[Facts]] = field(default_factory=dict)
    amounts: dict[str, Decimal | None] = field(default_factory=dict)
    checked: int = 0
    sound: int = 0
    unposted: bool = False


def gather(initiatives: Collection[Initiative], *, on: dt.date, money: Mapping[int, Money]) -> list[Gathered]:
    """Return what is known of projects on a day, with their money by key; some twenty queries, however many."""
    plans = schedules(initiatives, on=on)
    leads = leads_of(initiatives, on=on)
    late = lateness(initiatives, on=on)
    found = []
    for initiative in initiatives:
        key = initiative.pk
        spent = money[key]
        one = Gathered(initiative, plans.get(key), spent.value, leads.get(key, Leads()), spent.currency)
        _time(one, late.get(key))
        _cost(one, spent)
        _data(one, on)
        found.append(one)
    return found


def decimal(value: float | Decimal | None) -> Decimal | None:
    """Return an amount to four places, half up."""
    return None if value is None else Decimal(str(value)).quantize(PLACES, ROUND_HALF_UP)


def _time(one: Gathered, late: Late | None) -> None:
    told, url = [], f"{one.initiative.url}plan/"
    if (schedule := one.schedule) is not None:
        plan = schedule.plan
        told.append(fact("forecast_finish", DATE, plan.finishes_on, source="plan", url=url, name=plan.name))
        if schedule.baseline is not None and schedule.days_late is not None:
            told.append(fact("baseline_finish", DATE, schedule.baseline_day, source="baseline"))
            told.append(fact(Input.DAYS_LATE, DAYS, schedule.days_late, source="calendar"))
            one.inputs[Input.DAYS_LATE] = schedule.days_late
        if schedule.least_float is not None and plan.percent < 100:
            one.inputs[Input.LEAST_FLOAT] = schedule.least_float
            told.append(fact(Input.LEAST_FLOAT, DAYS, schedule.least_float, source="deadlines", url=url))
        told.append(fact("late_tasks", COUNT, plan.late_count, source="tasks", url=url, of=plan.task_count))
    if one.value is not None and one.value.status.time.spi_t is not None:
        one.inputs[Input.SPI_T] = one.value.status.time.spi_t
        told.append(fact(Input.SPI_T, INDEX, one.value.status.time.spi_t, source="to", on=one.value.on))
    if one.initiative.planned_finish is not None:
        told.append(fact("planned_finish", DATE, one.initiative.planned_finish, source="initiative"))
        if late is not None:
            one.inputs[Input.DAYS_OVERDUE] = late.days
            told.append(fact(Input.DAYS_OVERDUE, DAYS, late.days, source="calendar"))
    one.facts[Dimension.TIME] = told


def _cost(one: Gathered, money: Money) -> None:
    amounts = one.amounts
    amounts["budget"], amounts["eac"] = decimal(money.budget), decimal(money.forecast)
    amounts["ac"], amounts["committed"] = decimal(money.actual), decimal(money.committed)
    amounts["over_budget"] = None if money.over_budget is None else decimal(money.over_budget)
    if one.value is not None:
        total = one.value.status.total
        amounts |= {name: decimal(getattr(total, name)) for name in ("bac", "pv", "ev", "ac")}
    told, url = [], f"{one.initiative.url}money/"
    budget, forecast, spent = amounts["budget"], amounts["eac"], decimal(money.actual)
    for key, amount in (("budget", budget), ("eac", forecast), ("ac", spent), ("committed", amounts["committed"])):
        if amount is not None:
            told.append(fact(key, MONEY, amount, source="money", url=url, currency=one.currency))
    # Work that was done and cost nothing has not been posted yet: such a cost says nothing of the project.
    one.unposted = one.value is not None and one.value.status.total.ev > 0 and not one.value.status.total.ac
    if one.unposted:
        one.facts[Dimension.COST] = told
        return
    if budget and forecast is not None:
        one.inputs[Input.OVER_BUDGET] = round(float((forecast - budget) / budget * 100), 2)
        told.append(fact(Input.OVER_BUDGET, PERCENT, one.inputs[Input.OVER_BUDGET], source="budget"))
    if budget:
        bound = money.actual + money.committed
        one.inputs[Input.BOUND] = round(float(bound / budget * 100), 2)
        told.append(fact(Input.BOUND, PERCENT, one.inputs[Input.BOUND], source="budget"))
    if one.value is not None and one.value.status.total.cpi is not None:
        one.inputs[Input.CPI] = one.value.status.total.cpi
        told.append(fact(Input.CPI, INDEX, one.inputs[Input.CPI], source="to", on=one.value.on))
    one.facts[Dimension.COST] = told


def _data(one: Gathered, on: dt.date) -> None:
    """Count the facts that a project should have, and tell those that lack, are old or cannot be, each with who owes.

    A fact looked at is: sponsor, manager, dates, purpose, budget, plan; the plan's baseline and status date; the dates
    of each task, the progress of each whose date has passed, the truth of each actual date.
    """
    initiative, told = one.initiative, one.facts.setdefault(Dimension.DATA, [])
    edit, plan_url = f"/initiatives/{initiative.code}/edit/", f"{initiative.url}plan/"

    def look(key: str, checked: int, wrong: int, *, owner: str, url: str, **more: Any) -> None:
        one.checked += checked
        one.sound += checked - wrong
        if wrong:
            told.append(fact(key, COUNT, int(wrong), source="owner", url=url, of=checked, owner=owner, **more))

    look("no_sponsor", 1, one.leads.sponsor is None, owner="pmo", url=initiative.url)
    look("no_manager", 1, one.leads.manager is None, owner="sponsor", url=initiative.url)
    dates = initiative.planned_start is None or initiative.planned_finish is None
    look("no_dates", 1, dates, owner="manager", url=edit)
    look("no_purpose", 1, not initiative.purpose.strip(), owner="manager", url=edit)
    look("no_budget", 1, not one.amounts["budget"], owner="manager", url=edit)
    look("no_plan", 1, one.schedule is None, owner="manager", url=plan_url)
    if one.schedule is None:
        return
    if one.value is not None:
        look("no_cost", 1, one.unposted, owner="manager", url=f"{initiative.url}money/")
    counts, status = one.schedule.counts, one.schedule.status_on
    look("no_baseline", 1, one.schedule.baseline is None, owner="manager", url=plan_url)
    old = status is None or (on - status).days > FRESH
    begun = counts.under_way or counts.due
    if begun:
        # What is under way is only as fresh as the last report of it.
        open_ = max(1, counts.under_way)
        look("old_status", open_, open_ if old else 0, owner="manager", url=plan_url, since=status)
    tasks = f"/tasks/?f.plan={one.schedule.plan.pk}"
    look("undated", counts.tasks, counts.undated, owner="manager", url=tasks)
    look("unstatused", counts.due, counts.unstatused, owner="manager", url=f"{tasks}&f.finishes_on=overdue")
    look("future", counts.actual, counts.future, owner="manager", url=tasks)

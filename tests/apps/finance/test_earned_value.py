"""Earned value of a small plan, in figures that can be reckoned by hand.

Dig is agreed for two days and 200, Pour for the three days after it and 300; days are Monday to Thursday and the
Friday, without the Tuesday, which is a holiday of the plan.
"""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest

from quarterdeck.apps.delivery import services as delivery
from quarterdeck.apps.delivery.exchange.document import DocumentBaseline, PlanDocument
from quarterdeck.apps.delivery.models import Plan, Task
from quarterdeck.apps.finance import services
from quarterdeck.apps.finance.models import (
    Actual,
    BudgetLine,
    Commitment,
    CostCategory,
    Technique,
    TechniqueMilestone,
)
from quarterdeck.apps.finance.selectors.breakdown import Share, by_category, by_package
from quarterdeck.apps.finance.selectors.earned_value import earned_value, measured
from quarterdeck.apps.finance.selectors.money import money_of
from quarterdeck.apps.organisation.models import Currency
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.engine.evm import CostForecast
from quarterdeck.kernel import records
from tests.apps.delivery.conftest import MONDAY, day, document
from tests.cast import EDITOR, Cast

#: Friday of the first week.
FRIDAY = dt.date(2026, 1, 9)


def agreed(*, costs: tuple[str | None, str | None] = ("200", "300")) -> PlanDocument:
    """The small plan with a baseline: Dig on Monday and Wednesday, Pour from Thursday to Monday."""
    base = {
        2: DocumentBaseline(number=0, start=MONDAY, finish=day(2, 1020), duration=960, work=960.0, cost=costs[0]),
        3: DocumentBaseline(number=0, start=day(3), finish=day(7, 1020), duration=1440, work=1440.0, cost=costs[1]),
    }
    told = document()
    tasks = tuple(
        msgspec.structs.replace(task, baselines=(base[task.id],) if task.id in base else ()) for task in told.tasks
    )
    return msgspec.structs.replace(told, tasks=tasks)


def brought(cast: Cast, project: Initiative, told: PlanDocument) -> Plan:
    return delivery.plan_import(document=told, initiative=project, actor=cast.actor(EDITOR)).plan


def reported(plan: Plan, cast: Cast, at: int = day(4, 1020)) -> None:
    """Dig was done by Wednesday, a third of Pour by Friday evening."""
    ids = dict(Task.objects.filter(plan=plan).values_list("name", "pk"))
    commands = [
        {"do": "plan", "field": "status", "value": at},
        {"do": "set", "task": ids["Dig"], "field": "actual_start", "value": MONDAY},
        {"do": "set", "task": ids["Dig"], "field": "actual_finish", "value": day(2, 1020)},
        {"do": "set", "task": ids["Pour"], "field": "actual_start", "value": day(3)},
        {"do": "set", "task": ids["Pour"], "field": "percent", "value": 100 / 3},
    ]
    revision = Plan.objects.get(pk=plan.pk).revision
    delivery.plan_edit(plan_id=plan.pk, commands=commands, revision=revision, actor=cast.actor(EDITOR))


def post(cast: Cast, project: Initiative, amount: str, on: dt.date, task: Task | None = None) -> Actual:
    category = CostCategory.objects.first() or cast.north.make(CostCategory)
    made = Actual(initiative=project, category=category, task=task, posted_on=on, amount=Decimal(amount))
    services.actual_post(made, actor=cast.actor(EDITOR))
    return made


def test_planned_earned_and_actual_of_a_report(cast: Cast, project: Initiative) -> None:
    plan = brought(cast, project, agreed())
    reported(plan, cast)
    dig = Task.objects.get(plan=plan, name="Dig")
    post(cast, project, "210", dt.date(2026, 1, 8), dig)
    post(cast, project, "90", FRIDAY)
    post(cast, project, "1000", dt.date(2026, 1, 12))
    found = earned_value(project)
    assert found is not None
    total = found.status.total
    # Due by Friday evening: all of Dig, two of three days of Pour.
    assert (total.bac, total.pv, total.ac, found.on) == (500, 400, 300, FRIDAY)
    assert total.ev == pytest.approx(300, abs=0.01)
    assert found.status.works[dig.pk].ac == 210
    assert found.status.costs[CostForecast.PLAN] == pytest.approx(500, abs=0.01)
    assert (found.baseline_start, found.baseline_finish) == (dt.date(2026, 1, 5), dt.date(2026, 1, 12))
    assert found.actuals_from == "ledger"


def test_a_day_before_the_report_is_told_by_actual_dates(cast: Cast, project: Initiative) -> None:
    reported(brought(cast, project, agreed()), cast)
    wednesday = earned_value(project, on=dt.date(2026, 1, 7))
    assert wednesday is not None
    assert (wednesday.status.total.pv, wednesday.status.total.ev) == (200, 200)
    # A third of Pour in two days: half of that by Thursday evening.
    thursday = earned_value(project, on=dt.date(2026, 1, 8))
    assert thursday is not None
    assert thursday.status.total.pv == 300
    assert thursday.status.total.ev == pytest.approx(250, abs=0.01)
    later = earned_value(project, on=dt.date(2026, 3, 1))
    assert later is not None
    assert (later.on, later.status.total.pv) == (FRIDAY, 400), "what nobody reported since is not held against it"


def test_without_plan_or_baseline_or_costs_there_is_none(cast: Cast, project: Initiative) -> None:
    assert earned_value(project) is None
    plan = brought(
        cast, project, document(tasks=tuple(msgspec.structs.replace(t, baselines=()) for t in document().tasks))
    )
    assert earned_value(project) is None
    delivery.baseline_take(plan=plan, actor=cast.actor(EDITOR))
    assert earned_value(project) is not None, "Pour has a cost of its own"


def test_a_baseline_without_costs_takes_budget_lines_else_the_budget_by_work(cast: Cast, project: Initiative) -> None:
    plan = brought(cast, project, agreed(costs=(None, None)))
    reported(plan, cast)
    assert earned_value(project) is None
    project.budget = Decimal(1000)
    found = earned_value(project)
    assert found is not None
    assert (found.status.total.bac, found.status.total.pv) == (1000, 800), "400 on Dig, two thirds of 600 on Pour"
    ground = Task.objects.get(plan=plan, name="Ground")
    for task, amount in ((Task.objects.get(plan=plan, name="Pour"), 90), (ground, 50)):
        line = BudgetLine(initiative=project, category=cast.north.make(CostCategory), task=task, amount=amount)
        services.budget_save(line, actor=cast.actor(EDITOR))
    found = earned_value(project)
    assert found is not None
    assert (found.status.total.bac, found.status.total.pv) == (140, 20 + 80), "50 on both by work, 90 on Pour"


@pytest.mark.parametrize(
    ("more", "earned", "due"),
    [
        ({"kind": "0/100"}, 0, 0),
        ({"kind": "50/50"}, 150, 150),
        ({"kind": "share", "share": Decimal(20)}, 60, 60),
        ({"kind": "units", "units": Decimal(40), "units_done": Decimal(10)}, 75, 200),
        ({"kind": "effort"}, 200, 200),
        ({"kind": "apportioned", "base": "Dig"}, 300, 300),
        ({"kind": "milestones"}, 225, 225),
    ],
)
def test_each_technique_earns_by_its_rule(
    cast: Cast, project: Initiative, more: dict[str, object], earned: float, due: float
) -> None:
    plan = brought(cast, project, agreed())
    reported(plan, cast)
    if "base" in more:
        more = more | {"base": Task.objects.get(plan=plan, name="Dig")}
    technique = Technique(task=Task.objects.get(plan=plan, name="Pour"), **more)
    services.technique_save(technique, actor=cast.actor(EDITOR))
    for name, weight, on, done in (("Formwork", 3, 8, 8), ("Concrete", 1, 12, None)):
        step = TechniqueMilestone(
            technique=technique,
            name=name,
            weight=weight,
            planned_on=dt.date(2026, 1, on),
            achieved_on=dt.date(2026, 1, done) if done else None,
        )
        records.save(step, actor=cast.actor(EDITOR))
    found = earned_value(project)
    assert found is not None
    pour = found.status.works[technique.task_id]
    assert pour.ev == pytest.approx(earned)
    assert pour.pv == pytest.approx(due)


def test_money_of_a_project_and_of_the_node_above_in_its_currency(cast: Cast, project: Initiative) -> None:
    reported(brought(cast, project, agreed()), cast)
    post(cast, project, "375", FRIDAY)
    order = Commitment(
        initiative=project,
        category=CostCategory.objects.get(),
        reference="PO-1",
        counterparty="Mason",
        amount=Decimal(80),
        invoiced=Decimal(30),
        ordered_on=FRIDAY,
    )
    services.commitment_save(order, actor=cast.actor(EDITOR))
    project.budget = Decimal(550)
    records.save(project, actor=cast.north.actor)
    top = Initiative.objects.select_related("scope", "currency").get(children=project)
    found = money_of([project, top], on=FRIDAY)
    own = found[project.pk]
    assert [own.budget, own.actual, own.committed, own.left] == [550, 375, 50, 125]
    assert own.forecast is not None
    assert float(own.forecast) == pytest.approx(500 / 0.8, abs=0.05), "BAC over CPI"
    assert [found[top.pk].budget, found[top.pk].actual, found[top.pk].committed] == [550, 375, 50]
    services.forecast_choose(
        initiative=project, forecast="PLAN", reason="The extra was paid once.", actor=cast.north.actor
    )
    again = money_of([project], on=FRIDAY)[project.pk]
    assert again.forecast is not None
    assert float(again.forecast) == pytest.approx(575, abs=0.05), "AC and what is left to earn"
    before = money_of([project], on=dt.date(2026, 1, 8))[project.pk]
    assert [before.actual, before.committed] == [0, 0]


def test_amounts_of_another_currency_without_a_rate_are_named_and_left_out(cast: Cast, project: Initiative) -> None:
    odd = cast.north.make(Currency)
    project.currency = odd
    project.budget = Decimal(10)
    records.save(project, actor=cast.north.actor)
    top = Initiative.objects.select_related("scope", "currency").get(children=project)
    top.currency = cast.north.make(Currency)
    records.save(top, actor=cast.north.actor)
    found = money_of([top], on=FRIDAY)[top.pk]
    assert (found.missing, found.budget) == ((odd.code,), None)


def test_told_apart_the_sums_are_those_of_the_whole(cast: Cast, project: Initiative) -> None:
    plan = brought(cast, project, agreed())
    reported(plan, cast)
    dig = Task.objects.get(plan=plan, name="Dig")
    post(cast, project, "210", FRIDAY, dig)
    post(cast, project, "90", FRIDAY)
    category = CostCategory.objects.get()
    other = cast.north.make(CostCategory)
    for one, task, amount in ((category, dig, 200), (other, None, 300), (other, None, 100)):
        line = BudgetLine(initiative=project, category=one, task=task, amount=amount)
        services.budget_save(line, actor=cast.actor(EDITOR))
    each = measured([project])[project.pk]
    value = each.at(None)
    assert value is not None
    rows = by_package(each, value, 560.0)
    assert [(row.name, row.budget, row.planned, row.actual) for row in rows] == [
        ("Dig", 200, 200, 210),
        ("Pour", 300, 200, 0),
        ("", None, None, 90),
    ]
    assert sum(row.forecast or 0 for row in rows) == pytest.approx(560)
    told = by_category([Share(project.pk, value, 560.0)], on=FRIDAY)
    assert [(row.budget, row.planned, row.actual) for row in told] == [(200, 200, 300), (400, 200, 0)]
    assert sum(row.forecast or 0 for row in told) == pytest.approx(560)

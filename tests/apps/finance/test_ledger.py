"""The ledger: every cost once; rows stay, and what was wrong is reversed."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum

from quarterdeck.apps.delivery import services as delivery
from quarterdeck.apps.delivery.exchange.document import DocumentPeriod, DocumentProgress, PlanDocument
from quarterdeck.apps.finance import services
from quarterdeck.apps.finance.models import Actual, CostCategory
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.records import BulkRefused
from tests.apps.delivery.conftest import MONDAY, day, document
from tests.cast import EDITOR, Cast


@pytest.fixture
def category(cast: Cast) -> CostCategory:
    return cast.north.make(CostCategory)


def row(project: Initiative, category: CostCategory, **more: object) -> Actual:
    given = {
        "initiative": project,
        "category": category,
        "posted_on": dt.date(2026, 1, 9),
        "amount": Decimal("120.50"),
        "source": "ERP",
        "reference": "4711",
    }
    return Actual(**{**given, **more})


def whole(project: Initiative) -> Decimal | None:
    total: Decimal | None = Actual.objects.filter(initiative=project).aggregate(total=Sum("amount"))["total"]
    return total


def test_the_same_file_twice_changes_nothing(cast: Cast, project: Initiative, category: CostCategory) -> None:
    def file() -> list[Actual]:
        return [row(project, category, reference=str(number), amount=Decimal(number)) for number in range(1, 4)]

    actor = cast.actor(EDITOR)
    assert len(services.actuals_post(file(), actor=actor)) == 3
    assert services.actuals_post(file(), actor=actor) == []
    assert services.actuals_post([*file(), row(project, category, reference="4")], actor=actor) != []
    assert (Actual.objects.count(), whole(project)) == (4, Decimal("126.50"))


def test_a_known_reference_with_other_figures_is_refused(
    cast: Cast, project: Initiative, category: CostCategory
) -> None:
    actor = cast.actor(EDITOR)
    services.actual_post(row(project, category), actor=actor)
    with pytest.raises(ValidationError, match="reverse it and post anew"):
        services.actual_post(row(project, category, amount=Decimal("120.51")), actor=actor)
    with pytest.raises(BulkRefused) as refused:
        services.actuals_post([row(project, category, reference="5"), row(project, category, amount=1)], actor=actor)
    assert list(refused.value.errors) == [1]
    assert whole(project) == Decimal("120.50")


def test_a_row_twice_in_one_file_with_other_figures_is_refused(
    cast: Cast, project: Initiative, category: CostCategory
) -> None:
    rows = [row(project, category), row(project, category, amount=Decimal(9))]
    with pytest.raises(BulkRefused) as refused:
        services.actuals_post(rows, actor=cast.actor(EDITOR))
    assert list(refused.value.errors) == [1]
    assert whole(project) is None


def test_a_row_is_neither_changed_nor_removed(cast: Cast, project: Initiative, category: CostCategory) -> None:
    actor = cast.actor(EDITOR)
    made = row(project, category)
    services.actual_post(made, actor=actor)
    stored = Actual.objects.get(pk=made.pk)
    assert services.actual_post(stored, actor=actor) is None
    stored.description = "Other words"
    with pytest.raises(ValidationError, match="stays as it is"):
        services.actual_post(stored, actor=actor)
    with pytest.raises(ValidationError, match="reverse it instead"):
        services.actual_remove(stored, actor=actor)
    assert Actual.objects.get(pk=made.pk).description == ""


def test_a_reversal_is_a_row_of_its_own_and_there_is_one(
    cast: Cast, project: Initiative, category: CostCategory
) -> None:
    actor = cast.actor(EDITOR)
    made = row(project, category)
    services.actual_post(made, actor=actor)
    back = services.actual_reverse(record=made, actor=actor, reason="Wrong project")
    assert (back.amount, back.reverses_id, back.reference) == (Decimal("-120.50"), made.pk, "4711-REV")
    assert (back.posted_on, back.description) == (max(actor.today, made.posted_on), "Wrong project")
    assert whole(project) == 0
    for again in (made, back):
        with pytest.raises(ValidationError):
            services.actual_reverse(record=again, actor=actor)
    assert Actual.objects.count() == 2


def with_periods(*costs: tuple[int, str, str]) -> PlanDocument:
    """The small plan with tracking periods: status day, cost of Dig and of Pour so far; the group has their sum."""
    periods = tuple(
        DocumentPeriod(
            name=f"TP{number}",
            status=day(at, 1020),
            progress=(
                DocumentProgress(task=1, actual_cost=str(Decimal(dig) + Decimal(pour))),
                DocumentProgress(task=2, actual_cost=dig, actual_start=MONDAY, fraction=0.5),
                DocumentProgress(task=3, actual_cost=pour),
            ),
        )
        for number, (at, dig, pour) in enumerate(costs, start=1)
    )
    return document(periods=periods)


def posted(project: Initiative) -> list[tuple[dt.date, str | None, Decimal]]:
    rows = Actual.objects.filter(initiative=project).order_by("posted_on", "pk")
    return [(each.posted_on, each.task.name if each.task else None, each.amount) for each in rows]


def test_the_costs_of_an_imported_plan_are_posted_once(cast: Cast, project: Initiative) -> None:
    actor = cast.actor(EDITOR)
    told = with_periods((4, "100", "0"), (11, "100", "40.5"))
    plan = delivery.plan_import(document=told, initiative=project, actor=actor).plan
    system = cast.north.actor
    assert services.costs_of_plan(plan_id=plan.pk, actor=system) == 2
    expected = [(dt.date(2026, 1, 9), "Dig", Decimal(100)), (dt.date(2026, 1, 16), "Pour", Decimal("40.5"))]
    assert posted(project) == expected
    assert services.costs_of_plan(plan_id=plan.pk, actor=system) == 0
    delivery.plan_import(document=told, initiative=project, plan=plan, actor=actor)
    assert services.costs_of_plan(plan_id=plan.pk, actor=system) == 0
    assert posted(project) == expected


def test_what_a_later_file_adds_or_corrects_is_posted_beside(cast: Cast, project: Initiative) -> None:
    actor, system = cast.actor(EDITOR), cast.north.actor
    plan = delivery.plan_import(document=with_periods((4, "100", "0")), initiative=project, actor=actor).plan
    services.costs_of_plan(plan_id=plan.pk, actor=system)
    later = with_periods((4, "90", "0"), (11, "150", "10"))
    delivery.plan_import(document=later, initiative=project, plan=plan, actor=actor)
    assert services.costs_of_plan(plan_id=plan.pk, actor=system) == 3
    assert posted(project) == [
        (dt.date(2026, 1, 9), "Dig", Decimal(100)),
        (dt.date(2026, 1, 9), "Dig", Decimal(-10)),
        (dt.date(2026, 1, 16), "Dig", Decimal(60)),
        (dt.date(2026, 1, 16), "Pour", Decimal(10)),
    ]
    assert whole(project) == 160


def test_a_plan_brought_in_anew_under_its_name_doubles_nothing(cast: Cast, project: Initiative) -> None:
    actor, system = cast.actor(EDITOR), cast.north.actor
    told = with_periods((4, "100", "0"))
    plan = delivery.plan_import(document=told, initiative=project, actor=actor).plan
    services.costs_of_plan(plan_id=plan.pk, actor=system)
    delivery.plan_remove(plan, actor=system)
    again = delivery.plan_import(document=told, initiative=project, actor=actor).plan
    assert services.costs_of_plan(plan_id=again.pk, actor=system) == 0
    assert whole(project) == 100


def test_a_reversed_cost_of_a_plan_stays_reversed(cast: Cast, project: Initiative) -> None:
    actor, system = cast.actor(EDITOR), cast.north.actor
    plan = delivery.plan_import(document=with_periods((4, "100", "0")), initiative=project, actor=actor).plan
    services.costs_of_plan(plan_id=plan.pk, actor=system)
    services.actual_reverse(record=Actual.objects.get(), actor=actor, reason="Paid by others")
    assert services.costs_of_plan(plan_id=plan.pk, actor=system) == 0
    assert whole(project) == 0


def test_an_import_posts_its_costs_by_itself(
    cast: Cast, project: Initiative, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        told = with_periods((4, "100", "0"))
        delivery.plan_import(document=told, initiative=project, actor=cast.actor(EDITOR))
    assert whole(project) == 100

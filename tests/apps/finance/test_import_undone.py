"""An import that is taken back: its rows of the ledger are reversed, and brought again they are posted once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from django.db.models import Sum
from django.test import Client

from quarterdeck.apps.delivery import services as delivery
from quarterdeck.apps.delivery.models import Plan, PlanFile, PlanImport, Task
from quarterdeck.apps.finance import services
from quarterdeck.apps.finance.jobs import costs_posted
from quarterdeck.apps.finance.models import Actual
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.jobs.models import Job
from quarterdeck.kernel.jobs.queue import enqueue
from quarterdeck.kernel.jobs.worker import drain
from tests.apps.finance.test_ledger import with_periods
from tests.cast import EDITOR, STRANGER, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(django_capture_on_commit_callbacks: Any) -> Callable[[Callable[[], Any]], Any]:
    """Do something and let everybody hear of it, as after a commit."""

    def do(act: Callable[[], Any]) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return act()

    return do


@pytest.fixture
def bring(cast: Cast, told: Any) -> Callable[..., PlanImport]:
    """Bring a file with tracking periods in, as the page does."""

    def do(code: str, *periods: tuple[int, str, str], into_plan: Plan | None = None, **more: Any) -> PlanImport:
        actor = cast.actor(EDITOR)
        run = PlanImport.objects.create(
            user=actor.user,
            upload=uuid.uuid4(),
            file_name="shed.xlsx",
            state=PlanImport.State.READ,
            report={"into": code, "plan": str(into_plan.pk)} if into_plan is not None else {},
            batch=uuid.uuid4(),
            created_at=actor.now,
        )
        given = msgspec.structs.replace(with_periods(*periods), **more)
        PlanFile.objects.create(run=run, content=b"", document=msgspec.json.encode(given))
        delivery.files_write(upload=run.upload, into={run.pk: code}, actor=actor)
        told(drain)
        run.refresh_from_db()
        assert run.state == "done", run.report
        return run

    return do


@pytest.fixture
def take_back(cast: Cast, told: Any) -> Callable[[PlanImport], PlanImport]:
    def do(run: PlanImport) -> PlanImport:
        delivery.import_undo(run=run, actor=cast.actor(EDITOR))
        told(drain)
        run.refresh_from_db()
        return run

    return do


def rows(project: Initiative) -> list[tuple[dt.date, Decimal, bool]]:
    found = Actual.objects.filter(initiative=project).order_by("pk")
    return [(each.posted_on, each.amount, each.reverses_id is not None) for each in found]


def whole(project: Initiative) -> Decimal:
    return Actual.objects.filter(initiative=project).aggregate(total=Sum("amount"))["total"] or Decimal(0)


FRIDAY, NEXT = dt.date(2026, 1, 9), dt.date(2026, 1, 16)


def test_taking_an_import_back_reverses_its_rows_and_removes_none(
    project: Initiative, bring: Any, take_back: Any
) -> None:
    run = bring(project.code, (4, "100", "0"), (11, "100", "40.5"))
    assert rows(project) == [(FRIDAY, Decimal(100), False), (NEXT, Decimal("40.5"), False)]
    back = take_back(run)
    assert (back.state, back.plan) == ("undone", None)
    assert not Plan.objects.filter(initiative=project).exists()
    assert sorted(rows(project)) == [
        (FRIDAY, Decimal(-100), True),
        (FRIDAY, Decimal(100), False),
        (NEXT, Decimal("-40.5"), True),
        (NEXT, Decimal("40.5"), False),
    ]
    reasons = Actual.objects.filter(reverses__isnull=False).values_list("description", flat=True)
    assert set(reasons) == {"The import was taken back"}
    # Told again, as by the nightly job, nothing more happens.
    enqueue(costs_posted, actor=_system())
    drain()
    assert len(rows(project)) == 4


def _system() -> Actor:
    return Actor.system(now=clock.now())


def test_brought_again_it_is_posted_once(project: Initiative, bring: Any, take_back: Any) -> None:
    take_back(bring(project.code, (4, "100", "0")))
    bring(project.code, (4, "100", "0"))
    bring(project.code, (4, "100", "0"))
    assert whole(project) == 100
    assert len(rows(project)) == 3


def test_back_again_and_back_again(project: Initiative, bring: Any, take_back: Any) -> None:
    for _turn in range(3):
        take_back(bring(project.code, (4, "100", "5")))
        assert whole(project) == 0
    assert len(set(Actual.objects.values_list("reference", flat=True))) == len(rows(project)) == 12


def test_an_update_taken_back_leaves_what_was_posted_before(project: Initiative, bring: Any, take_back: Any) -> None:
    bring(project.code, (4, "100", "0"))
    later = bring(project.code, (4, "90", "0"), (11, "150", "10"))
    assert whole(project) == 160
    take_back(later)
    assert whole(project) == 100
    assert Actual.objects.filter(reverses__isnull=False).count() == 3
    plan = Plan.objects.get(initiative=project)
    assert len(plan.source["periods"]) == 1
    assert services.costs_of_plan(plan_id=plan.pk, actor=_system()) == 0
    bring(project.code, (4, "90", "0"), (11, "150", "10"))
    assert whole(project) == 160


def test_a_file_of_another_name_into_the_same_plan_posts_nothing_twice(
    project: Initiative, bring: Any, take_back: Any
) -> None:
    bring(project.code, (4, "100", "0"))
    plan = Plan.objects.get(initiative=project)
    later = bring(project.code, (4, "100", "0"), name="Shed v2", into_plan=plan)
    assert Plan.objects.get(initiative=project).source["name"] == "Shed v2"
    assert whole(project) == 100
    bring(project.code, (4, "100", "0"), (11, "150", "0"), name="Shed v3", into_plan=plan)
    assert whole(project) == 150
    assert take_back(later).state == "done"
    assert take_back(PlanImport.objects.latest("pk")).state == "undone"
    assert take_back(later).state == "undone"
    assert whole(project) == 100
    assert services.costs_of_plan(plan_id=plan.pk, actor=_system()) == 0


def test_an_undo_of_something_else_of_the_plan_reverses_nothing(
    project: Initiative, bring: Any, cast: Cast, told: Any
) -> None:
    bring(project.code, (4, "100", "50"))
    plan, actor = Plan.objects.get(initiative=project), cast.actor(EDITOR)
    dig = Task.objects.get(plan=plan, name="Dig")
    delivery.plan_edit(
        plan_id=plan.pk, commands=[{"do": "remove", "tasks": [dig.pk]}], revision=plan.revision, actor=actor
    )
    plan.refresh_from_db()
    command = {"do": "plan", "field": "status", "value": "2026-01-12"}
    done = delivery.plan_edit(plan_id=plan.pk, commands=[command], revision=plan.revision, actor=actor)
    assert done is not None
    assert done.batch is not None
    assert Change.objects.filter(batch=done.batch, record_type="delivery.plan").exists()
    told(lambda: delivery.plan_turn(plan_id=plan.pk, batch=done.batch, actor=actor))
    assert whole(project) == 150
    enqueue(costs_posted, actor=_system())
    drain()
    assert whole(project) == 150
    assert not Actual.objects.filter(reverses__isnull=False).exists()


def test_an_import_taken_back_beside_the_current_plan_keeps_what_was_posted(
    project: Initiative, bring: Any, take_back: Any, cast: Cast, told: Any
) -> None:
    bring(project.code, (4, "100", "0"))
    plan, actor = Plan.objects.get(initiative=project), cast.actor(EDITOR)
    bring(project.code, name="Barn")
    other = Plan.objects.exclude(pk=plan.pk).get(initiative=project)
    told(lambda: delivery.plan_adopt(plan=other, actor=actor))
    later = bring(project.code, (4, "100", "0"), (11, "150", "0"), into_plan=plan)
    assert whole(project) == 100
    assert take_back(later).state == "undone"
    assert whole(project) == 100
    enqueue(costs_posted, actor=_system())
    drain()
    assert whole(project) == 100
    assert Actual.objects.count() == 1


def test_an_undo_taken_back_posts_again(project: Initiative, bring: Any, take_back: Any, cast: Cast, told: Any) -> None:
    run = bring(project.code, (4, "100", "0"))
    take_back(run)
    batch = Change.objects.filter(via="undo", record_type="delivery.plan").latest("pk").batch
    told(lambda: records.undo(batch, actor=cast.actor(EDITOR)))
    assert Task.objects.filter(plan__initiative=project).count() == 6
    assert whole(project) == 100


def test_what_someone_has_reversed_stays_reversed(project: Initiative, bring: Any, take_back: Any, cast: Cast) -> None:
    run = bring(project.code, (4, "100", "0"), (11, "150", "0"))
    services.actual_reverse(record=Actual.objects.get(amount=100), actor=cast.actor(EDITOR), reason="Paid by others")
    assert whole(project) == 50
    take_back(run)
    assert whole(project) == 0
    bring(project.code, (4, "100", "0"), (11, "150", "0"))
    assert whole(project) == 50


def test_a_project_that_came_with_the_file_stays_with_its_ledger(cast: Cast, bring: Any, take_back: Any) -> None:
    top = Initiative.objects.get(code="NORTH-1")
    run = bring(top.code, (4, "100", "0"), name="Barn")
    project = Initiative.objects.get(parent=top, name="Barn")
    back = take_back(run)
    assert back.state == "undone"
    assert back.report["stayed"]
    assert Initiative.objects.filter(pk=project.pk).exists()
    assert whole(project) == 0
    html = cast.client(EDITOR).get(f"/plan-imports/{run.upload}/").content.decode()
    assert "The project that came with it stays" in html


def test_a_project_without_costs_goes_with_the_file(cast: Cast, bring: Any, take_back: Any) -> None:
    top = Initiative.objects.get(code="NORTH-1")
    run = bring(top.code, name="Barn")
    assert Initiative.objects.filter(parent=top, name="Barn").exists()
    take_back(run)
    assert not Initiative.objects.filter(parent=top, name="Barn").exists()


def test_the_project_is_assessed_anew(project: Initiative, bring: Any, take_back: Any, cast: Cast, told: Any) -> None:
    run = bring(project.code)
    Job.objects.all().delete()
    take_back(run)
    assert Job.objects.filter(key=f"assess:{project.pk}").exists()


def test_what_was_changed_since_is_not_taken_back(project: Initiative, bring: Any, take_back: Any, cast: Cast) -> None:
    run = bring(project.code, (4, "100", "0"))
    plan = Plan.objects.get(initiative=project)
    task = Task.objects.get(plan=plan, name="Dig")
    command = {"do": "set", "task": task.pk, "field": "name", "value": "Dig deep"}
    delivery.plan_edit(plan_id=plan.pk, commands=[command], revision=plan.revision, actor=cast.actor(EDITOR))
    back = take_back(run)
    assert back.state == "done"
    assert "changed again meanwhile" in back.report["refusal"]
    assert whole(project) == 100


def test_the_page_offers_it_to_whoever_imported_for_a_while(
    project: Initiative, bring: Any, cast: Cast, settings: Any
) -> None:
    run = bring(project.code, (4, "100", "0"))
    client: Client = cast.client(EDITOR)
    page, act = f"/plan-imports/{run.upload}/", f"/plan-imports/{run.upload}/{run.pk}/undo/"
    assert "Take back" in client.get(page).content.decode()
    assert cast.client(STRANGER).post(act).status_code == 404
    assert client.post(act).status_code == 302
    assert "Taking back" in client.get(page).content.decode()
    drain()
    assert "Taken back: the plan is as it was before." in client.get(page).content.decode()
    settings.UNDO_IMPORT_HOURS = 0
    again = bring(project.code, (4, "100", "0"))
    assert "Take back" not in client.get(f"/plan-imports/{again.upload}/").content.decode()

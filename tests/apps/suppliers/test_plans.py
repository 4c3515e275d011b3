"""Tasks of plans as cases of a level, breaches on critical paths, work without a contract."""

import datetime as dt
from typing import Any

import pytest

from quarterdeck.apps.delivery import services as plans
from quarterdeck.apps.delivery.models import PlanResource, Task
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.suppliers import services, watch
from quarterdeck.apps.suppliers.models import (
    BreachCase,
    Contract,
    ContractProject,
    Obligation,
    ServiceLevel,
    ServiceRecord,
    SupplierPerson,
)
from quarterdeck.apps.suppliers.selectors.attribution import hits
from quarterdeck.kernel import records
from tests.apps.delivery.conftest import Shed, day, project, shed  # noqa: F401  the small plan serves here too
from tests.apps.suppliers.conftest import Deal
from tests.cast import ADMINISTRATOR, STRANGER


@pytest.fixture
def given(deal: Deal, shed: Shed) -> Shed:  # noqa: F811  the fixture
    """Have Dig, two days late against its baseline, and Pour be the supplier's tasks."""
    person = deal.cast.north.make(Person, kind="contractor")
    records.save(SupplierPerson(supplier=deal.supplier, person=person), actor=deal.actor)
    for row in PlanResource.objects.filter(plan=shed.plan):
        row.person = person
        records.save(row, actor=deal.actor)
    shed.edit(
        {"do": "set", "task": shed.id("Dig"), "field": "actual_start", "value": day(0)},
        {"do": "set", "task": shed.id("Dig"), "field": "actual_finish", "value": day(2, 1020)},
    )
    return shed


def tasks_level(deal: Deal, window: str = "month", starts_on: dt.date = dt.date(2026, 1, 1)) -> ServiceLevel:
    return deal.cast.north.make(
        ServiceLevel,
        contract=deal.contract,
        source="tasks",
        allowance=None,
        window=window,
        target=90,
        starts_on=starts_on,
    )


def test_a_task_becomes_one_case_however_often_one_looks(deal: Deal, given: Shed) -> None:
    level = tasks_level(deal)
    assert services.level_feed(level=level, actor=deal.actor) == 1
    assert services.level_feed(level=level, actor=deal.actor) == 0
    case = ServiceRecord.objects.get(level=level)
    # Agreed for Monday 5 January, 17:00; done on the Wednesday.
    assert (case.subject, case.kept, case.decided_on) == ("Dig", False, dt.date(2026, 1, 5))
    assert case.initiative == given.plan.initiative
    (breach,) = services.level_evaluate(level=level, actor=deal.actor)
    assert (breach.key, breach.evidence) == ("2026-01", [case.pk])


def activated(given: Shed, state: str = "active") -> None:
    given.plan.initiative.state = state
    given.plan.initiative.save()


def test_a_copy_that_is_adopted_goes_on_with_the_records_there_are(deal: Deal, given: Shed) -> None:
    level = tasks_level(deal, window="case")
    assert services.level_feed(level=level, actor=deal.actor) == 1
    (case,) = services.level_evaluate(level=level, actor=deal.actor)
    before = ServiceRecord.objects.get(level=level)
    copy = plans.plan_copy(plan=given.plan, actor=deal.actor)
    plans.plan_adopt(plan=copy, actor=deal.actor)
    services.level_feed(level=level, actor=deal.actor)
    assert services.level_evaluate(level=level, actor=deal.actor) == []
    after = ServiceRecord.objects.get(level=level)
    assert (after.pk, after.task_id) == (before.pk, Task.objects.get(plan=copy, name="Dig").pk)
    assert BreachCase.objects.get(level=level).evidence == case.evidence == [after.pk]


def test_records_named_by_the_key_of_their_task_are_known_again(deal: Deal, given: Shed) -> None:
    level = tasks_level(deal)
    services.level_feed(level=level, actor=deal.actor)
    before = ServiceRecord.objects.get(level=level)
    ServiceRecord.objects.filter(pk=before.pk).update(reference=f"T-{before.task_id}")
    services.level_feed(level=level, actor=deal.actor)
    after = ServiceRecord.objects.get(level=level)
    assert (after.pk, after.reference) == (before.pk, before.reference)


def test_a_decided_record_outlives_its_task_and_goes_only_if_its_fact_is_taken_back(deal: Deal, given: Shed) -> None:
    level = tasks_level(deal)
    services.level_feed(level=level, actor=deal.actor)
    given.edit({"do": "set", "task": given.id("Dig"), "field": "active", "value": False})
    assert services.level_feed(level=level, actor=deal.actor) == 0
    assert ServiceRecord.objects.get(level=level).kept is False
    given.edit({"do": "set", "task": given.id("Dig"), "field": "active", "value": True})
    later = dt.date(2026, 12, 1)
    deal.contract.starts_on = later  # entered wrongly, and set right: the task was none of this contract
    services.contract_save(deal.contract, actor=deal.actor)
    assert services.level_feed(level=level, actor=deal.actor) == 1
    assert not ServiceRecord.objects.filter(level=level).exists()


def test_unfinished_tasks_count_only_in_projects_that_run(deal: Deal, given: Shed) -> None:
    level = tasks_level(deal)
    given.set("Pour", "deadline", day(8))
    for state, found in (("cancelled", 1), ("on_hold", 0), ("active", 1), ("on_hold", 0)):
        activated(given, state)
        assert services.level_feed(level=level, actor=deal.actor) == found, state
    subjects = ServiceRecord.objects.filter(level=level).values_list("subject", flat=True)
    assert sorted(subjects) == ["Dig", "Pour"], "what was late while the project ran stays"


def test_a_task_counts_for_the_contract_and_the_level_of_its_day(deal: Deal, given: Shed) -> None:
    first, second = tasks_level(deal), tasks_level(deal)
    due = dt.date(2026, 1, 5)
    renewal = deal.cast.north.make(Contract, supplier=deal.supplier, starts_on=due + dt.timedelta(days=1), ends_on=None)
    ServiceLevel.objects.filter(pk=second.pk).update(contract=renewal)
    second.refresh_from_db()
    deal.contract.ends_on = due
    services.contract_save(deal.contract, actor=deal.actor)
    first.refresh_from_db()
    fed = [services.level_feed(level=each, actor=deal.actor) for each in (first, second)]
    assert fed == [1, 0]
    late = tasks_level(deal, starts_on=due + dt.timedelta(days=1))
    assert services.level_feed(level=late, actor=deal.actor) == 0


def test_only_tasks_of_the_contract_count(deal: Deal, given: Shed) -> None:
    level = tasks_level(deal)
    other = deal.cast.north.place.homes[1]
    records.save(ContractProject(contract=deal.contract, initiative=other), actor=deal.actor)
    assert services.level_feed(level=level, actor=deal.actor) == 0
    records.save(ContractProject(contract=deal.contract, initiative=given.plan.initiative), actor=deal.actor)
    assert services.level_feed(level=level, actor=deal.actor) == 1


def test_obligations_become_cases_and_a_waived_one_goes_again(deal: Deal) -> None:
    level = deal.cast.north.make(ServiceLevel, contract=deal.contract, source="obligations", allowance=None)
    late = Obligation(supplier=deal.supplier, contract=deal.contract, title="Marigold", due_on=dt.date(2026, 3, 10))
    services.obligation_save(late, actor=deal.actor)
    assert services.level_feed(level=level, actor=deal.actor) == 1
    assert ServiceRecord.objects.get(level=level).breaks_at < deal.now  # type: ignore[operator]  # it is due
    services.obligation_waive(record=late, actor=deal.actor, reason="Marigold")
    assert services.level_feed(level=level, actor=deal.actor) == 1
    assert not ServiceRecord.objects.filter(level=level).exists()


def breach(deal: Deal, opened: dt.date, **more: object) -> BreachCase:
    made = BreachCase(level=deal.level, first_day=opened, last_day=opened, missed=1)
    services.breach_save(made, actor=deal.actor)
    BreachCase.objects.filter(pk=made.pk).update(opened_on=opened, **more)
    made.refresh_from_db()
    return made


def test_days_of_open_breach_on_a_critical_path_are_counted_once(deal: Deal, given: Shed) -> None:
    # Dig is done; Pour follows on Thursday 8 January and takes until Monday 12.
    pour = given.task("Pour")
    assert (pour.critical, pour.starts_on, pour.finishes_on) == (True, dt.date(2026, 1, 8), dt.date(2026, 1, 12))
    one = breach(deal, dt.date(2026, 1, 7), closed_on=dt.date(2026, 1, 9))
    two = breach(deal, dt.date(2026, 1, 9), closed_on=dt.date(2026, 1, 10))
    excused = breach(deal, dt.date(2026, 1, 11), closed_on=dt.date(2026, 1, 12), state="excused")
    (hit,) = hits(deal.supplier.pk, [one, two, excused], on=dt.date(2026, 1, 12), actor=deal.actor)
    assert (hit.initiative, hit.days, hit.breaches) == (given.plan.initiative, 3, (one.code, two.code))
    assert hit.tasks == ("Pour",)


def test_projects_that_one_may_not_see_are_not_told(deal: Deal, given: Shed) -> None:
    one = breach(deal, dt.date(2026, 1, 9))
    on = dt.date(2026, 1, 12)
    assert hits(deal.supplier.pk, [one], on=on, actor=deal.cast.actor(STRANGER)) == []
    assert len(hits(deal.supplier.pk, [one], on=on, actor=deal.cast.actor(ADMINISTRATOR))) == 1


def test_work_that_goes_on_without_a_contract_is_found(deal: Deal, given: Shed) -> None:
    activated(given)
    on = deal.now
    deal.contract.ends_on = on.date() - dt.timedelta(days=1)
    services.contract_save(deal.contract, actor=deal.actor)
    (fact,) = watch.contract_ended_with_work(now=on, ids=None)
    assert (fact.record, fact.values["tasks"]) == (deal.contract, 1)
    deal.contract.ends_on = on.date()
    services.contract_save(deal.contract, actor=deal.actor)
    assert list(watch.contract_ended_with_work(now=on, ids=None)) == []


def test_a_contract_that_renews_itself_covers_the_work(deal: Deal, given: Shed) -> None:
    activated(given)
    deal.contract.ends_on, deal.contract.renews = deal.now.date() - dt.timedelta(days=1), True
    services.contract_save(deal.contract, actor=deal.actor)
    assert list(watch.contract_ended_with_work(now=deal.now, ids=None)) == []


def test_a_draft_or_a_contract_still_to_begin_covers_nothing(deal: Deal, given: Shed) -> None:
    activated(given)
    today = deal.now.date()
    deal.contract.ends_on = today - dt.timedelta(days=1)
    services.contract_save(deal.contract, actor=deal.actor)
    more: dict[str, Any] = {"supplier": deal.supplier, "ends_on": today + dt.timedelta(days=400)}
    draft = deal.cast.north.make(Contract, starts_on=today, **more)
    deal.cast.north.make(Contract, starts_on=today + dt.timedelta(days=1), state="in_force", **more)
    (fact,) = watch.contract_ended_with_work(now=deal.now, ids=None)
    assert fact.record == deal.contract
    services.contract_activate(record=draft, actor=deal.actor)
    assert list(watch.contract_ended_with_work(now=deal.now, ids=None)) == []

"""Obligations, contacts, contracts and suppliers: states with their guards, and what follows from them."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.people.models import Person
from quarterdeck.apps.suppliers import services, watch
from quarterdeck.apps.suppliers.models import (
    BreachCase,
    Contract,
    Obligation,
    ServicePause,
    ServiceRecord,
    Supplier,
    SupplierContact,
    SupplierPerson,
)
from quarterdeck.apps.suppliers.selectors.windows import add_months, stretch_of
from quarterdeck.kernel import records
from tests.apps.suppliers.conftest import MONDAY, NOW, Deal

TODAY = NOW.date()


def owed(deal: Deal, kind: str, due: dt.date, repeats: str = "once") -> Obligation:
    made = Obligation(supplier=deal.supplier, contract=deal.contract, title="Marigold", kind=kind, due_on=due)
    made.repeats = repeats
    services.obligation_save(made, actor=deal.actor)
    return made


def test_what_repeats_comes_back_from_its_day_and_not_from_when_it_was_met(deal: Deal) -> None:
    report = owed(deal, "report", dt.date(2026, 1, 31), "monthly")
    following = services.obligation_meet(record=report, actor=deal.actor, evidence="Marigold", met_on=MONDAY)
    assert following is not None
    assert (following.due_on, following.state, report.state) == (dt.date(2026, 2, 28), "open", "met")
    third = services.obligation_meet(record=following, actor=deal.actor, evidence="Marigold")
    assert third is not None
    assert third.due_on == dt.date(2026, 3, 31), "a short month does not shorten those after it"
    third.due_on = dt.date(2026, 3, 15)
    services.obligation_save(third, actor=deal.actor)
    moved = services.obligation_meet(record=third, actor=deal.actor, evidence="Marigold")
    assert moved is not None
    assert moved.due_on == dt.date(2026, 4, 15)


def test_an_insurance_is_due_again_when_it_runs_out(deal: Deal) -> None:
    cover = owed(deal, "insure", TODAY)
    with pytest.raises(ValidationError, match="until when"):
        services.obligation_meet(record=cover, actor=deal.actor, evidence="Marigold")
    until = dt.date(2027, 4, 8)
    following = services.obligation_meet(record=cover, actor=deal.actor, evidence="Marigold", valid_until=until)
    assert following is not None
    assert following.due_on == until


def test_what_was_met_or_waived_is_over(deal: Deal) -> None:
    once = owed(deal, "deliver", TODAY)
    with pytest.raises(ValidationError, match="what shows it"):
        services.obligation_meet(record=once, actor=deal.actor)
    services.obligation_waive(record=once, actor=deal.actor, reason="Not needed")
    with pytest.raises(ValidationError, match="waived"):
        services.obligation_meet(record=once, actor=deal.actor, evidence="Marigold")


def test_a_contact_that_is_logged_plans_the_next_and_stays(deal: Deal) -> None:
    plan = SupplierContact(supplier=deal.supplier, subject="Marigold review", planned_on=MONDAY, every_days=30)
    services.contact_save(plan, actor=deal.actor)
    held = MONDAY + dt.timedelta(days=8)
    following = services.contact_log(record=plan, actor=deal.actor, outcome="Agreed", held_on=held)
    assert following is not None
    assert (following.planned_on, plan.in_time) == (held + dt.timedelta(days=30), False)
    with pytest.raises(ValidationError, match="logged stays"):
        services.contact_save(plan, actor=deal.actor)
    with pytest.raises(ValidationError, match="logged already"):
        services.contact_log(record=plan, actor=deal.actor, outcome="Again")
    gone = records.delete(plan, actor=deal.cast.actor("administrator"))
    records.undo(gone.batch, actor=deal.cast.actor("administrator"))
    assert SupplierContact.objects.get(subject="Marigold review", held_on=held).outcome == "Agreed"


def test_a_supplier_does_not_end_while_a_contract_is_in_force(deal: Deal) -> None:
    with pytest.raises(ValidationError, match=deal.contract.number):
        services.supplier_end(record=deal.supplier, actor=deal.actor, reason="Over")
    services.contract_end(record=deal.contract, actor=deal.actor, ended_on=TODAY, reason="Over")
    services.supplier_end(record=deal.supplier, actor=deal.actor, reason="Over")
    assert deal.supplier.state == "ended"


def test_a_contract_is_put_in_force_only_with_an_approved_supplier(deal: Deal) -> None:
    other = deal.cast.north.make(Supplier)
    draft = deal.cast.north.make(Contract, supplier=other)
    with pytest.raises(ValidationError, match="prospect"):
        services.contract_activate(record=draft, actor=deal.actor)
    services.supplier_approve(record=other, actor=deal.actor)
    services.supplier_suspend(record=other, actor=deal.actor, reason="Marigold")
    draft.supplier = other
    with pytest.raises(ValidationError, match="suspended"):
        services.contract_activate(record=draft, actor=deal.actor)
    services.supplier_approve(record=other, actor=deal.actor)
    draft.supplier = other
    services.contract_activate(record=draft, actor=deal.actor)
    assert draft.state == "in_force"


def test_no_new_contract_with_a_supplier_that_is_suspended_or_ended(deal: Deal) -> None:
    def made() -> Contract:
        day, money = dt.date(2026, 5, 1), deal.contract.currency
        return Contract(supplier=deal.supplier, name="Marigold", starts_on=day, currency=money)

    other = Contract.objects.get(pk=deal.cast.north.make(Contract).pk)
    services.contract_save(made(), actor=deal.actor)
    services.supplier_suspend(record=deal.supplier, actor=deal.actor, reason="Marigold")
    with pytest.raises(ValidationError, match="suspended"):
        services.contract_save(made(), actor=deal.actor)
    other.supplier = deal.supplier
    with pytest.raises(ValidationError, match="suspended"):
        services.contract_save(other, actor=deal.actor)
    deal.contract.name = "Marigold again"  # what there is can be changed
    services.contract_save(deal.contract, actor=deal.actor)
    services.contract_end(record=deal.contract, actor=deal.actor, ended_on=TODAY, reason="Over")
    services.supplier_end(record=deal.supplier, actor=deal.actor, reason="Over")
    with pytest.raises(ValidationError, match="ended"):
        services.contract_save(made(), actor=deal.actor)


def test_windows_are_those_of_the_calendar() -> None:
    assert add_months(dt.date(2024, 1, 31), 1) == dt.date(2024, 2, 29)
    assert add_months(dt.date(2026, 11, 30), 3) == dt.date(2027, 2, 28)
    quarter = stretch_of(dt.date(2026, 5, 4), "quarter")
    assert (quarter.key, quarter.first, quarter.last) == ("2026-Q2", dt.date(2026, 4, 1), dt.date(2026, 6, 30))
    assert stretch_of(dt.date(2026, 12, 31), "month").key == "2026-12"


def facts(find: object) -> list[tuple[str, str, dt.date | None]]:
    return [(str(fact.record), fact.key, fact.due_on) for fact in find(now=NOW, ids=None)]  # type: ignore[operator]  # a check


def test_the_watch_finds_what_is_owed_and_what_runs_out(deal: Deal) -> None:
    owed(deal, "report", TODAY - dt.timedelta(days=1))
    owed(deal, "licence", TODAY + dt.timedelta(days=30))
    owed(deal, "licence", TODAY + dt.timedelta(days=31))
    owed(deal, "deliver", TODAY)
    assert facts(watch.obligation_overdue) == [("Marigold", "", TODAY - dt.timedelta(days=1))]
    assert facts(watch.obligation_expiring) == [("Marigold", "", TODAY + dt.timedelta(days=30))]


def test_the_watch_finds_notices_and_ends_of_contracts(deal: Deal) -> None:
    contract = deal.contract
    contract.notice_on, contract.ends_on = TODAY + dt.timedelta(days=60), TODAY + dt.timedelta(days=61)
    services.contract_save(contract, actor=deal.actor)
    assert facts(watch.contract_to_decide) == [(str(contract), "notice", TODAY + dt.timedelta(days=60))]
    contract.ends_on = TODAY + dt.timedelta(days=60)
    services.contract_save(contract, actor=deal.actor)
    assert [key for _name, key, _day in facts(watch.contract_to_decide)] == ["notice", "end"]


def test_the_watch_finds_breaches_without_notice_then_the_end_of_the_cure_period(deal: Deal) -> None:
    deal.month(met=8, missed=2)
    (case,) = services.level_evaluate(level=deal.level, actor=deal.actor)
    assert facts(watch.breach_without_notice) == [(case.code, "", TODAY)]
    services.breach_notice(record=case, actor=deal.actor, noticed_to="Marigold")
    assert facts(watch.breach_without_notice) == []
    assert facts(watch.cure_running_out) == []
    later = NOW + dt.timedelta(days=9)  # the cure period ends 14 days after the notice
    found = list(watch.cure_running_out(now=later, ids=None))
    assert [fact.due_on for fact in found] == [dt.date(2026, 4, 22)]


def test_the_watch_finds_overdue_contacts_and_owners_who_left(deal: Deal) -> None:
    plan = SupplierContact(supplier=deal.supplier, subject="Marigold review", planned_on=TODAY)
    services.contact_save(plan, actor=deal.actor)
    assert facts(watch.supplier_contact_overdue) == []
    plan.planned_on = TODAY - dt.timedelta(days=1)
    services.contact_save(plan, actor=deal.actor)
    assert facts(watch.supplier_contact_overdue) == [("Marigold review", "", TODAY - dt.timedelta(days=1))]
    Person.objects.filter(pk=deal.supplier.owner_id).update(ends_on=TODAY - dt.timedelta(days=1))
    assert [name for name, _key, _day in facts(watch.supplier_owner_left)] == [deal.supplier.name]


def test_every_check_serves_one_of_the_accountabilities() -> None:
    from quarterdeck.kernel.watch.checks import checks

    mine = {check.function for check in checks.values() if check.find.__module__ == watch.__name__}
    assert mine == {"supplier-responsibility", "supplier-engagement", "suppliers.stock", "suppliers.orders"}


def test_nothing_is_owed_by_a_stranger_to_see(deal: Deal) -> None:
    report = owed(deal, "report", TODAY)
    stranger = deal.cast.client("stranger")
    for address in (
        f"/obligations/{report.code}/",
        f"/suppliers/{deal.supplier.code}/overview/",
        "/suppliers/ranking/",
        f"/supplier-contracts/{deal.contract.number}/",
    ):
        assert stranger.get(address).status_code == 404, address


def test_people_of_suppliers_are_contractors_or_contacts(deal: Deal) -> None:
    staff = deal.cast.north.make(Person)
    with pytest.raises(ValidationError):
        SupplierPerson(supplier=deal.supplier, person=staff).full_clean()


@pytest.mark.parametrize(
    "given",
    [
        BreachCase(last_day=dt.date(2026, 1, 5)),
        BreachCase(),
        ServiceRecord(ended_at=dt.datetime(2026, 1, 5, tzinfo=dt.UTC)),
        ServicePause(ends_at=dt.datetime(2026, 1, 5, tzinfo=dt.UTC)),
    ],
    ids=("a case that ends", "a case", "a record that ends", "an excuse that ends"),
)
def test_what_is_not_filled_in_is_told_by_its_field(given: BreachCase | ServiceRecord | ServicePause) -> None:
    with pytest.raises(ValidationError) as refused:
        given.full_clean(validate_unique=False, validate_constraints=False)
    assert {"first_day", "started_at", "starts_at"} & set(refused.value.error_dict)

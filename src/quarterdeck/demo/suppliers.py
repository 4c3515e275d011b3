"""Suppliers: their contracts, a year of service records and obligations, breaches followed up, contacts held."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from django.utils import timezone

from quarterdeck.apps.delivery.models import PlanResource
from quarterdeck.apps.people import services as people
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.suppliers import services
from quarterdeck.apps.suppliers.choices import BreachState
from quarterdeck.apps.suppliers.models import (
    BreachCase,
    Contract,
    ContractProject,
    CreditTier,
    Obligation,
    ServiceLevel,
    ServiceRecord,
    Supplier,
    SupplierCategory,
    SupplierContact,
    SupplierPerson,
    SupplierUse,
)
from quarterdeck.demo.content import suppliers as content
from quarterdeck.demo.content.suppliers import SUPPLIERS, Level, SupplierFacts
from quarterdeck.demo.timeline import MONTH
from quarterdeck.demo.world import World
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor

#: Months from now at which suppliers are entered, and at which each month's service is.
ENTERED: Final = -13.0
MONTHS: Final = (*map(float, range(-12, 0)), -0.1)
#: Days between two reviews with a supplier by tier.
REVIEWS: Final = {"strategic": 45, "preferred": 90, "regular": 180}
SCALE: Final = 1000


@dataclass
class Known:
    """What the builder keeps: suppliers, contracts and levels by name."""

    suppliers: dict[str, Supplier] = field(default_factory=dict)
    contracts: dict[str, Contract] = field(default_factory=dict)
    levels: list[tuple[SupplierFacts, Level, ServiceLevel]] = field(default_factory=list)
    served: set[tuple[str, str]] = field(default_factory=set)


def plan(world: World) -> None:
    """Put the suppliers and their year on the timeline."""
    known = Known()
    for facts in SUPPLIERS:
        world.timeline.add(max(ENTERED, facts.starts), partial(_enter, world, known, facts))
    for number, month in enumerate(MONTHS):
        world.timeline.add(month, partial(_month, world, known, number, month))
    world.timeline.add(-0.08, partial(_assign, world, known))


def _chance(*words: object) -> float:
    return zlib.crc32("/".join(map(str, words)).encode()) % SCALE / SCALE


def _enter(world: World, known: Known, facts: SupplierFacts, now: dt.datetime) -> None:
    """Enter a supplier with its people, its contract, its levels and what it owes."""
    actor, unit = world.system(now), world.units["COR-PRO"]
    category = SupplierCategory.objects.filter(name=facts.category).first()
    if category is None:
        category = SupplierCategory(name=facts.category)
        records.save(category, actor=actor)
    owner = world.people[world.now_in_charge(facts.owner)]
    supplier = Supplier(
        name=facts.name,
        kind=facts.kind,
        category=category,
        tier=facts.tier,
        unit=unit,
        owner=owner,
        location=facts.location,
    )
    services.supplier_save(supplier, actor=actor)
    services.supplier_approve(record=supplier, actor=actor)
    known.suppliers[facts.name] = supplier
    for person, role, main in _people(world, facts, actor):
        records.save(SupplierPerson(supplier=supplier, person=person, role=role, is_main=main), actor=actor)
    contract = _contract(world, facts, supplier, actor)
    known.contracts[facts.name] = contract
    for number, level in enumerate(facts.levels):
        known.levels.append((facts, level, _level(level, contract, number, actor)))
    _obligations(world, facts, supplier, contract, actor)
    records.save(
        SupplierContact(
            supplier=supplier,
            subject=f"Review with {facts.name}",
            planned_on=actor.today + dt.timedelta(days=20),
            every_days=REVIEWS[facts.tier],
            owner=owner,
        ),
        actor=actor,
    )


def _people(world: World, facts: SupplierFacts, actor: Actor) -> list[tuple[Person, str, bool]]:
    name, role = facts.contact
    known = world.people.get(facts.known)
    if known is not None and known.name == name:
        return [(known, role, True)]
    person = Person(name=name, kind="supplier", employer=facts.name, unit=world.units["COR-PRO"], job_title=role)
    people.person_save(person, actor=actor)
    also = [(known, known.job_title, False)] if known is not None else []
    return [(person, role, True), *also]


def _contract(world: World, facts: SupplierFacts, supplier: Supplier, actor: Actor) -> Contract:
    contract = Contract(
        supplier=supplier,
        name=facts.contract,
        starts_on=world.day(facts.starts),
        ends_on=world.day(facts.ends),
        notice_on=None if facts.notice is None else world.day(facts.notice),
        renews=facts.notice is not None and facts.tier != "strategic",
        value=facts.value * SCALE,
        monthly_charge=facts.monthly * SCALE or None,
        credit_cap=15,
        currency=world.currencies["EUR"],
    )
    services.contract_save(contract, actor=actor)
    services.contract_activate(record=contract, actor=actor)
    return contract


def _serve(world: World, known: Known, actor: Actor) -> None:
    """Say which projects the suppliers work for, once these are there."""
    fresh: list[ContractProject | SupplierUse] = []
    for facts in SUPPLIERS:
        for name in facts.projects:
            if facts.name in known.contracts and name in world.initiatives and (facts.name, name) not in known.served:
                known.served.add((facts.name, name))
                contract, initiative = known.contracts[facts.name], world.initiatives[name]
                fresh.append(ContractProject(contract=contract, initiative=initiative))
                fresh.append(SupplierUse(supplier=contract.supplier, initiative=initiative, purpose=facts.contract))
    for kind in (ContractProject, SupplierUse):
        records.save_many([row for row in fresh if isinstance(row, kind)], actor=actor)


def _level(level: Level, contract: Contract, number: int, actor: Actor) -> ServiceLevel:
    made = ServiceLevel(
        contract=contract,
        name=level.name,
        allowance=level.allowance,
        unit=level.unit,
        target=level.target,
        window=level.window,
        clause=level.clause,
        cure_days=20 if number == 0 else 10,
        starts_on=max(contract.starts_on, actor.today),
    )
    services.level_save(made, actor=actor)
    for below, credit in ((level.target, 2), (level.target - 5, 5), (level.target - 15, 10)):
        records.save(CreditTier(level=made, below=below, credit=credit), actor=actor)
    return made


def _obligations(world: World, facts: SupplierFacts, supplier: Supplier, contract: Contract, actor: Actor) -> None:
    first = actor.today + dt.timedelta(days=25)
    insured = world.day(facts.insured) - dt.timedelta(days=365)
    rows = [
        ("Public liability insurance", "insure", "yearly", max(insured, first)),
        ("Safety report", "report", "quarterly", first + dt.timedelta(days=round(40 * _chance(facts.name, "report")))),
    ]
    if facts.kind in ("contractor", "utility"):
        rows.append(("Certificate of the safety scheme", "licence", "yearly", max(insured, first + dt.timedelta(60))))
    for title, kind, repeats, due in rows:
        services.obligation_save(
            Obligation(supplier=supplier, contract=contract, title=title, kind=kind, repeats=repeats, due_on=due),
            actor=actor,
        )


def _month(world: World, known: Known, number: int, month: float, now: dt.datetime) -> None:
    """Enter the service of a month, what was shown and said in it, and see to the breaches of the one before."""
    actor = world.system(now)
    _serve(world, known, actor)
    rows = [
        row
        for facts, level, made in known.levels
        if made.starts_on < actor.today
        for row in _cases(world, facts, level, made, number=number, now=now)
    ]
    services.records_save(rows, actor=actor)
    _show(known, actor, month)
    _talk(known, actor, month)
    _see_to(world, actor, month)
    for _facts, _level, made in known.levels:
        services.level_evaluate(level=made, actor=actor)


def _cases(
    world: World, facts: SupplierFacts, level: Level, made: ServiceLevel, *, number: int, now: dt.datetime
) -> list[ServiceRecord]:
    """Return the cases of one level and month: asked for within the thirty days before, most of them done in time."""
    found = []
    projects = [world.initiatives[name] for name in facts.projects if name in world.initiatives]
    late = level.late + (level.worse if number >= len(MONTHS) - 4 else 0.0)
    days = level.allowance if level.unit == "days" else max(1, level.allowance // 8)
    for case in range(level.cases):
        if level.window == "case" and _chance(facts.name, level.name, number) > 0.2:
            continue  # it seldom happens
        draw = _chance(facts.name, level.name, number, case)
        asked = timezone.localtime(now) - dt.timedelta(days=2 + 28 * _chance(case, number, level.name))
        asked = asked.replace(hour=8 + case % 8, minute=case * 7 % 60, second=0, microsecond=0)
        share = 1.5 + draw if draw < late else 0.15 + 0.6 * _chance(draw, "share")
        taken = dt.timedelta(days=days * share * 1.0) if level.unit == "days" else dt.timedelta(hours=5.5 * share)
        ended = asked + taken
        good = _chance(facts.name, number, case, "good") < facts.good
        done = ended <= now
        found.append(
            ServiceRecord(
                level=made,
                reference=f"{number:02d}-{case + 1:03d}",
                subject=f"{level.name.split(' within ')[0]}, case {number * 20 + case + 1}",
                initiative=projects[case % len(projects)] if projects else None,
                started_at=asked,
                ended_at=ended if done else None,
                in_full=(_chance(case, number, "full") < 0.97) if done else None,
                right_first_time=good if done else None,
                as_agreed=(_chance(facts.name, case, number, "cost") < 0.95) if done else None,
            )
        )
    return found


def _show(known: Known, actor: Actor, month: float) -> None:
    """Note what was shown of what was owed; some of it late, some of it still owed."""
    due = Obligation.objects.filter(state="open", due_on__lte=actor.today).order_by("due_on", "pk")
    for row in list(due.select_related("supplier", "contract", "initiative")):
        draw = _chance(row.supplier.name, row.code, "shown")
        if month > -1 and draw < 0.3:
            continue
        met = row.due_on + dt.timedelta(days=round(12 * draw) if draw > 0.85 else -round(8 * draw))
        services.obligation_meet(
            record=row,
            actor=actor,
            met_on=min(met, actor.today),
            evidence="Certificate on file" if row.kind in ("insure", "licence") else "Report received and read",
            valid_until=row.due_on + dt.timedelta(days=365) if row.kind in ("insure", "licence") else None,
        )


def _talk(known: Known, actor: Actor, month: float) -> None:
    """Log the contacts of the month; the last of some suppliers are overdue."""
    rows = SupplierContact.objects.filter(held_on__isnull=True, planned_on__lte=actor.today)
    for row in list(rows.select_related("supplier", "initiative", "owner").order_by("planned_on", "pk")):
        draw = _chance(row.supplier.name, row.planned_on, "held")
        if draw < 0.08 or (month > -1.5 and draw < 0.4):
            continue
        held = min(row.planned_on + dt.timedelta(days=round(9 * draw)), actor.today)
        outcome = content.OUTCOMES[round(draw * SCALE) % len(content.OUTCOMES)]
        services.contact_log(record=row, actor=actor, outcome=outcome, held_on=held)


def _see_to(world: World, actor: Actor, month: float) -> None:
    """Take every open breach one step on; the newest stay where they are."""
    rows = BreachCase.objects.exclude(state__in=(BreachState.CLOSED, BreachState.EXCUSED)).order_by("opened_on", "pk")
    for case in list(rows.select_related("level__contract__supplier", "level__calendar")):
        draw = _chance(case.code, "step")
        answer, remedy = content.ANSWERS[round(draw * SCALE) % len(content.ANSWERS)]
        if case.state == BreachState.OPEN:
            if month > -1 and draw < 0.5:
                continue
            main = case.level.contract.supplier.people.filter(is_main=True).select_related("person").first()
            services.breach_notice(record=case, actor=actor, noticed_to=main.person.name if main else "Service desk")
        elif case.state == BreachState.NOTICED and draw > 0.93:
            services.breach_excuse(record=case, actor=actor, reason="Street closed by the city; not of their making.")
        elif case.state == BreachState.NOTICED:
            assert case.noticed_on is not None
            services.breach_answer(
                record=case,
                actor=actor,
                answer=answer,
                remedy=remedy,
                remedy_on=actor.today + dt.timedelta(days=round(MONTH)),
                answered_on=min(case.noticed_on + dt.timedelta(days=4 + round(8 * draw)), actor.today),
            )
        elif case.state == BreachState.REMEDY:
            services.breach_follow_up(record=case, actor=actor, found="The level is kept again; counted each week.")
            services.breach_close(record=case, actor=actor, reason="Kept for a month after the remedy.")


def _assign(world: World, known: Known, now: dt.datetime) -> None:
    """Say of the contractors in running plans whose people they are, and judge the tasks that were given to them."""
    actor = world.system(now)
    for facts in SUPPLIERS:
        supplier = known.suppliers.get(facts.name)
        main = supplier.people.filter(is_main=True).select_related("person").first() if supplier else None
        if main is None or not facts.trade:
            continue
        rows = PlanResource.objects.filter(
            name=facts.trade,
            person=None,
            plan__is_current=True,
            plan__initiative__in=[world.initiatives[name] for name in facts.projects if name in world.initiatives],
        )
        found = list(rows)
        for row in found:
            row.person = main.person
        records.save_many(found, actor=actor)
    contract = known.contracts["Elbtal Charging Systems"]
    level = ServiceLevel(
        contract=contract,
        name="Tasks of plans finished by their baseline",
        source="tasks",
        target=60,
        window="quarter",
        starts_on=world.day(-5.0),
    )
    services.level_save(level, actor=actor)
    services.level_feed(level=level, actor=actor)
    services.level_evaluate(level=level, actor=actor)

"""Interfaces between the running projects and service levels in their plans: agreed in the last months, some late."""

from __future__ import annotations

import datetime as dt

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.choices import InterfaceState
from quarterdeck.apps.delivery.models import Interface, Plan, Task
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.demo.content.interfaces import HANDOVERS, LEVELS, ORDERED, PROGRAMMES, Handover
from quarterdeck.demo.portfolio import projects
from quarterdeck.demo.world import World

#: Months from now at which they are proposed, agreed, delivered and accepted.
PROPOSED, AGREED, DELIVERED, ACCEPTED = -2.1, -1.7, -0.25, -0.1
LEVELLED = -1.9


def plan(world: World) -> None:
    """Put the interfaces and the service levels on the timeline."""
    world.timeline.add(PROPOSED, lambda now: _propose(world, now))
    world.timeline.add(LEVELLED, lambda now: _promise(world, now))
    for month, state in (
        (AGREED, InterfaceState.AGREED),
        (DELIVERED, InterfaceState.DELIVERED),
        (ACCEPTED, InterfaceState.ACCEPTED),
    ):
        world.timeline.add(month, lambda now, state=state: _bring(world, now, state))  # type: ignore[misc]  # bound now


def _propose(world: World, now: dt.datetime) -> None:
    """Enter what the receiving projects need, with both tasks."""
    actor = world.system(now)
    managers = {facts.name: facts.manager for facts in projects()}
    tasks = {
        (task.plan.initiative.name, task.name): task
        for task in Task.objects.filter(plan__is_current=True, is_summary=False).select_related("plan__initiative")
    }
    for each in HANDOVERS:
        record = Interface(
            name=each.what,
            description=each.conditions,
            giver=world.initiatives[each.giver],
            receiver=world.initiatives[each.receiver],
            giver_task=tasks[each.giver, each.step],
            receiver_task=tasks[each.receiver, each.needed_for],
            giver_owner=world.people[world.now_in_charge(managers[each.giver])],
            receiver_owner=world.people[world.now_in_charge(managers[each.receiver])],
        )
        services.interface_save(record, actor=actor)


def _bring(world: World, now: dt.datetime, state: InterfaceState) -> None:
    """Bring those that have come so far to a state."""
    order = list(InterfaceState)
    verbs = {
        InterfaceState.AGREED: services.interface_agree,
        InterfaceState.DELIVERED: services.interface_deliver,
        InterfaceState.ACCEPTED: services.interface_accept,
    }
    for each, record in _stored():
        if order.index(InterfaceState(each.state)) >= order.index(state):
            verbs[state](record=record, actor=world.system(now))


def _stored() -> list[tuple[Handover, Interface]]:
    known = {record.name: record for record in Interface.objects.select_related("giver__scope", "receiver__scope")}
    return [(each, known[each.what]) for each in HANDOVERS]


def _promise(world: World, now: dt.datetime) -> None:
    """Give tasks of some programmes their service levels."""
    above = Initiative.objects.filter(name__in=PROGRAMMES)
    plans = Plan.objects.filter(is_current=True, initiative__parent__in=above).select_related("initiative")
    steps = list(
        Task.objects.filter(plan__in=plans, name__in=LEVELS, is_summary=False).values_list("plan", "pk", "name")
    )
    for record in plans:
        actor = world.system(now)
        if record.initiative.name in ORDERED:
            record.ordered_on = world.day(ORDERED[record.initiative.name])
            services.plan_save(record, actor=actor)
        commands = [
            {"do": "set", "task": key, "field": "service", "value": LEVELS[name]}
            for of, key, name in steps
            if of == record.pk and (name != "Delivery of long-lead items" or record.ordered_on)
        ]
        revision = record.revision + bool(record.ordered_on)
        services.plan_edit(plan_id=record.pk, commands=commands, revision=revision, actor=actor)

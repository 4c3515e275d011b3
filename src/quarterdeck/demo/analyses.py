"""Uncertainty of two plans: estimates and risks, and the runs that their managers have asked for.

The runs wait for the worker, as any run does: whoever opens the demo first sees them being worked out.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Final

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.models import Plan, PlanResource, Task, TaskAssignment
from quarterdeck.demo.content import analyses as content
from quarterdeck.demo.content.initiatives import Project
from quarterdeck.demo.content.plans import SOFTWARE, SORTS, WORKS, Phase
from quarterdeck.demo.plans import DRAWN
from quarterdeck.demo.portfolio import projects
from quarterdeck.demo.timeline import PRESENT
from quarterdeck.demo.world import World
from quarterdeck.kernel.access.actor import Actor

#: Projects that have begun by then have a plan that is reported on.
LATEST: Final = -0.22
#: When estimates are made, before the present.
MADE: Final = -0.06


def plan(world: World) -> None:
    """Put estimates, risks and runs of the two plans with most work left on the timeline."""
    running = [each for each in projects() if each.end == "active" and each.start + DRAWN < LATEST]
    for phases, threats in ((WORKS, content.WORKS), (SOFTWARE, content.SOFTWARE)):
        chosen = max((each for each in running if _phases(each) is phases), key=lambda each: each.finish)
        world.timeline.add(MADE, partial(_uncertain, world, chosen, threats))
        world.timeline.add(PRESENT, partial(_asked, world, chosen))


def _phases(facts: Project) -> tuple[Phase, ...]:
    """Return the work of a project's sort."""
    return next(phases for beginning, phases, _whole in SORTS if facts.unit.startswith(beginning))


def _plan_of(world: World, facts: Project) -> Plan:
    return Plan.objects.get(initiative=world.initiatives[facts.name], is_current=True)


def _actor(world: World, facts: Project, now: dt.datetime) -> Actor:
    return world.actor(world.now_in_charge(facts.manager), now)


def _uncertain(world: World, facts: Project, threats: tuple[content.Threat, ...], now: dt.datetime) -> None:
    """Write estimates by trade, and the risks."""
    plan_, actor = _plan_of(world, facts), _actor(world, facts, now)
    trades = {step.name: step.who for phase in _phases(facts) for step in phase.steps}
    rows: dict[int, tuple[str, str, str]] = {}
    open_ = Task.objects.filter(plan=plan_, is_summary=False, actual_finish=None, duration__gt=0)
    for key, name in open_.values_list("pk", "name"):
        low, high = content.SPREADS.get(trades.get(name, ""), content.SPREADS[""])
        rows[key] = (f"{100 + low}%", "100%", f"{100 + high}%")
    services.estimates_save(plan=plan_, rows=rows, shapes={}, actor=actor)
    order = list(Task.objects.filter(plan=plan_).order_by("position", "pk").values_list("name", flat=True))
    number = {name: str(place + 1) for place, name in enumerate(order)}
    for threat in threats:
        low, likely, high = threat.delay
        typed = {
            "name": threat.name,
            "probability": str(threat.probability),
            "delay_low": f"{low}d",
            "delay_likely": f"{likely}d",
            "delay_high": f"{high}d",
            "cost_likely": str(threat.cost),
            "tasks": ", ".join(number[step] for step in threat.steps if step in number),
            "response": threat.response,
            "response_cost": str(threat.price),
            "probability_after": "" if threat.then is None else str(threat.then),
        }
        services.risk_save(plan=plan_, typed=typed, money=True, actor=actor)


def _asked(world: World, facts: Project, now: dt.datetime) -> None:
    """Ask for a simulation and a levelling."""
    plan_, actor = _plan_of(world, facts), _actor(world, facts, now)
    options = {"iterations": 10_000, "seed": 4207, "correlation": 0.3}
    services.analysis_run(plan=plan_, kind="simulation", options=options, actor=actor)
    used = TaskAssignment.objects.filter(plan=plan_).values("resource")
    limits = PlanResource.objects.filter(plan=plan_, kind="work", pk__in=used).values_list("pk", "max_units")
    aim = {"goal": "finish", "resources": {str(key): units for key, units in limits}, "seconds": 5}
    services.analysis_run(plan=plan_, kind="levelling", options=aim, actor=actor)

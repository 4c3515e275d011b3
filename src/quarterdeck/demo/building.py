"""Building the whole demo: the plan of three years, carried out in order of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from quarterdeck.apps.organisation.apps import follow_units
from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people.apps import follow_grants
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.apps import follow_initiatives
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.apps import follow_changes
from quarterdeck.apps.suppliers.apps import follow_records
from quarterdeck.demo import (
    analyses,
    assessing,
    engagement,
    interfaces,
    lessons,
    money,
    organisation,
    people,
    plans,
    pmo,
    portfolio,
    raid,
    reports,
    setup,
    stock,
    suppliers,
    talk,
    watching,
)
from quarterdeck.demo.timeline import Timeline
from quarterdeck.demo.world import World
from quarterdeck.kernel import events
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.records.events import Changed
from quarterdeck.kernel.search import index
from quarterdeck.kernel.watch.jobs import after_change
from quarterdeck.kernel.watch.models import Finding


@dataclass(frozen=True)
class Built:
    """How much was made."""

    users: int
    units: int
    people: int
    initiatives: int
    projects: int
    changes: int
    findings: int


def occupied() -> str:
    """Return in words what an organisation's own database already holds; nothing when it is empty."""
    kept = {"users": User, "units": OrganisationUnit, "people": Person, "initiatives": Initiative}
    return ", ".join(word for word, model in kept.items() if model._default_manager.exists())


def build_all(*, now: dt.datetime) -> Built:
    """Build the demo as of `now`; the caller has checked that the database is empty."""
    world = World(Timeline(now))
    organisation.plan(world)
    people.plan(world)
    organisation.plan_rates(world)
    people.plan_development(world)
    portfolio.plan(world)
    plans.plan(world)
    interfaces.plan(world)
    analyses.plan(world)
    money.plan(world)
    suppliers.plan(world)
    stock.plan(world)
    raid.plan(world)
    engagement.plan(world)
    lessons.plan(world)
    setup.plan(world)
    talk.plan(world)
    assessing.plan(world)
    reports.plan(world)
    watching.plan(world)
    pmo.plan(world)
    # Three years of changes are indexed and watched once, at the end and at chosen moments, not after each.
    # Rights and nodes are kept in line by the services themselves; their followers are for Undo and bulk edits.
    followers = (follow_grants, follow_units, follow_initiatives, follow_changes, follow_records)
    with _deaf(index.on_changed, after_change, *followers):
        world.timeline.run()
    index.rebuild()
    talk.settle(world)
    return Built(
        users=User.objects.count(),
        units=OrganisationUnit.objects.count(),
        people=Person.objects.count(),
        initiatives=Initiative.objects.count(),
        projects=Initiative.objects.filter(kind="project").count(),
        changes=Change.objects.count(),
        findings=Finding.objects.filter(closed_at__isnull=True).count(),
    )


@contextmanager
def _deaf(*handlers: Callable[[Any], None]) -> Iterator[None]:
    """Have some followers of changes not listen meanwhile."""
    for handler in handlers:
        events.unsubscribe(Changed, handler)
    try:
        yield
    finally:
        for handler in handlers:
            events.subscribe(Changed, handler)

"""A small plan with everything in it, at a project of the cast's North."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.exchange.document import (
    DocumentAssignment,
    DocumentBaseline,
    DocumentCalendar,
    DocumentException,
    DocumentLink,
    DocumentResource,
    DocumentTask,
    DocumentWeek,
    PlanDocument,
    Stored,
)
from quarterdeck.apps.delivery.models import Plan, Task
from quarterdeck.apps.people.catalogue import RIGHTS
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, User
from tests.cast import EDITOR, Cast, assemble

#: Monday 5 January 2026, 08:00.
MONDAY = 29_459_520 + 480
DAY = 1440
OFFICE = (((480, 720), (780, 1020)),) * 5 + ((), ())


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def day(days: int, minute: int = 480) -> int:
    """An instant so many days after that Monday."""
    return MONDAY - 480 + days * DAY + minute


def document(**more: Any) -> PlanDocument:
    """Dig (2 d) > Pour (3 d) > Cure (1 d), below a phase; Paint (1 d) alone; a milestone at the end."""
    at = Stored(start=MONDAY, finish=MONDAY)
    tasks = (
        DocumentTask(id=1, name="Ground", kind="SUMMARY", row=1, stored=at),
        DocumentTask(
            id=2,
            name="Dig",
            parent=1,
            row=2,
            duration=960,
            stored=at,
            baselines=(DocumentBaseline(number=0, start=MONDAY, finish=day(0, 1020), duration=480, cost="100"),),
        ),
        DocumentTask(id=3, name="Pour", parent=1, row=3, duration=1440, stored=at, cost="1200.50", notes="Cold."),
        DocumentTask(id=4, name="Cure", parent=1, row=4, duration=480, stored=at, custom={"Colour": "grey"}),
        DocumentTask(id=5, name="Paint", row=5, duration=480, stored=at),
        DocumentTask(id=6, name="Done", row=6, kind="MILESTONE", stored=at),
    )
    given: dict[str, Any] = {
        "name": "Shed",
        "program": "Test",
        "kind": "MSPDI",
        "start": MONDAY,
        "calendar": 1,
        "calendars": (
            DocumentCalendar(
                id=1,
                name="Standard",
                week=DocumentWeek(days=OFFICE),
                exceptions=(DocumentException(first="2026-01-06", last="2026-01-06", name="Epiphany"),),
            ),
        ),
        "resources": (DocumentResource(id=1, name="Ann"), DocumentResource(id=2, name="Bob")),
        "tasks": tasks,
        "links": (
            DocumentLink(predecessor=2, successor=3),
            DocumentLink(predecessor=3, successor=4, lag=480),
            DocumentLink(predecessor=4, successor=6),
            DocumentLink(predecessor=5, successor=6),
        ),
        "assignments": (
            DocumentAssignment(id=1, task=2, resource=1, work=960),
            DocumentAssignment(id=2, task=3, resource=2, units=0.5, work=720),
        ),
    }
    return PlanDocument(**{**given, **more})


@dataclass
class Shed:
    """The plan, who edits it, and short ways to look at it and to change it."""

    plan: Plan
    cast: Cast

    def task(self, name: str) -> Task:
        return Task.objects.get(plan=self.plan, name=name)

    def id(self, name: str) -> int:
        return self.task(name).pk

    @property
    def revision(self) -> int:
        return Plan.objects.get(pk=self.plan.pk).revision

    def edit(self, *commands: dict[str, Any], revision: int | None = None, who: str = EDITOR) -> Any:
        known = self.revision if revision is None else revision
        return services.plan_edit(
            plan_id=self.plan.pk, commands=list(commands), revision=known, actor=self.cast.actor(who)
        )

    def set(self, name: str, field: str, value: Any) -> Task:
        self.edit({"do": "set", "task": self.id(name), "field": field, "value": value})
        return self.task(name)

    @property
    def url(self) -> str:
        return f"/projects/{self.plan.initiative.code}/plan/"

    def post(self, client: Client, word: str, body: Any) -> Any:
        return client.post(self.url + word, json.dumps(body), content_type="application/json")


@pytest.fixture
def project(cast: Cast) -> Initiative:
    return cast.north.make(Initiative)


@pytest.fixture
def shed(cast: Cast, project: Initiative) -> Shed:
    done = services.plan_import(document=document(), initiative=project, actor=cast.actor(EDITOR))
    return Shed(done.plan, cast)


@pytest.fixture
def dates(shed: Shed) -> Callable[[], dict[str, tuple[int | None, int | None]]]:
    return lambda: {
        name: (start, finish)
        for name, start, finish in Task.objects.filter(plan=shed.plan).values_list("name", "start", "finish")
    }


@pytest.fixture
def team_member(shed: Shed) -> User:
    """Someone who holds the shipped role of a team member at the project."""
    entry = RIGHTS["member"]
    user = User.objects.create_user("member@example.org", name="Mel Member")
    system = Actor.system(now=clock.now())
    role = AccessRole(name=str(entry.name), permissions=entry.permissions, sees=entry.sees)
    records.save(role, actor=system)
    records.save(Grant(user=user, role=role, scope=shed.plan.initiative.scope), actor=system)
    return user

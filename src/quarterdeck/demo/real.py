"""Real projects beside the demo's invented ones: a folder of plan files as one portfolio, alive as far as they say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Min

from quarterdeck.apps.delivery import services as delivery
from quarterdeck.apps.delivery.exchange.document import PlanDocument
from quarterdeck.apps.delivery.exchange.reading import Unreadable, read_many
from quarterdeck.apps.delivery.models import Baseline, Plan, Task
from quarterdeck.apps.delivery.selectors.solving import on_day
from quarterdeck.apps.organisation.models import Currency, OrganisationUnit
from quarterdeck.apps.people.models import Person, Role, RoleAssignment
from quarterdeck.apps.people.services import role_assign
from quarterdeck.apps.portfolio import services as portfolio
from quarterdeck.apps.portfolio.choices import MANAGERS, SPONSOR, Kind, State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.demo.personas import PROJECT_MANAGER
from quarterdeck.demo.personas import SPONSOR as SPONSORING
from quarterdeck.kernel.access.actor import Actor

NAME = "Real projects"
PURPOSE = (
    "Projects of real organisations, read from their plan files, to see how the office's figures stand up to them."
)


@dataclass
class Loaded:
    """What became of the files: how many projects have a plan now, and which files were refused, with the reason."""

    projects: int = 0
    refused: dict[str, str] = field(default_factory=dict)


def load(files: Sequence[Path], *, now: dt.datetime, say: Callable[[int, str], object]) -> Loaded:
    """Bring files into the portfolio of real projects, each whole or not at all; the same again changes nothing.

    `say` is told how many files are done, and the name of the last one.
    """
    actor, found = Actor.system(now=now, label="quarterdeck demo", via="import"), Loaded()
    top, made = _portfolio(actor), set[int]()
    for number, (path, document) in enumerate(read_many(files), start=1):
        try:
            if isinstance(document, Unreadable):
                raise ValidationError(str(document))
            made.add(_bring(document, top, actor, made))
            found.projects += 1
        except ValidationError as error:
            found.refused[path.name] = " ".join(error.messages)
        say(number, path.name)
    if found.projects:
        _span(top, actor)
    return found


def _portfolio(actor: Actor) -> Initiative:
    known = Initiative.objects.filter(kind=Kind.PORTFOLIO, name=NAME).select_related("unit", "scope").first()
    if known is not None:
        return known
    unit = OrganisationUnit.objects.filter(parent__isnull=True).order_by("pk").first()
    currency = Currency.objects.filter(is_base=True).first()
    record = Initiative(name=NAME, kind=Kind.PORTFOLIO, purpose=PURPOSE, unit=unit, currency=currency)
    portfolio.initiative_save(record, actor=actor)
    _led(record, actor)
    return record


@transaction.atomic
def _span(top: Initiative, actor: Actor) -> None:
    """Have the portfolio last as long as its projects; it is active with the first of them."""
    found = top.children.aggregate(first=Min("planned_start"), last=Max("planned_finish"))
    top.planned_start, top.planned_finish = found["first"], found["last"]
    portfolio.initiative_save(top, actor=actor)
    if top.state == State.PIPELINE and top.children.exclude(state=State.PIPELINE).exists():
        portfolio.initiative_activate(record=top, actor=actor)


@transaction.atomic
def _bring(document: PlanDocument, top: Initiative, actor: Actor, made: set[int]) -> int:
    done = delivery.plan_bring(document=document, into=top.code, actor=actor, note="Real project.", beside=made)
    record = Initiative.objects.select_related("scope", "unit").get(pk=done.plan.initiative_id)
    if record.state == State.PIPELINE:
        _begin(record, done.plan, top, actor)
    return done.plan.pk


def _begin(record: Initiative, plan: Plan, top: Initiative, actor: Actor) -> None:
    """Give a new project what an active one has, and the state that its progress says."""
    base = Baseline.objects.filter(plan=plan, number=0).first()
    starts = [at for at in (base.figures["start"] if base else ()) if at is not None]
    finish = base.finish if base is not None and base.finish is not None else plan.found_finish
    first = min(starts, default=plan.found_start or plan.start)
    record.planned_start, record.planned_finish = on_day([first, finish or first])
    record.purpose = f"{record.name}: a real project, told by its plan file."
    record.currency = top.currency
    if base is not None and base.costs:
        parts = set(Task.objects.filter(plan=plan, is_summary=False).values_list("pk", flat=True))
        costs = zip(base.figures["task"], base.costs, strict=True)
        total = sum((Decimal(cost) for task, cost in costs if task in parts and cost is not None), Decimal(0))
        record.budget = total.quantize(Decimal("0.01")) or None
    portfolio.initiative_save(record, actor=actor)
    _led(record, actor)
    work = Task.objects.filter(plan=plan, is_summary=False)
    began = work.aggregate(first=Min("actual_start"))["first"]
    if began is None:
        return
    portfolio.initiative_activate(record=record, actor=actor)
    record.actual_start = on_day([began])[0]
    portfolio.initiative_save(record, actor=actor)
    if not work.filter(actual_finish__isnull=True).exists():
        last = work.aggregate(last=Max("actual_finish"))["last"]
        portfolio.initiative_complete(record=record, actor=actor, finished_on=on_day([last])[0])


def _led(record: Initiative, actor: Actor) -> None:
    """Have personas of the demo answer for it."""
    for role, persona in ((SPONSOR, SPONSORING), (MANAGERS[Kind(record.kind)], PROJECT_MANAGER)):
        if not RoleAssignment.objects.filter(scope=record.scope, role__code=role).exists():
            role_assign(
                person=Person.objects.get(user__email=persona.email),
                role=Role.objects.get(code=role),
                scope=record.scope,
                starts_on=actor.today,
                actor=actor,
            )

"""Actual costs that imported plans tell, as rows of the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final
from zlib import crc32

import msgspec
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.choices import TaskKind
from quarterdeck.apps.delivery.exchange.document import DocumentPeriod
from quarterdeck.apps.delivery.models import Plan, Task
from quarterdeck.apps.finance.choices import PLAN_FILE, TAKEN_BACK, CostKind
from quarterdeck.apps.finance.models import Actual, CostCategory
from quarterdeck.apps.finance.services.ledger import actuals_post, actuals_taken_back
from quarterdeck.engine.calendar import instant
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor

PLACES: Final = Decimal("0.0001")
#: The category of costs that an imported plan does not tell apart.
GENERAL: Final = "GENERAL"


@dataclass
class _Posted:
    """What the ledger holds of a plan file, by task and period: live rows in order, and how many there ever were."""

    rows: dict[str, list[Actual]]
    counts: dict[str, int]

    def amount(self, name: str) -> Decimal:
        """Return what is posted of a task in a period."""
        return sum((row.amount for row in self.rows.get(name, ())), Decimal(0))


def _prefix(initiative_id: int, source: Mapping[str, Any]) -> str:
    """Return how references begin: by the plan's name in its first file, so that a plan that was dropped and brought in
    again is the same to the ledger, and so is one that a file of another name has changed.
    """
    name = source.get("ledger", source.get("name", ""))
    return f"{initiative_id}-{crc32(str(name).encode()):08x}-"


def _posted(initiative_id: int, prefix: str) -> _Posted:
    """Return what is posted. What an Undo has reversed is not; what someone has reversed stays so and counts as posted,
    or the next import would bring it back.
    """
    found = _Posted(defaultdict(list), defaultdict(int))
    kept = Actual.objects.filter(initiative=initiative_id, source=PLAN_FILE, reference__startswith=prefix)
    gone = set(
        kept.filter(reverses__isnull=False, reference__endswith=TAKEN_BACK).values_list("reverses_id", flat=True)
    )
    for row in kept.filter(reverses__isnull=True).select_related("initiative").order_by("pk"):
        name = row.reference.partition("~")[0]
        found.counts[name] += 1
        if row.pk not in gone:
            found.rows[name].append(row)
    return found


@transaction.atomic
def costs_of_plan(*, plan_id: int, actor: Actor) -> int:
    """Post what the tracking periods of an imported plan say was spent; return how many rows are new.

    Per task and period the growth of the actual cost, dated at the period's status date. Again it posts nothing; where
    a period says something else than before, the difference is posted beside it.
    """
    plan = _locked(plan_id)
    if plan is None or not plan.is_current or not plan.source.get("periods"):
        return 0
    category = _general(actor)
    tasks = _tasks(plan)
    prefix = _prefix(plan.initiative_id, plan.source)
    posted = _posted(plan.initiative_id, prefix)
    made = []
    for number, period, uid, grown in _growth(plan, tasks.keys()):
        name = f"{prefix}{number}-{uid}"
        left = grown - posted.amount(name)
        if left:
            task, words = tasks[uid]
            made.append(
                Actual(
                    initiative=plan.initiative,
                    category=category,
                    task_id=task,
                    posted_on=instant(period.status).date(),
                    amount=left,
                    description=words[:300],
                    source=PLAN_FILE,
                    reference=name if not posted.counts[name] else f"{name}~{posted.counts[name]}",
                )
            )
    actuals_post(made, actor=actor)
    return len(made)


@transaction.atomic
def costs_taken_back(*, plan_id: int, initiative_id: int, source: Mapping[str, Any], actor: Actor) -> int:
    """Reverse what was posted of a plan file and that the plan, as an Undo has left it, does not say; how many rows.

    `source` is where the plan came from, as it was before the Undo or is after it. It is looked for among the current
    plans, which post, then by its key: what was posted of a plan stays posted when another has become current. Rows are
    reversed last first until what is left of a task and period is what the plan says; what it says beyond is posted as
    by any import.
    """
    prefix = _prefix(initiative_id, source)
    plans = _current_and(plan_id, initiative_id)
    plan = next((each for each in plans if _prefix(initiative_id, each.source) == prefix), None)
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    if plan is not None and plan.source.get("periods"):
        for number, _period, uid, grown in _growth(plan, _tasks(plan).keys()):
            wanted[f"{prefix}{number}-{uid}"] += grown
    rows: list[Actual] = []
    posted = _posted(initiative_id, prefix)
    for name, held in posted.rows.items():
        while held and posted.amount(name) != wanted[name]:
            rows.append(held.pop())
    actuals_taken_back(rows, actor=actor, reason=_("The import was taken back"))
    if plan is not None:
        costs_of_plan(plan_id=plan.pk, actor=actor)
    return len(rows)


def _locked(plan_id: int) -> Plan | None:
    return Plan.objects.select_related("initiative").select_for_update(of=("self",)).filter(pk=plan_id).first()


def _current_and(plan_id: int, initiative_id: int) -> list[Plan]:
    rows = Plan.objects.filter(Q(is_current=True) | Q(pk=plan_id), initiative=initiative_id)
    return list(rows.select_related("initiative").order_by("-is_current", "pk"))


def _tasks(plan: Plan) -> dict[int, tuple[int, str]]:
    """Return key and name of the tasks by their numbers, without the lines of groups, which tell sums."""
    rows = Task.objects.filter(plan=plan, parts__isnull=True).exclude(kind=TaskKind.SUMMARY)
    return {uid: (pk, name) for uid, pk, name in rows.values_list("uid", "pk", "name")}


def _growth(plan: Plan, known: Collection[int]) -> Iterator[tuple[int, DocumentPeriod, int, Decimal]]:
    """Yield number, period, task and growth of its cost, where it grew, oldest first.

    What is lost in rounding to the ledger's places is carried on, so that the sum of a period is right to the place.
    """
    periods = [msgspec.convert(each, DocumentPeriod) for each in plan.source["periods"]]
    before: dict[int, Decimal] = defaultdict(Decimal)
    drift = Decimal(0)
    for number, period in sorted(enumerate(periods, start=1), key=lambda pair: (pair[1].status, pair[0])):
        for line in period.progress:
            if line.actual_cost is None or line.task not in known:
                continue
            exact = Decimal(line.actual_cost) - before[line.task]
            before[line.task] += exact
            rounded = (exact + drift).quantize(PLACES, ROUND_HALF_EVEN)
            drift += exact - rounded
            if rounded:
                yield number, period, line.task, rounded


def _general(actor: Actor) -> CostCategory:
    found = CostCategory.objects.filter(code=GENERAL).first()
    if found is None:
        found = CostCategory(code=GENERAL, name="General", kind=CostKind.OPEX)
        records.save(found, actor=actor)
    return found

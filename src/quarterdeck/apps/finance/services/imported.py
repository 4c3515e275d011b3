"""Actual costs that imported plans tell, as rows of the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final
from zlib import crc32

import msgspec
from django.db import transaction

from quarterdeck.apps.delivery.choices import TaskKind
from quarterdeck.apps.delivery.exchange.document import DocumentPeriod
from quarterdeck.apps.delivery.models import Plan, Task
from quarterdeck.apps.finance.choices import PLAN_FILE, CostKind
from quarterdeck.apps.finance.models import Actual, CostCategory
from quarterdeck.apps.finance.services.ledger import actuals_post
from quarterdeck.engine.calendar import instant
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor

PLACES: Final = Decimal("0.0001")
#: The category of costs that an imported plan does not tell apart.
GENERAL: Final = "GENERAL"


@transaction.atomic
def costs_of_plan(*, plan_id: int, actor: Actor) -> int:
    """Post what the tracking periods of an imported plan say was spent; return how many rows are new.

    Per task and period the growth of the actual cost, dated at the period's status date. Again it posts nothing; where
    a period says something else than before, the difference is posted beside it.
    """
    plan = Plan.objects.select_related("initiative").select_for_update(of=("self",)).filter(pk=plan_id).first()
    if plan is None or not plan.is_current or not plan.source.get("periods"):
        return 0
    category = _general(actor)
    # The lines of groups tell sums.
    rows = Task.objects.filter(plan=plan, parts__isnull=True).exclude(kind=TaskKind.SUMMARY)
    tasks = {uid: (pk, name) for uid, pk, name in rows.values_list("uid", "pk", "name")}
    stored: dict[str, Decimal] = defaultdict(Decimal)
    counts: dict[str, int] = defaultdict(int)
    # By the plan's name in its file: a plan that was dropped and brought in again is the same to the ledger.
    prefix = f"{plan.initiative_id}-{crc32(str(plan.source.get('name', '')).encode()):08x}-"
    kept = Actual.objects.filter(initiative=plan.initiative, source=PLAN_FILE, reference__startswith=prefix)
    for reference, amount in kept.filter(reverses__isnull=True).values_list("reference", "amount"):
        name = reference.partition("~")[0]
        stored[name] += amount
        counts[name] += 1
    made = []
    for number, period, uid, grown in _growth(plan, tasks.keys()):
        name = f"{prefix}{number}-{uid}"
        left = grown - stored[name]
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
                    reference=name if not counts[name] else f"{name}~{counts[name]}",
                )
            )
    actuals_post(made, actor=actor)
    return len(made)


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

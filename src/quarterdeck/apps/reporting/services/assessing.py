"""Assessing: what is known of an initiative today becomes its snapshot of the day.

A snapshot is written whole, one statement for many, and a second one of the same day takes its place: however often an
assessment is cut short and run again, nothing is there twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, TypeAlias

from django.db import transaction

from quarterdeck.apps.finance.selectors.money import codes_of_nodes
from quarterdeck.apps.finance.selectors.positions import outdated, reckoned
from quarterdeck.apps.finance.selectors.rates import Rates
from quarterdeck.apps.finance.services import positions_keep, positions_reckon, positions_roll_up
from quarterdeck.apps.organisation.models import Currency
from quarterdeck.apps.organisation.selectors import base_currency
from quarterdeck.apps.portfolio.choices import Kind, State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.models import ManagerCall, Snapshot
from quarterdeck.apps.reporting.selectors import rollup, trees
from quarterdeck.apps.reporting.selectors.facts import PERCENT, fact
from quarterdeck.apps.reporting.selectors.gathering import Gathered, gather
from quarterdeck.apps.reporting.selectors.judging import Facts, judge
from quarterdeck.apps.reporting.selectors.rules import rules_in_force, tailored
from quarterdeck.apps.reporting.selectors.signs import LOOKS_BACK, signs
from quarterdeck.apps.reporting.selectors.snapshots import latest, trends
from quarterdeck.kernel.access.actor import LEVEL, Actor

Batches: TypeAlias = list[list[int]]
#: Projects assessed in one go.
BATCH: Final = 50
_KEYS: Final = ("initiative", "on")
_WRITTEN: Final = [
    field.name for field in Snapshot._meta.concrete_fields if not field.primary_key and field.name not in _KEYS
]


def assess(initiative: Initiative, *, actor: Actor) -> Snapshot:
    """Assess one initiative as it is known now and return its snapshot of today.

    Of a programme or portfolio that is the roll-up of what was last found of the projects below it.
    """
    if initiative.kind == Kind.PROJECT:
        assess_projects([initiative.pk], actor=actor)
    else:
        _roll_up([initiative], actor)
    return latest([initiative], actor.today)[initiative.pk]


def assess_with_ancestors(ids: Collection[int], *, actor: Actor) -> int:
    """Assess some initiatives and roll all nodes at and above them up; return how many snapshots were written."""
    known = trees.initiatives(ids)
    under_way = set(trees.UNDER_WAY)
    wanted = [one.pk for one in known if one.kind == Kind.PROJECT]
    seen = latest(wanted, actor.today)
    wanted = [
        one.pk
        for one in known
        if one.kind == Kind.PROJECT and (one.state in under_way or (one.pk in seen and seen[one.pk].state in under_way))
    ]
    others = [one.pk for one in known if one.kind == Kind.PROJECT and one.pk not in set(wanted)]
    with transaction.atomic():
        positions_reckon(ids=others, actor=actor)
        return assess_projects(wanted, actor=actor) + _roll_up(trees.nodes(ids), actor)


def assess_all(*, actor: Actor, over: Callable[[Batches], Iterable[list[int]]] = iter) -> int:
    """Assess every project under way, some at a time, then every open node; return how many snapshots were written.

    `over` goes through the batches: a job's tells how far it has come.
    """
    ids = trees.to_assess()
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    written = sum(assess_projects(batch, actor=actor) for batch in over(batches))
    positions_reckon(ids=outdated(actor.today), actor=actor)
    return written + _roll_up(trees.nodes(), actor)


def assess_projects(ids: Collection[int], *, actor: Actor) -> int:
    """Assess projects as they are known now, all in one statement; return how many snapshots were written."""
    if not ids:
        return 0
    on = actor.today
    known = trees.initiatives(ids)
    rules, rates, base = rules_in_force(), Rates(on), base_currency()
    past = trends(ids, on - dt.timedelta(days=LOOKS_BACK), on - dt.timedelta(days=1))
    calls = trees.calls_in_force(ids, on, actor.now)
    found = []
    money = reckoned(known, on=on)
    positions_keep(known=money, actor=actor)
    for one in gather(known, on=on, money=money.money):
        snapshot = _begun(one.initiative, actor, calls.get(one.initiative.pk))
        _measure(snapshot, one)
        judged = judge(tailored(rules, one.initiative), one.inputs, one.facts)
        snapshot.facts = judged.why
        if one.schedule is not None:
            snapshot.facts["milestones"] = one.schedule.milestones
        snapshot.facts["weight"] = _weight(snapshot, base, rates)
        if one.initiative.state == State.ACTIVE:
            snapshot.colour, snapshot.colours = judged.colour, judged.colours
            snapshot.signs = _signs(snapshot, one, past.get(one.initiative.pk, ()))
        _count_itself(snapshot)
        found.append(snapshot)
    return _write(found)


def _begun(initiative: Initiative, actor: Actor, call: ManagerCall | None) -> Snapshot:
    return Snapshot(
        initiative=initiative,
        on=actor.today,
        assessed_at=actor.now,
        state=initiative.state,
        own_colour=call.colour if call is not None else "",
        own_reason=call.reason if call is not None else "",
    )


def _measure(snapshot: Snapshot, one: Gathered) -> None:
    """Put what was gathered of a project into its snapshot."""
    snapshot.currency = one.currency
    for name, value in one.amounts.items():
        setattr(snapshot, name, value)
    if one.value is not None:
        total = one.value.status.total
        snapshot.spi, snapshot.cpi = total.spi, total.cpi
        snapshot.spi_t = one.value.status.time.spi_t
        snapshot.percent = None if total.complete is None else round(total.complete * 100, 2)
    if one.schedule is not None:
        if snapshot.percent is None:
            snapshot.percent = one.schedule.plan.percent
        snapshot.forecast_finish = one.schedule.plan.finishes_on
        snapshot.baseline_finish = one.schedule.baseline_day
        snapshot.days_late = one.schedule.days_late
    snapshot.checked, snapshot.sound = one.checked, one.sound
    snapshot.accuracy = one.inputs["accuracy"] = rollup.accuracy(one.checked, one.sound)
    one.facts["data"].insert(0, fact("accuracy", PERCENT, snapshot.accuracy, source="facts", of=one.checked))


def _weight(snapshot: Snapshot, base: Currency | None, rates: Rates) -> float | None:
    """Return the budget in the organisation's currency at the rate of the day, by which projects are compared."""
    rate = rates.rate(snapshot.currency, base.code if base is not None else snapshot.currency)
    return None if snapshot.budget is None or rate is None else round(float(snapshot.budget * rate), 2)


def _signs(snapshot: Snapshot, one: Gathered, past: Sequence[Snapshot]) -> list[Facts]:
    counts = one.schedule.counts if one.schedule is not None else None
    return signs(
        snapshot,
        past,
        under_way=counts is not None and counts.under_way > 0,
        future=counts.future if counts is not None else 0,
        unstatused=counts.unstatused if counts is not None else 0,
    )


def _count_itself(snapshot: Snapshot) -> None:
    snapshot.projects = int(snapshot.state in trees.UNDER_WAY)
    snapshot.reds = int(snapshot.colour == "red")
    snapshot.ambers = int(snapshot.colour == "amber")
    snapshot.greens = int(snapshot.colour == "green")


def _roll_up(nodes: Sequence[Initiative], actor: Actor) -> int:
    """Write the snapshots of nodes from the last ones of the projects below them; the same few queries for any."""
    if not nodes:
        return 0
    on = actor.today
    paths = trees.parts_of(nodes)
    codes = codes_of_nodes(nodes)
    rates, rules = Rates(on), tailored(rules_in_force())
    calls = trees.calls_in_force([node.pk for node in nodes], on, actor.now)
    by_path = {node.scope.path: rollup.Sums(codes[node.pk]) for node in nodes}
    for pk, snapshot in latest(paths, on, facts=False).items():
        if snapshot.state not in trees.UNDER_WAY:
            continue
        path = paths[pk]
        for end in range(LEVEL, len(path), LEVEL):
            if (sums := by_path.get(path[:end])) is not None:
                sums.add(snapshot, rates)
    found = []
    for node in nodes:
        snapshot = _begun(node, actor, calls.get(node.pk))
        rollup.put(snapshot, by_path[node.scope.path], rules)
        found.append(snapshot)
    positions_roll_up(nodes=nodes, actor=actor)
    return _write(found)


def _write(snapshots: Sequence[Snapshot]) -> int:
    Snapshot.objects.bulk_create(
        snapshots, batch_size=200, update_conflicts=True, unique_fields=list(_KEYS), update_fields=_WRITTEN
    )
    return len(snapshots)

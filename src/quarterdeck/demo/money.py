"""Money of the projects: budgets by category, costs as their work went on, and what is ordered."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Final

from django.db.models import Sum

from quarterdeck.apps.delivery.models import Baseline, Task, TaskAssignment
from quarterdeck.apps.finance import services
from quarterdeck.apps.finance.models import Actual, BudgetLine, Commitment, CostCategory
from quarterdeck.demo import plans
from quarterdeck.demo.content import money as facts_of
from quarterdeck.demo.content.initiatives import Project
from quarterdeck.demo.portfolio import projects
from quarterdeck.demo.timeline import PRESENT
from quarterdeck.demo.world import World
from quarterdeck.engine.calendar import minutes
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor

#: The ledger from which costs are taken over, monthly, and before each report of progress.
LEDGER: Final = "ERP"
BEGIN: Final = -36
CENT: Final = Decimal("0.01")
#: Orders below this are not worth one.
LEAST: Final = Decimal(20_000)


@dataclass
class Piece:
    """A work package as its cost goes: task, category, who does it, baseline cost, when it really runs."""

    task: int | None
    name: str
    category: str
    trade: str
    cost: Decimal
    begun: int
    ended: int
    dearer: float
    spent: Decimal = Decimal(0)


@dataclass
class Books:
    """What the builder keeps: categories by code, and the pieces of each project."""

    categories: dict[str, CostCategory] = field(default_factory=dict)
    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    orders: dict[tuple[str, str], Commitment] = field(default_factory=dict)
    number: int = 4_200


def plan(world: World) -> None:
    """Put categories, the closings of the ledger and the orders on the timeline."""
    books = Books()
    world.timeline.add(BEGIN - 0.5, partial(_categories, world, books))
    closings = [month - 0.9 for month in range(BEGIN + 1, -2)]
    for offset in (*closings, *plans.TOLD):
        world.timeline.add(offset, partial(_close, world, books, offset))
    world.timeline.add(plans.TOLD[-1], partial(_settle_budgets, world))


def _categories(world: World, books: Books, now: dt.datetime) -> None:
    for each in facts_of.CATEGORIES:
        record = CostCategory(
            code=each.code,
            name=each.name,
            parent=books.categories.get(each.above),
            kind=each.kind,
            is_allowable=each.allowable,
        )
        records.save(record, actor=world.system(now))
        books.categories[each.code] = record


def _close(world: World, books: Books, offset: float, now: dt.datetime) -> None:
    """Take over what was spent since the last closing, of all projects at once; place and settle orders."""
    actor = Actor.system(now=now, label="Interface of the ledger", via="import")
    rows: list[Actual] = []
    for project in projects():
        record = world.initiatives.get(project.name)
        waiting = record is None or record.state == "pipeline" or project.start > offset
        if record is None or waiting or _over(project, offset):
            continue
        pieces = _pieces(world, books, project, now)
        until = minutes(actor.today) + 1020
        for piece in pieces:
            cost = _share(piece, until, project) * float(piece.cost) * piece.dearer * _factor(project, offset)
            due = max(Decimal(cost).quantize(CENT, ROUND_HALF_UP), piece.spent)
            if due - piece.spent < 1:
                continue
            books.number += 1
            rows.append(
                Actual(
                    initiative=record,
                    category=books.categories[piece.category],
                    task_id=piece.task,
                    posted_on=actor.today,
                    amount=due - piece.spent,
                    description=piece.name[:300],
                    source=LEDGER,
                    reference=f"{actor.today:%y%m}-{books.number:05d}",
                )
            )
            piece.spent = due
        _order(world, books, project, actor, until)
    services.actuals_post(rows, actor=actor)
    _settle(books, actor)


def _over(project: Project, offset: float) -> bool:
    """Tell whether nothing is spent: it was cancelled, or stands still."""
    cancelled = project.cancelled is not None and offset > project.cancelled[0]
    held = project.hold is not None and project.hold.at < offset < (project.hold.resumed or PRESENT)
    return cancelled or held


def _factor(project: Project, offset: float) -> float:
    """Return by how much the changes of plan so far have made the work dearer."""
    factor = 1.0
    for change in project.replans:
        if change.at <= offset:
            factor *= 1 + (change.factor - 1) * 0.8
    return factor


def _chance(project: Project, word: str) -> float:
    return zlib.crc32(f"{project.name}/{word}/cost".encode()) % 1000 / 1000


def _share(piece: Piece, until: int, project: Project) -> float:
    if until >= piece.ended:
        return 1.0
    part = max(0.0, (until - piece.begun) / max(1, piece.ended - piece.begun))
    return part if piece.task is not None else part * part * (3 - 2 * part)


def _pieces(world: World, books: Books, project: Project, now: dt.datetime) -> list[Piece]:
    """Return the work packages of a project; of one without a plan, its categories over its whole time."""
    if project.name not in books.pieces:
        found = list(_planned(world, project)) or list(_unplanned(world, project))
        if project.end == "active" and not found[0].task and project.start + plans.DRAWN < plans.TOLD[-1] - 0.1:
            return []  # the plan is not drawn yet
        books.pieces[project.name] = found
        _budget(world, books, project, found, now)
    return books.pieces[project.name]


def _planned(world: World, project: Project) -> Iterator[Piece]:
    record = world.initiatives[project.name]
    base = Baseline.objects.filter(plan__initiative=record, plan__is_current=True, number=0).first()
    if base is None:
        return
    figures = base.figures
    names = {name: trade for trade, name in plans.trades_of(world, project).items()}
    who = dict(TaskAssignment.objects.filter(plan=base.plan).values_list("task", "resource__name"))
    rows = dict(Task.objects.filter(plan=base.plan, is_summary=False).values_list("pk", "name"))
    late = 1 + plans.slip_of(project)
    origin = base.plan.start
    for task, start, finish, cost in zip(figures["task"], figures["start"], figures["finish"], base.costs, strict=True):
        if task in rows and Decimal(cost or 0) > 0:
            trade = names.get(who.get(task, ""), "")
            yield Piece(
                task=task,
                name=rows[task],
                category=facts_of.OF_TRADE.get(trade, facts_of.TEAM),
                trade=trade,
                cost=Decimal(cost or 0),
                begun=round(origin + (start - origin) * late),
                ended=round(origin + (finish - origin) * late),
                dearer=0.94 + 0.13 * _chance(project, rows[task]),
            )


def _unplanned(world: World, project: Project) -> Iterator[Piece]:
    mix = next(mix for beginning, mix in facts_of.MIX if project.unit.startswith(beginning))
    first, last = (minutes(world.day(at)) for at in (project.start, project.finish))
    for code, part in mix.items():
        yield Piece(
            task=None,
            name=next(each.name for each in facts_of.CATEGORIES if each.code == code),
            category=code,
            trade="",
            cost=Decimal(project.budget) * 1000 * Decimal(str(part)) * Decimal("0.96"),
            begun=first,
            ended=last,
            dearer=0.95 + 0.1 * _chance(project, code),
        )


def _budget(world: World, books: Books, project: Project, pieces: list[Piece], now: dt.datetime) -> None:
    """Enter the budget by category and work package; what is left of it is the contingency."""
    record = world.initiatives[project.name]
    told = [(piece.category, piece.task, piece.cost.quantize(Decimal(100), ROUND_HALF_UP)) for piece in pieces]
    rest = (record.budget or Decimal(0)) - sum(amount for _code, _task, amount in told)
    if rest > 0:
        told.append((facts_of.CONTINGENCY, None, rest))
    lines = [
        BudgetLine(
            initiative=record,
            category=books.categories[code],
            task_id=task,
            amount=amount,
            currency=record.currency,
        )
        for code, task, amount in told
    ]
    records.save_many(lines, actor=world.system(now), note="Budget approved with the plan.")


def _order(world: World, books: Books, project: Project, actor: Actor, until: int) -> None:
    """Place the order of each trade when its first work is near; bring budget lines up to changes of plan."""
    record = world.initiatives[project.name]
    pieces = books.pieces.get(project.name, [])
    for trade, sellers in facts_of.ORDERED.items():
        own = [piece for piece in pieces if piece.trade == trade and piece.task is not None]
        whole = sum((piece.cost for piece in own), Decimal(0))
        if whole < LEAST or (project.name, trade) in books.orders:
            continue
        if min(piece.begun for piece in own) - until > 45 * plans.DAY:
            continue
        books.number += 1
        made = Commitment(
            initiative=record,
            category=books.categories[own[0].category],
            reference=f"PO-{books.number:06d}",
            counterparty=sellers[zlib.crc32(f"{project.name}{trade}".encode()) % len(sellers)],
            amount=(whole * Decimal("0.97")).quantize(Decimal(100), ROUND_HALF_UP),
            ordered_on=actor.today,
            due_on=actor.today + dt.timedelta(days=max(30, (max(piece.ended for piece in own) - until) // plans.DAY)),
        )
        services.commitment_save(made, actor=actor)
        books.orders[project.name, trade] = made


def _settle(books: Books, actor: Actor) -> None:
    """Note what of the orders is invoiced by now; close those of which all is."""
    changed = []
    for (project, trade), order in books.orders.items():
        own = [piece for piece in books.pieces[project] if piece.trade == trade and piece.task is not None]
        spent = sum((piece.spent for piece in own), Decimal(0))
        invoiced = min(order.amount, spent)
        if invoiced == order.invoiced or order.closed_on is not None:
            continue
        order.invoiced = invoiced
        if all(piece.spent >= piece.cost * Decimal(str(piece.dearer)) * Decimal("0.999") for piece in own):
            order.closed_on = actor.today
        changed.append(order)
    records.save_many(changed, actor=actor)
    for order in changed:
        order.refresh_from_db(fields=["version"])


def _settle_budgets(world: World, now: dt.datetime) -> None:
    """Bring the lines of each budget up to the changes of plan since: what was added or saved is contingency."""
    sums = dict(BudgetLine.objects.order_by().values_list("initiative").annotate(total=Sum("amount")))
    category = CostCategory.objects.get(code=facts_of.CONTINGENCY)
    lines = []
    for record in world.initiatives.values():
        given = sums.get(record.pk)
        if given is not None and record.budget is not None and record.budget != given:
            lines.append(
                BudgetLine(
                    initiative=record,
                    category=category,
                    amount=record.budget - given,
                    currency=record.currency,
                    note="Changes of plan",
                )
            )
    records.save_many(lines, actor=world.system(now))

"""Everything that waits for an actor, weighed and in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.needs import registry
from quarterdeck.kernel.needs.order import Weight, due_text, group_of, rag_of, weigh
from quarterdeck.kernel.needs.registry import Need, Source, Verb
from quarterdeck.kernel.ui.components import date_text, money_text

#: Rows read from one source; more is a flood, to be dealt with in the lists.
MOST = 100
GROUPS: tuple[tuple[str, Promise], ...] = (
    ("today", gettext_lazy("Decide today")),
    ("week", gettext_lazy("This week")),
    ("later", gettext_lazy("When you can")),
)


@dataclass(frozen=True)
class Button:
    """One thing to do as the page draws it: a link, or a form to send (`posts`)."""

    label: str | Promise
    url: str
    icon: str
    posts: bool = False


@dataclass(frozen=True)
class Item:
    """A need with its place in the order and what can be done with it."""

    source: Source[Any]
    pk: int
    need: Need
    weight: Weight
    group: str
    rag: str
    due: str
    late: bool
    cost: str
    verbs: tuple[Verb, ...]

    @property
    def key(self) -> str:
        """What names the item in addresses."""
        return f"{self.source.name}/{self.pk}"

    @property
    def buttons(self) -> list[Button]:
        """What can be done, the main thing first; going to the record stands first or third."""
        found = [
            Button(verb.label, f"{reverse('needs-you')}needs/{self.key}/{verb.name}/", verb.icon, verb.form is None)
            for verb in self.verbs
        ]
        if self.need.url:
            place = 0 if self.need.opens else 2
            found.insert(
                place, Button(self.need.open_label or _("Open"), self.need.fix or self.need.url, "arrow-right")
            )
        return found


@dataclass(frozen=True)
class Group:
    """Items of one urgency."""

    key: str
    label: str | Promise
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Board:
    """What waits for an actor: in groups, with the counts of the headline. `left` is what did not fit."""

    groups: tuple[Group, ...]
    total: int
    today: int
    overdue: int
    dearest: str
    kinds: tuple[tuple[str, str | Promise, int], ...]
    left: int


def board(actor: Actor, *, path: str = "", only: str = "") -> Board:
    """Return what waits for the actor below a node (`path`; what has no node always counts), of one source or of all.

    One query per source. Money closed to the actor neither shows nor weighs.
    """
    currency = registry.currency_code()
    items: list[Item] = []
    counts: list[tuple[str, str | Promise, int]] = []
    left = 0
    for each in registry.sources():
        rows = list(each.rows(actor)[: MOST + 1])
        left += max(0, len(rows) - MOST)
        each.look(rows[:MOST], actor)
        found = [item(each, row, actor, currency) for row in rows[:MOST]]
        found = [one for one in found if not path or not one.need.path or one.need.path.startswith(path)]
        counts.append((each.name, each.label, len(found)))
        if not only or only == each.name:
            items += found
    items.sort(key=lambda one: (-one.weight.points, one.need.due_on or dt.date.max, one.need.since, one.key))
    groups = tuple(
        Group(key, label, chosen)
        for key, label in GROUPS
        if (chosen := tuple(one for one in items if one.group == key))
    )
    overdue = sum(one.need.due_on is not None and one.need.due_on < actor.today for one in items)
    today = sum(one.group == "today" for one in items)
    return Board(groups, len(items), today, overdue, _dearest(items, currency), tuple(counts), left)


def item(each: Source[Any], row: Any, actor: Actor, currency: str) -> Item:
    """Return one row of a source as an item."""
    need = each.need(row, actor)
    weight = weigh(need, today=actor.today, currency=currency)
    cost = need.cost
    if need.cost_per_day:
        cost = _("%(amount)s / wk") % {"amount": money_text(need.cost_per_day * 7, currency, short=True)}
    due = due_text(need.due_on, actor.today) if need.due_on else ""
    return Item(
        source=each,
        pk=row.pk,
        need=need,
        weight=weight,
        group=group_of(need, weight.points, actor.today),
        rag=rag_of(need, actor.today),
        due=due or _("since %(day)s") % {"day": date_text(need.since, actor.today)},
        late=need.due_on is not None and need.due_on < actor.today,
        cost=cost,
        verbs=tuple(each.verbs[name] for name in need.verbs),
    )


def _dearest(items: Sequence[Item], currency: str) -> str:
    costs = [one.need.cost_per_day for one in items if one.need.cost_per_day]
    return money_text(max(costs, default=Decimal(0)) * 7, currency, short=True) if costs else ""


def waiting(actor: Actor) -> int:
    """Return how many things wait for the actor, in one query: what the navigation shows on every page."""
    if actor.user is None:
        return 0
    parts: list[QuerySet[Any]] = [
        each.rows(actor).order_by().select_related(None).values_list("pk") for each in registry.sources()
    ]
    parts = [part for part in parts if not part.query.is_empty()]
    if not parts:
        return 0
    return parts[0].union(*parts[1:], all=True).count() if len(parts) > 1 else parts[0].count()


def find(actor: Actor, source: str, pk: int) -> Item | None:
    """Return one thing that waits for the actor; None when it does not, or not any more."""
    each = registry.find(source)
    row = each.rows(actor).filter(pk=pk).first() if each is not None else None
    if each is None or row is None:
        return None
    each.look([row], actor)
    return item(each, row, actor, registry.currency_code())

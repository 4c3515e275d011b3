"""Filters as the page shows them: chips in force, and what may be added."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers import kinds, spec
from quarterdeck.kernel.registers.columns import Shown
from quarterdeck.kernel.registers.listing import Filter, Listing
from quarterdeck.kernel.registers.spec import Register

#: What the ready-made values mean in words.
WORDS: dict[str, str] = {
    "none": "empty",
    "any": "filled in",
    "me": "me",
    "today": "today",
    "tomorrow": "tomorrow",
    "yesterday": "yesterday",
    "overdue": "in the past",
    "this_week": "this week",
    "next_week": "next week",
    "last_week": "last week",
    "this_month": "this month",
    "next_month": "next month",
    "last_month": "last month",
    "this_quarter": "this quarter",
    "this_year": "this year",
    "next:30d": "within 30 days",
    "last:7d": "in the last 7 days",
    "last:30d": "in the last 30 days",
    "yes": "yes",
    "no": "no",
}


@dataclass(frozen=True)
class Chip:
    """A filter in force: its column, its meaning in words, and the address without it."""

    name: str
    label: str
    words: str
    error: str
    without: str
    text: str


@dataclass(frozen=True)
class Offer:
    """A column that may be filtered: how it is asked for, and its ready-made values."""

    name: str
    label: str
    control: str
    text: str
    presets: list[tuple[str, str, str]]
    choices: list[tuple[str, str, bool]]
    options_url: str


def words_for(register: Register[Any], item: Filter, actor: Actor) -> str:
    """Return a filter's value in words."""
    text, column = item.text, item.column
    if text in WORDS:
        return _(WORDS[text])
    refused = text.startswith("!")
    if refused and text[1:] in WORDS:
        return _("not %(values)s") % {"values": _(WORDS[text[1:]])}
    values = text.removeprefix("!").split(",")
    if isinstance(column.kind, kinds.Choice):
        named = [column.kind.text(value) for value in values]
    elif isinstance(column.kind, kinds.Reference):
        named = _names(register, item.column.name, values, actor)
    else:
        return _span(text)
    joined = ", ".join(named)
    return _("not %(values)s") % {"values": joined} if refused else joined


def _span(text: str) -> str:
    low, dots, high = text.partition("..")
    if dots and low and high:
        return _("%(low)s to %(high)s") % {"low": low, "high": high}
    if dots:
        return _("%(low)s or more") % {"low": low} if low else _("%(high)s or less") % {"high": high}
    head, colon, rest = text.partition(":")
    if colon:
        heads = {"next": _("within %(rest)s"), "last": _("in the last %(rest)s"), "before": _("before %(rest)s")}
        return heads.get(head, _("after %(rest)s")) % {"rest": rest}
    return text


def _names(register: Register[Any], name: str, values: list[str], actor: Actor) -> list[str]:
    """Return the names of chosen records, of those that the actor may see; one query."""
    pks = [int(value) for value in values if value.isdecimal() and len(value) < 19]
    rows = register.choices(name, actor)
    related = spec.for_model(rows.model)
    found = rows.in_bulk(pks)
    return [(related.title_of(found[pk]) if related else str(found[pk])) for pk in pks if pk in found]


def chips(listing: Listing) -> list[Chip]:
    """Return the filters in force."""
    found = []
    base_view = listing.params.view
    for item in listing.filters:
        name = item.column.name
        # A filter that comes with the view is taken off by `-`, which the address has to say.
        rest = {key: value for key, value in listing.params.filters.items() if key != name}
        without = replace(listing.params, filters={**rest, name: "-"} if base_view else rest)
        found.append(
            Chip(
                name,
                item.column.label,
                words_for(listing.register, item, listing.actor) if item.condition else item.text,
                item.error,
                without.query(),
                item.text,
            )
        )
    return found


def offers(listing: Listing) -> list[Offer]:
    """Return the columns that may be filtered, those that the register names first."""
    columns = [c for c in listing.available.values() if c.filterable]
    first = {name: place for place, name in enumerate(listing.register.filters)}
    columns.sort(key=lambda c: first.get(c.name, len(first)))
    return [_offer(listing, column) for column in columns]


def _offer(listing: Listing, column: Shown) -> Offer:
    text = listing.params.filters.get(column.name, "")
    kind: Any = column.kind
    chosen = set(text.removeprefix("!").split(","))
    choices = [(value, label, value in chosen) for value, label in getattr(kind, "choices", {}).items()]
    control = {"choice": "choice", "reference": "reference", "yes-no": "yes-no", "date": "date", "moment": "date"}.get(
        kind.name, "number" if kind.align == "end" else "text"
    )
    presets = list(kind.presets)
    mine = column.computed is not None and column.computed.mine is not None
    people = isinstance(kind, kinds.Reference) and (_is_user(kind.model) or getattr(kind.model, "row_owner", None))
    if mine or people:
        presets.insert(0, "me")
    return Offer(
        name=column.name,
        label=column.label,
        control=control,
        text=text,
        presets=[
            (value, _(WORDS[value]), listing.params.query(filters={**listing.params.filters, column.name: value}))
            for value in presets
        ],
        choices=choices,
        options_url=f"{listing.register.path}options/{column.name}/" if control == "reference" else "",
    )


def _is_user(model: type[models.Model]) -> bool:
    from django.contrib.auth import get_user_model

    return model is get_user_model()

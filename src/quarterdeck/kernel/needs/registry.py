"""What contributes to Needs you: sources of work, figures at a glance, what one waits for, the currency of costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django import forms
from django.db import models
from django.db.models import QuerySet
from django.utils.functional import Promise

from quarterdeck.kernel.access.actor import Actor

Text = str | Promise
M = TypeVar("M", bound=models.Model)
S = TypeVar("S", bound="type[Source[Any]]")


@dataclass(frozen=True)
class Verb:
    """One thing to do with a need. `run(row=, actor=, **fields)` does it, raising ValidationError or PermissionDenied.

    Where it returns the batch of what it wrote, Undo is offered.

    `form` asks for more facts first, on a page of its own. `said` tells afterwards, with `%(title)s`.
    """

    name: str
    label: Text
    run: Callable[..., Any]
    said: Text
    form: type[forms.Form] | None = None
    icon: str = ""


@dataclass(frozen=True)
class Need:
    """One thing that waits for the actor, in words, with the facts by which it is put in order.

    `cost_per_day` is money per day of waiting in the organisation's currency, None when unknown or closed to the actor;
    `cost` says it otherwise. `severity` is high, medium, low or empty. `holds_up` is how many people wait for it.
    `verbs` names those of the source's that fit now, the main one first. `url` is where it is shown and `fix`, when
    that is elsewhere, where it is put right; `opens` makes going there the main thing to do. `path` is the node that it
    belongs to.
    """

    title: str
    kind: Text
    reason: str
    url: str
    icon: str
    since: dt.datetime
    owner: str = ""
    due_on: dt.date | None = None
    severity: str = ""
    cost_per_day: Decimal | None = None
    cost: str = ""
    holds_up: int = 0
    verbs: tuple[str, ...] = ()
    open_label: Text = ""
    opens: bool = False
    path: str = ""
    fix: str = ""


class Source(Generic[M]):
    """One kind of work that waits. `rows` must already be what the actor may see; it is also what the badge counts."""

    name: str
    label: Text
    verbs: Mapping[str, Verb] = {}

    def rows(self, actor: Actor) -> QuerySet[M]:
        """Return what waits for the actor, the most pressing first."""
        raise NotImplementedError

    def look(self, rows: Sequence[M], actor: Actor) -> None:
        """Find out, by one query for all, what putting some rows into words asks; nothing unless said otherwise."""

    def need(self, row: M, actor: Actor) -> Need:
        """Put one row into words."""
        raise NotImplementedError


@dataclass(frozen=True)
class Wait:
    """Something that the actor waits for: what, who has it, since when, until when."""

    title: str
    who: str
    since: dt.date
    url: str
    due_on: dt.date | None = None


@dataclass(frozen=True)
class Figure:
    """A figure at a glance; it opens the list that makes it."""

    label: Text
    value: str
    note: str = ""
    url: str = ""
    states: tuple[tuple[str, int], ...] = field(default=())


Glance = Callable[[Actor, str], Iterable[Figure]]
Waits = Callable[[Actor], Iterable[Wait]]

_sources: dict[str, Source[Any]] = {}
_glances: dict[str, tuple[int, Glance]] = {}
_waits: dict[str, Waits] = {}
_currency: list[Callable[[], str]] = []


def source(declaration: S) -> S:
    """Enter a source; one of the same name is replaced."""
    _sources[declaration.name] = declaration()
    return declaration


def sources() -> list[Source[Any]]:
    """Return every source in order of name."""
    return [_sources[name] for name in sorted(_sources)]


def find(name: str) -> Source[Any] | None:
    """Return the source of a name."""
    return _sources.get(name)


def glance(function: Glance, *, order: int = 100) -> Glance:
    """Enter figures: `function(actor, path)` gives those below the node with `path` ("" for everything)."""
    _glances[f"{function.__module__}.{function.__qualname__}"] = (order, function)
    return function


def figures(actor: Actor, path: str) -> list[Figure]:
    """Return the figures of every app, in order."""
    ordered = sorted(_glances.values(), key=lambda entry: entry[0])
    return [figure for _order, function in ordered for figure in function(actor, path)]


def waits(function: Waits) -> Waits:
    """Enter what the actor waits for."""
    _waits[f"{function.__module__}.{function.__qualname__}"] = function
    return function


def waited_for(actor: Actor) -> list[Wait]:
    """Return what the actor waits for, the longest first."""
    return sorted((wait for function in _waits.values() for wait in function(actor)), key=lambda wait: wait.since)


def currency(function: Callable[[], str]) -> Callable[[], str]:
    """Name where the code of the organisation's currency comes from."""
    _currency[:] = [function]
    return function


def currency_code() -> str:
    """Return the code of the organisation's currency; "" when no app knows one."""
    return _currency[0]() if _currency else ""


def remove(name: str) -> None:
    """Take a source out again: for tests."""
    _sources.pop(name, None)

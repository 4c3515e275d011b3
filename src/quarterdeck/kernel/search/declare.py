"""Which records are searched, and by what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import record_type
from quarterdeck.kernel.audit.models import Record

Text = str | Callable[[Any], str]
Words = str | Promise


@dataclass(frozen=True)
class Searched:
    """How one kind of record is searched and shown; `title`, `code`, `detail`: a field's name or a function of it."""

    model: type[Record]
    title: Text
    url: Callable[[Any], str]
    code: Text = ""
    body: tuple[str, ...] = ()
    detail: Text = ""
    kind: Words = ""
    icon: str = "file-text"
    related: tuple[str, ...] = ()

    @property
    def record_type(self) -> str:
        """The record type searched."""
        return record_type(self.model)

    @property
    def fields(self) -> frozenset[str] | None:
        """The fields whose change alters the entry; None when a function makes a part of it, so that any may."""
        parts = (self.title, self.code, self.detail)
        if any(callable(part) for part in parts):
            return None
        return frozenset((*(part for part in parts if isinstance(part, str) and part), *self.body))

    def text(self, part: Text, record: Record) -> str:
        """Return a part as the record has it."""
        if callable(part):
            return str(part(record))
        return str(getattr(record, part) or "") if part else ""


@dataclass(frozen=True)
class Offer:
    """Something to do that the palette offers beside what it finds: its words, its address, an icon's name."""

    label: str
    url: str
    icon: str = "arrow-right"


_searched: dict[str, Searched] = {}
_offers: dict[str, Callable[[Actor, str], Iterable[Offer]]] = {}


def declare(
    model: type[Record],
    *,
    title: Text,
    url: Callable[[Any], str],
    code: Text = "",
    body: Sequence[str] = (),
    detail: Text = "",
    kind: Words = "",
    icon: str = "file-text",
    related: Sequence[str] = (),
) -> None:
    """Make a kind of record found by its title, code and body fields; called in the app's `ready`.

    `kind` heads the group of results (the model's plural by default), `icon` is an icon's name, `related` the foreign
    keys that functions read. Sensitive fields are refused: a search that finds them would give them away.
    """
    parts = (title, code, detail, *body)
    sensitive = sorted(part for part in parts if isinstance(part, str) and part in model.field_classes)
    if sensitive:
        raise ImproperlyConfigured(f"{model.__name__}: sensitive fields cannot be searched: {', '.join(sensitive)}.")
    _searched[record_type(model)] = Searched(
        model=model,
        title=title,
        url=url,
        code=code,
        body=tuple(body),
        detail=detail,
        kind=kind or model._meta.verbose_name_plural or "",
        icon=icon,
        related=tuple(related),
    )


def offers(function: Callable[[Actor, str], Iterable[Offer]]) -> None:
    """Enter what gives things to do for what was typed: `function(actor, text)`, none that the actor may not."""
    _offers[f"{function.__module__}.{function.__qualname__}"] = function


def offered(actor: Actor, text: str) -> list[Offer]:
    """Return what there is to do for what was typed."""
    return [offer for function in _offers.values() for offer in function(actor, text)]


def withdraw(model: type[Record]) -> None:
    """Take a kind of record out of the search; what is indexed stays until a rebuild."""
    _searched.pop(record_type(model), None)


def searched(kind: str) -> Searched | None:
    """Return how a record type is searched, or None."""
    return _searched.get(kind)


def all_searched() -> tuple[Searched, ...]:
    """Return every kind of record that is searched."""
    return tuple(_searched.values())

"""UI slots: a page names a place, apps above it put panels there. The page's app imports none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from quarterdeck.kernel.access.actor import Actor

#: Returns safe HTML for a record, or None where it has nothing to show to this actor.
Render = Callable[[Any, "Actor"], str | None]


@dataclass(frozen=True, slots=True)
class Filling:
    """One app's part of a slot; `key` tells it from the others and lets a second call replace it."""

    key: str
    render: Render
    order: int


_slots: dict[str, dict[str, Filling]] = {}


def fill(name: str, *, render: Render, order: int = 100, key: str = "") -> None:
    """Put `render` into the slot `name`, called from an app's `ready()`. Lower `order` comes first.

    `key` is the function's own path unless given; filling again with the same key replaces the earlier one.
    """
    key = key or f"{render.__module__}.{getattr(render, '__qualname__', repr(render))}"
    _slots.setdefault(name, {})[key] = Filling(key, render, order)


def fillings(name: str) -> list[Filling]:
    """Return what fills a slot, in order."""
    return sorted(_slots.get(name, {}).values(), key=lambda filling: (filling.order, filling.key))


def clear(name: str) -> None:
    """Empty a slot: for tests."""
    _slots.pop(name, None)


def render(name: str, record: Any, actor: Actor) -> SafeString:
    """Return the slot's parts for a record as one piece of HTML; those that return None leave no trace."""
    parts = (filling.render(record, actor) for filling in fillings(name))
    return mark_safe("".join(part for part in parts if part))  # noqa: S308 - each part is a rendered template

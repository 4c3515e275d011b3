"""Events: what happened, told after the transaction that made it true.

A lower package publishes; whoever stands above subscribes in its `apps.py`. A handler that fails is logged and
does not undo the fact nor stop the other handlers; what must happen in the same transaction is a direct call, never an
event.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.db import transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Event:
    """Base of every event: frozen, with ids and plain values only."""


E = TypeVar("E", bound=Event)
_handlers: dict[type[Event], list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(kind: type[E], handler: Callable[[E], None]) -> None:
    """Call `handler` after each committed event of exactly this class; the same handler is kept once."""
    if handler not in _handlers[kind]:
        _handlers[kind].append(handler)


def unsubscribe(kind: type[E], handler: Callable[[E], None]) -> None:
    """Stop calling `handler`; does nothing when it was not subscribed."""
    if handler in _handlers[kind]:
        _handlers[kind].remove(handler)


def publish(event: Event) -> None:
    """Tell the handlers of this event's class once the current transaction commits; a rollback silences it."""
    for handler in tuple(_handlers[type(event)]):
        transaction.on_commit(partial(_deliver, handler, event))


def _deliver(handler: Callable[[Any], None], event: Event) -> None:
    try:
        handler(event)
    except Exception:
        log.exception("Handler %s failed on %s", getattr(handler, "__qualname__", handler), event)

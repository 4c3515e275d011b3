"""By what each kind of record is written and removed, so that an act taken back obeys the rules that any other obeys.

A register enters its writer and remover here; a kind without one is written by `save` and removed by `delete`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Record
from quarterdeck.kernel.records.write import delete, save


class Verb(Protocol):
    """Writes or removes one record, refusing by ValidationError or AccessDenied."""

    def __call__(self, record: Any, /, *, actor: Actor, note: str = "") -> Any:
        """Do it, in one transaction."""
        ...


@dataclass(frozen=True)
class Rules:
    """The verbs of one kind of record."""

    write: Verb = save
    remove: Verb = delete
    #: Whether they are `save` and `delete` with no rule beside, so that many may be written, or removed, at once.
    plain: bool = True


_known: dict[type[Record], Rules] = {}


def enter(model: type[Record], *, write: Verb, remove: Verb, plain: bool = False) -> None:
    """Say by what records of a model are written and removed; the last word holds."""
    _known[model] = Rules(write, remove, plain)


def rules_of(model: type[Record]) -> Rules:
    """Return the verbs of a model."""
    return _known.get(model, Rules())

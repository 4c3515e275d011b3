"""Who answers for an exception, and how far it has gone up: told by the app that knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.watch.models import Finding


@dataclass(frozen=True)
class Step:
    """One step up: to whom by part and name, on which day, whether it was taken, and whether somebody was told."""

    label: str
    name: str
    on: dt.date
    taken: bool
    told: bool = False


@dataclass(frozen=True)
class Answer:
    """What answers for an exception, where that stands, who owns it and stands in, and the steps up in order."""

    label: str
    url: str
    owner: str
    deputy: str
    office: str
    steps: list[Step] = field(default_factory=list)


#: Says of an exception that the reader sees who answers for it, at a moment or now; None where nobody does.
Answering = Callable[[Finding, Actor, dt.datetime | None], Answer | None]
_known: list[Answering] = []


def answering(function: Answering) -> Answering:
    """Enter what knows; the last entered is asked."""
    _known[:] = [function]
    return function


def answer_for(finding: Finding, actor: Actor, moment: dt.datetime | None = None) -> Answer | None:
    """Return who answers for an exception; None where nobody does or no app knows."""
    return _known[0](finding, actor, moment) if _known else None

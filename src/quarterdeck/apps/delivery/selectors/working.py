"""Calendars and rules of a stored plan as the engine takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from quarterdeck.apps.delivery.exchange.document import Dialect, DocumentCalendar, PlanDocument
from quarterdeck.apps.delivery.exchange.network import calendar, options, same
from quarterdeck.engine.calendar import Calendar, around_the_clock, intersection
from quarterdeck.engine.cpm import Options


def frame_of(
    *,
    dialect: str,
    given: Mapping[str, Any],
    from_finish: bool,
    definitions: Iterable[Mapping[str, Any]] = (),
) -> PlanDocument:
    """Return a document without tasks: rules and calendars as files hold them."""
    return PlanDocument(
        name="",
        program="",
        kind="",
        dialect=Dialect(dialect),
        options=dict(given),
        from_finish=from_finish,
        calendars=tuple(msgspec.convert(each, DocumentCalendar) for each in definitions),
    )


class Working:
    """The calendars of a plan by their numbers in it, and its rules."""

    def __init__(self, frame: PlanDocument) -> None:
        self.frame = frame
        self.known = {each.id for each in frame.calendars}
        self._made: dict[int, Calendar] = {}

    @property
    def options(self) -> Options:
        """The rules by which the plan is reckoned."""
        return options(self.frame)

    def own(self, uid: int) -> Calendar:
        """Return a calendar with what those above it say; a number that is not known works around the clock."""
        if uid not in self._made:
            self._made[uid] = calendar(self.frame, uid) if uid in self.known else around_the_clock(uid)
        return self._made[uid]

    def effective(self, own: int | None, workers: tuple[int, ...]) -> Calendar | None:
        """Return on which calendar a task's duration is worked; None: on that of the plan.

        In Microsoft Project work is done where task and resource both work, in Primavera where the resource does. Of
        resources that work at different times none decides.
        """
        base = None if own is None else self.own(own)
        both = base is not None and self.frame.dialect == Dialect.MICROSOFT
        found: list[Calendar] = []
        for uid in workers:
            worker = self.own(uid)
            if both and base is not None:
                worker = base if same(base, worker) else intersection(base, worker)
            if not any(same(worker, other) for other in found):
                found.append(worker)
        return found[0] if len(found) == 1 else base

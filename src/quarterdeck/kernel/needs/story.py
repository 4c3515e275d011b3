"""What happened to one exception: found, what was said of it by whom, opened again, closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.audit.models import Action, Change
from quarterdeck.kernel.ui.components import date_text
from quarterdeck.kernel.watch.models import Finding, Handling, Stage

SYSTEM = "Quarterdeck"


@dataclass(frozen=True)
class Event:
    """One thing that happened: when, who did it, what, and the reason given."""

    at: dt.datetime
    who: str
    words: str
    note: str = ""


def story_of(finding: Finding, moment: dt.datetime) -> list[Event]:
    """Return what is known of an exception until a moment, latest first. The caller has looked that it may be seen."""
    events = [Event(finding.first_seen, SYSTEM, _("found it"))]
    if finding.opened_at != finding.first_seen:
        events.append(Event(finding.opened_at, SYSTEM, _("found it again, after it had closed")))
    if finding.closed_at is not None:
        events.append(Event(finding.closed_at, SYSTEM, _("closed it: the fact is gone")))
    events += _said(finding)
    order = {id(event): place for place, event in enumerate(events)}
    known = [event for event in events if event.at <= moment]
    return sorted(known, key=lambda event: (event.at, order[id(event)]), reverse=True)


def _said(finding: Finding) -> list[Event]:
    keys = list(Handling.objects.filter(finding=finding).values_list("pk", flat=True))
    rows = Change.objects.filter(record_type=Handling._meta.label_lower, record_id__in=keys, action=Action.CHANGE)
    changes = list(rows.order_by("id"))
    named = {change.after.get("hand_by_id") for change in changes} - {None}
    names = dict(User.objects.filter(pk__in=named).values_list("pk", "name")) if named else {}
    return [Event(change.at, change.actor_label or SYSTEM, _words(change, names), _note(change)) for change in changes]


def _note(change: Change) -> str:
    return "" if change.via == "undo" or change.actor_id is None else change.note


def _words(change: Change, names: Mapping[int, str]) -> str:
    """Say in words what a change of the handling says."""
    state: Mapping[str, Any] = change.state or {}
    stage = state.get("stage", Stage.FOUND)
    on = clock.local_date(change.at)
    if change.via == "undo":
        return _("took back what was said; %(state)s") % {"state": str(Stage(stage).label).lower()}
    if stage == Stage.ACKNOWLEDGED:
        return _("acknowledged it")
    if stage == Stage.IN_HAND:
        values = {"name": names.get(state.get("hand_by_id") or 0, _("somebody")), "day": _day(state, "hand_until", on)}
        return _("put it in the hands of %(name)s, by %(day)s") % values
    if stage == Stage.ACCEPTED:
        return _("accepted it until %(day)s") % {"day": _day(state, "accepted_until", on)}
    return _("took back what was said") if change.actor_id else _("opened it again: the time accepted is over")


def _day(state: Mapping[str, Any], name: str, on: dt.date) -> str:
    day = parse_date(state.get(name) or "")
    return date_text(day, on) if day is not None else "–"

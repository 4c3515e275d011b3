"""Small pieces that the portfolio's pages share: states as badges, budgets in words, dates against plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quarterdeck.apps.portfolio.choices import State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.late import Late
from quarterdeck.apps.portfolio.selectors.tree import Node, sees_budget
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.ui import components

#: Tones of badges, where the choices name theirs otherwise.
_TONES = {"blue": "accent", "grey": ""}


def state_tone(state: str) -> str:
    """Return the tone in which a state is shown: accent, amber, green or none."""
    tone = State.tones()[State(state)]
    return _TONES.get(tone, tone)


def state_badge(record: Initiative) -> str:
    """Return the state as a badge."""
    return components.badge(State(record.state).label, state_tone(record.state))


def states_line(by_state: Mapping[str, int]) -> str:
    """Return how many projects are in which state: "9 active, 3 pipeline"."""
    counted = [(state, by_state.get(state, 0)) for state in State]
    return ", ".join(f"{count} {state.label.lower()}" for state, count in counted if count)


def amounts(budgets: Mapping[str, Decimal]) -> str:
    """Return sums by currency, the largest first: "£12.4m + €3.1m"; "" for none."""
    largest = sorted(budgets.items(), key=lambda pair: (-pair[1], pair[0]))
    return " + ".join(components.money_text(amount, code, short=True) for code, amount in largest)


def own_budget(record: Initiative, actor: Actor, *, short: bool = True) -> str:
    """Return the budget of an initiative in words; dots where it is closed, "" where there is none."""
    if not sees_budget(record, actor):
        return components.CLOSED
    return components.money_text(record.budget, record.currency.code if record.currency else "", short=short)


def rolled_up(node: Node) -> str:
    """Return the budgets of the projects at and below a node; dots where some are closed."""
    return components.CLOSED if node.closed else amounts(node.budgets)


def days(count: int) -> str:
    """Return a number of calendar days in words."""
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def start_note(record: Initiative, on: dt.date) -> str:
    """Return how the start stands against its plan."""
    planned, actual = record.planned_start, record.actual_start
    if actual is not None:
        if planned is None or planned == actual:
            return _("started as planned") if planned else _("started")
        late = (actual - planned).days
        if late > 0:
            return _("%(days)s later than planned") % {"days": days(late)}
        return _("%(days)s earlier than planned") % {"days": days(-late)}
    if planned is None or not record.is_open:
        return ""
    if planned < on:
        return _("should have started %(days)s ago") % {"days": days((on - planned).days)}
    return _("today") if planned == on else _("in %(days)s") % {"days": days((planned - on).days)}


def late_note(late: Late) -> str:
    """Return how late something is beside its tolerance, both in working days."""
    said = ngettext("%(count)d working day late", "%(count)d working days late", late.days) % {"count": late.days}
    if late.tolerance is None:
        return _("%(late)s, no tolerance agreed") % {"late": said}
    return _("%(late)s, tolerance %(count)d") % {"late": said, "count": late.tolerance}


def finish_note(record: Initiative, on: dt.date, late: Late | None = None) -> str:
    """Return how the finish stands against its plan: days left, or how late it is."""
    planned, actual = record.planned_finish, record.actual_finish
    if actual is not None:
        if planned is None or planned == actual:
            return _("finished as planned") if planned else _("finished")
        slip = (actual - planned).days
        if slip > 0:
            return _("finished %(days)s late") % {"days": days(slip)}
        return _("finished %(days)s early") % {"days": days(-slip)}
    if planned is None or not record.is_open:
        return ""
    if late is not None:
        return late_note(late)
    return _("today") if planned == on else _("%(days)s left") % {"days": days((planned - on).days)}

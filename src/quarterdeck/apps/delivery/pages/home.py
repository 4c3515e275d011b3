"""What a project's home shows of its plan."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from quarterdeck.apps.delivery.selectors import plans
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.ui import components


def plan_card(record: Any, actor: Actor) -> str | None:
    """Return the key facts of a project's current plan with the way to it; without one, the way to get one."""
    if not isinstance(record, Initiative) or record.kind != Kind.PROJECT or not actor.can("view", plans.PLAN):
        return None
    plan = plans.plan_at(record.code, actor=actor)
    if plan is None and not plans.may_plan(record, actor):
        return None
    # What follows from a plan is kept as of today only; of an earlier day the plan itself tells.
    known = plan is not None and plan.reckoned_at is not None and plan.reckoned_at <= actor.now
    context: dict[str, Any] = {"initiative": record, "plan": plan, "known": known, "url": f"{record.url}plan/"}
    if plan is not None and known:
        per_day = plan.minutes_per_day
        floats = plan.least_float
        context |= {
            "finish": components.date_text(plan.finishes_on, actor.today) or "–",
            "float": "–" if floats is None else components.number(round(floats / per_day, 1), 1),
            "float_state": "red" if floats is not None and floats < 0 else "",
            "late_state": "amber" if plan.late_count else "",
            "share": _("of %(tasks)s tasks") % {"tasks": components.number(plan.task_count)},
            "percent": components.number(round(plan.percent)),
        }
    return render_to_string("delivery/_plan_card.html", context)

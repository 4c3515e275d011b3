"""The page of a plan: the frame around what the browser shows of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.choices import Constraint
from quarterdeck.apps.delivery.models import Plan
from quarterdeck.apps.delivery.selectors import plans
from quarterdeck.apps.delivery.selectors.past import plan_then
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.tabs import tabs_of
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.errors import NotHere
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of


@require_safe
@login_required
def page(request: HttpRequest, code: str, key: int | None = None) -> HttpResponse:
    """Show a plan of a project: the current one, or one of its others; without any, how to get one."""
    actor, frame = actor_of(request), frame_of(request)
    initiative = plans.project_at(code, actor=actor)
    if initiative is None or not actor.can("view", plans.PLAN):
        raise Http404
    if initiative.code != code:
        return redirect(request.path.replace(f"/{code}/", f"/{initiative.code}/", 1))
    found = list(plans.plans_of(initiative.code, actor=actor))
    plan = next((each for each in found if key in (None, each.pk)), None)
    if plan is None and key is not None:
        raise Http404
    if plan is not None and frame.moment is not None and plan_then(plan, frame.moment, actor=actor) is None:
        raise NotHere(_("The plan did not exist on that date."))
    vars(request)["nav_key"] = "plans"
    return render(request, "delivery/plan.html", _context(actor, frame.read_only, initiative, plan, found))


def _context(
    actor: Actor, read_only: bool, initiative: Initiative, plan: Plan | None, found: list[Plan]
) -> dict[str, Any]:
    return {
        "initiative": initiative,
        "tabs": tabs_of(initiative, actor, "plan"),
        "plan": plan,
        "plans": found,
        "read_only": read_only,
        "today": actor.today,
        "editable": plan is not None and not read_only and plans.may_edit(plan, actor),
        "may_plan": not read_only and plans.may_plan(initiative, actor),
        "base": address(plan) if plan is not None else "",
        "baseline_name": services.baseline_name(actor),
        "constraints": {str(each.value): str(each.label) for each in Constraint},
    }


def address(plan: Plan) -> str:
    """Return the address of a plan's page: that of the project for the current one."""
    own = "" if plan.is_current else f"{plan.pk}/"
    return f"/projects/{plan.initiative.code}/plan/{own}"


def _chosen(request: HttpRequest, code: str) -> tuple[Plan, Actor]:
    """Return the plan that a form names; 404 for whoever may not see it, or while a past date is shown."""
    actor = actor_of(request)
    plan = plans.plan_at(code, actor=actor, key=request.POST.get("plan", ""))
    if plan is None or frame_of(request).read_only:
        raise Http404
    return plan, actor


@require_POST
@login_required
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Do one thing to a plan as a whole: take a baseline, copy it, make it the current one, drop it."""
    if verb == "new":
        return _new(request, code)
    plan, actor = _chosen(request, code)
    batch = uuid.uuid4()
    actor = actor.by("form", batch)
    goal = address(plan)
    try:
        if verb == "baseline":
            taken = services.baseline_take(plan=plan, name=request.POST.get("name", ""), actor=actor)
            text = _("Baseline “%(name)s” taken.") % {"name": taken.name}
        elif verb == "copy":
            made = services.plan_copy(plan=plan, name=request.POST.get("name", ""), actor=actor)
            goal, text = address(made), _("“%(name)s” is a copy to try things in.") % {"name": made.name}
        elif verb == "adopt":
            services.plan_adopt(plan=plan, actor=actor)
            goal = f"/projects/{plan.initiative.code}/plan/"
            text = _("“%(name)s” is the current plan.") % {"name": plan.name}
        elif verb == "drop":
            services.plan_remove(plan, actor=actor)
            goal = f"/projects/{plan.initiative.code}/plan/"
            text = _("“%(name)s” removed.") % {"name": plan.name}
        else:
            raise Http404
    except ValidationError as error:
        toasts.add(request, " ".join(error.messages), tone="red")
    except PermissionDenied as error:
        toasts.add(request, str(error), tone="red")
    else:
        toasts.add(request, text)
    return redirect(goal)


def _new(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    initiative = plans.project_at(code, actor=actor)
    if initiative is None or frame_of(request).read_only or not plans.may_plan(initiative, actor):
        raise Http404
    plan = services.plan_new(initiative=initiative, name=request.POST.get("name", ""), actor=actor)
    return redirect(address(plan))

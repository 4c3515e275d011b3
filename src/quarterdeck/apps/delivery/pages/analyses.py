"""Risk simulation and levelling of a plan: ask for a run, follow it, read what came of it, adopt it."""

from __future__ import annotations

import csv
import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.exchange.amounts import parse_amount
from quarterdeck.apps.delivery.models import Plan, PlanAnalysis
from quarterdeck.apps.delivery.pages import analyses_levelled, analyses_simulated
from quarterdeck.apps.delivery.pages.analyses_charts import compare_chart
from quarterdeck.apps.delivery.selectors import analyses, plans
from quarterdeck.apps.delivery.selectors.past import plan_then
from quarterdeck.apps.delivery.services.analyses_levelling import resources_of
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.tabs import tabs_of
from quarterdeck.engine.calendar import minutes
from quarterdeck.kernel.registers.exchange.export import csv_cell
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.errors import NotHere
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

Kind = PlanAnalysis.Kind
KINDS = {word: kind for kind, word in analyses.WORDS.items()}
WAITING = ("waiting", "running")


class Asked:
    """What an address names: a plan that the reader may see, and what they may do with it. Raises Http404."""

    def __init__(self, request: HttpRequest, code: str, key: int | None) -> None:
        self.request, self.actor, self.frame = request, actor_of(request), frame_of(request)
        initiative = plans.project_at(code, actor=self.actor)
        plan = None
        if initiative is not None and self.actor.can("view", plans.PLAN):
            plan = plans.plan_at(code, actor=self.actor, key="" if key is None else str(key))
        if initiative is None or plan is None:
            raise Http404
        if self.frame.moment is not None and plan_then(plan, self.frame.moment, actor=self.actor) is None:
            raise NotHere(_("The plan did not exist on that date."))
        self.initiative: Initiative = initiative
        self.plan: Plan = plan
        self.editable = not self.frame.read_only and plans.may_edit(plan, self.actor)
        self.money = plans.sees_money(plan, self.actor)
        self.base = analyses.plan_address(plan)
        vars(request)["nav_key"] = "plans"

    def require_editable(self) -> None:
        """Raise Http404 for whoever may not change the plan."""
        if not self.editable:
            raise Http404

    def run(self, kind: str, number: int) -> PlanAnalysis:
        """Return a run by its number. Raises Http404."""
        run = analyses.run_at(self.plan, kind, number, actor=self.actor, until=self.frame.moment)
        if run is None:
            raise Http404
        return run

    def context(self, **more: Any) -> dict[str, Any]:
        """Return what every page of these shows."""
        return {
            "initiative": self.initiative,
            "tabs": tabs_of(self.initiative, self.actor, "plan"),
            "plan": self.plan,
            "base": self.base,
            "editable": self.editable,
            "money": self.money,
            "today": self.frame.date,
            **more,
        }


def state_of(run: PlanAnalysis) -> str:
    """Return where a run stands: done, refused, waiting, stopped."""
    if run.result is not None:
        return "done"
    if run.refusal:
        return "refused"
    return "waiting" if run.job is not None and run.job.state in WAITING else "stopped"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def runs(request: HttpRequest, code: str, word: str, key: int | None = None) -> HttpResponse:
    """List the runs of a plan with the form for another; take the form."""
    asked, kind, errors = Asked(request, code, key), KINDS[word], {}
    if request.method == "POST":
        asked.require_editable()
        try:
            options = _simulation_form(request) if kind == Kind.SIMULATION else _levelling_form(request, asked)
            run = services.analysis_run(plan=asked.plan, kind=kind, options=options, actor=asked.actor.by("form", None))
        except ValidationError as error:
            errors = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        except PermissionDenied as error:
            errors = {"": str(error)}
        else:
            return redirect(f"{asked.base}{word}/{run.number}/")
    found = list(analyses.runs_of(asked.plan, kind, until=asked.frame.moment))
    shown = analyses_simulated if kind == Kind.SIMULATION else analyses_levelled
    last = found[0].options if found else {}
    context = asked.context(
        word=word,
        errors=errors,
        form=_typed(request, last, failed=bool(errors)),
        runs=[{"run": run, "state": state_of(run), **shown.line(run, asked.money)} for run in found],
    )
    if kind == Kind.SIMULATION:
        context["known"] = analyses.known_of(asked.plan)
    else:
        given = {str(name): units for name, units in (last.get("resources") or {}).items()}
        context["resources"] = [
            {
                "key": pk,
                "name": name,
                "units": given.get(str(pk), units),
                "tasks": count,
                "on": not given or str(pk) in given,
            }
            for pk, name, units, count in resources_of(asked.plan.pk)
        ]
    template = "delivery/analyses_risk.html" if kind == Kind.SIMULATION else "delivery/analyses_level.html"
    return render(request, template, context, status=422 if errors else 200)


def _typed(request: HttpRequest, last: dict[str, Any], *, failed: bool) -> dict[str, str]:
    """Return what the fields of the form hold: what was typed and refused, else what was asked for last."""
    names = ("low", "high", "correlation", "within", "iterations", "seed", "goal", "seconds", "target", "budget")
    if failed:
        return {name: request.POST.get(name, "") for name in names}
    usual = {"correlation": 0.3, "iterations": 10_000, "seed": 1, "seconds": 5} | last | {"target": "", "budget": ""}
    numbers = {name: usual.get(name) for name in names}
    return {
        name: "" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)
        for name, value in numbers.items()
    }


def _number(request: HttpRequest, name: str, kind: Callable[[str], Any]) -> Any:
    """Return a number as typed; None for nothing. Raises ValidationError by field."""
    text = request.POST.get(name, "").strip().replace("\u2212", "-").removesuffix("%").strip()
    if not text:
        return None
    try:
        return kind(text.replace(",", "" if kind is int else "."))
    except ValueError:
        raise ValidationError({name: [_("“%(text)s” is no number.") % {"text": text}]}) from None


def _simulation_form(request: HttpRequest) -> dict[str, Any]:
    target = request.POST.get("target", "").strip()
    budget = request.POST.get("budget", "").strip()
    found: dict[str, Any] = {"within": request.POST.get("within", "phase"), "target": None, "budget": None}
    try:
        # The end of that day.
        found["target"] = minutes(dt.date.fromisoformat(target)) + 1439 if target else None
    except ValueError:
        raise ValidationError({"target": [_("“%(text)s” is no date.") % {"text": target}]}) from None
    try:
        found["budget"] = parse_amount(budget)
    except ValueError:
        raise ValidationError({"budget": [_("“%(text)s” is no amount.") % {"text": budget}]}) from None
    kinds: dict[str, Callable[[str], Any]] = {
        "iterations": int,
        "seed": int,
        "correlation": float,
        "low": float,
        "high": float,
    }
    return found | {name: _number(request, name, kind) for name, kind in kinds.items()}


def _levelling_form(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    known = {pk for pk, *_rest in resources_of(asked.plan.pk)}
    chosen = [int(each) for each in request.POST.getlist("resource") if each.isdecimal()]
    resources = {pk: _number(request, f"units-{pk}", float) or 0.0 for pk in chosen if pk in known}
    return {
        "goal": request.POST.get("goal", ""),
        "seconds": _number(request, "seconds", int),
        "resources": resources,
    }


@require_safe
@login_required
def run(request: HttpRequest, code: str, word: str, number: int, key: int | None = None) -> HttpResponse:
    """Show what came of a run, or how far it is."""
    asked, kind = Asked(request, code, key), KINDS[word]
    found = asked.run(kind, number)
    state = state_of(found)
    known = analyses.known_of(asked.plan) if kind == Kind.SIMULATION else None
    stale = asked.frame.moment is None and state == "done" and analyses.outdated(found, asked.plan, known)
    context = asked.context(
        word=word,
        run=found,
        state=state,
        stale=stale and found.adopted_batch is None,
        address=f"{asked.base}{word}/{number}/",
    )
    if state == "done":
        shown = analyses_simulated if kind == Kind.SIMULATION else analyses_levelled
        context |= shown.shown(found, asked.plan, money=asked.money)
    template = "delivery/analyses_simulation.html" if kind == Kind.SIMULATION else "delivery/analyses_levelling.html"
    return render(request, template, context)


@require_safe
@login_required
def progress(request: HttpRequest, code: str, word: str, number: int, key: int | None = None) -> HttpResponse:
    """Tell how far a run is, as `data-job-url` asks for it."""
    asked = Asked(request, code, key)
    found = asked.run(KINDS[word], number)
    waits = state_of(found) == "waiting"
    job = found.job
    return JsonResponse(
        {
            "state": "running" if waits else "done",
            "done": job.done if job is not None else 0,
            "total": (job.total if job is not None else None) or 6,
            "note": job.message if job is not None and waits else "",
            "url": "" if waits else f"{asked.base}{word}/{number}/",
        }
    )


@require_POST
@login_required
def again(request: HttpRequest, code: str, word: str, number: int, key: int | None = None) -> HttpResponse:
    """Run once more with the same options, on the plan as it is now."""
    asked = Asked(request, code, key)
    asked.require_editable()
    found = asked.run(KINDS[word], number)
    try:
        made = services.analysis_run(
            plan=asked.plan, kind=found.kind, options=found.options, actor=asked.actor.by("form", None)
        )
    except (ValidationError, PermissionDenied) as error:
        toasts.add(request, " ".join(getattr(error, "messages", [str(error)])), tone="red")
        return redirect(f"{asked.base}{word}/{number}/")
    return redirect(f"{asked.base}{word}/{made.number}/")


@require_POST
@login_required
def adopt(request: HttpRequest, code: str, number: int, key: int | None = None) -> HttpResponse:
    """Write the delays of a levelling into the plan, or into a copy of it."""
    asked = Asked(request, code, key)
    asked.require_editable()
    found = asked.run(Kind.LEVELLING, number)
    actor = asked.actor.by("form", uuid.uuid4())
    try:
        if request.POST.get("into") == "copy":
            made = services.levelling_copy(run=found, actor=actor)
            toasts.add(request, _("“%(name)s” is the levelled copy.") % {"name": made.name})
            return redirect(analyses.plan_address(made))
        batch = services.levelling_adopt(run=found, actor=actor)
    except (ValidationError, PermissionDenied) as error:
        toasts.add(request, " ".join(getattr(error, "messages", [str(error)])), tone="red")
        return redirect(f"{asked.base}level/{number}/")
    toasts.add(request, _("The plan is levelled."), undo_url=f"/undo/{batch}/")
    return redirect(asked.base)


@require_safe
@login_required
def export(request: HttpRequest, code: str, word: str, number: int, key: int | None = None) -> HttpResponse:
    """Give all tasks of a simulation, or all moves of a levelling, as CSV."""
    asked, kind = Asked(request, code, key), KINDS[word]
    found = asked.run(kind, number)
    if found.result is None:
        raise Http404
    shown = analyses_simulated if kind == Kind.SIMULATION else analyses_levelled
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = slugify(f"{asked.plan.initiative.code} {word} {number}")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    for row in shown.rows(found):
        writer.writerow([csv_cell(each) for each in row])
    return response


@require_safe
@login_required
def compare(request: HttpRequest, code: str, key: int | None = None) -> HttpResponse:
    """Show two simulations side by side."""
    asked = Asked(request, code, key)
    found = [each for each in analyses.runs_of(asked.plan, Kind.SIMULATION, until=asked.frame.moment) if each.result]
    if len(found) < 2:
        raise Http404
    numbers = {str(each.number): each for each in found}
    newer = numbers.get(request.GET.get("newer", ""), found[0])
    others = [each for each in found if each.number != newer.number]
    older = numbers.get(request.GET.get("older", ""), others[0])
    sides = (older, newer)
    context = asked.context(
        word="risk",
        choices=found,
        older=older,
        newer=newer,
        figures=analyses_simulated.compared(older, newer, asked.plan, money=asked.money),
        chart=compare_chart([(str(each), each.result["finish"]) for each in sides if each.result]),
    )
    return render(request, "delivery/analyses_compare.html", context)

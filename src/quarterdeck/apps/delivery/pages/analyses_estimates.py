"""What is uncertain about a plan, as planners write it: estimates in a table, and a list of risks."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.exchange.texts import Units, duration_text
from quarterdeck.apps.delivery.models import PlanRisk, Shape, Task, TaskEstimate
from quarterdeck.apps.delivery.pages.analyses import Asked
from quarterdeck.apps.delivery.pages.analyses_charts import amount
from quarterdeck.apps.delivery.selectors import analyses
from quarterdeck.apps.delivery.selectors.payload import units_of
from quarterdeck.apps.delivery.services.analyses_estimates import ENDS, texts_of
from quarterdeck.kernel.records import BulkRefused, StaleRecord
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.components import CLOSED
from quarterdeck.kernel.ui.errors import NotHere

#: Tasks of one page: each is four fields of a form.
SIZE: Final = 150
WHICH: Final = ("all", "without", "critical")
AMOUNTS: Final = ("cost_low", "cost_likely", "cost_high", "response_cost")


def _asked(request: HttpRequest, code: str, key: int | None) -> Asked:
    asked = Asked(request, code, key)
    if asked.frame.moment is not None:
        raise NotHere(_("Estimates and risks are shown as they are today."))
    return asked


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def estimates(request: HttpRequest, code: str, key: int | None = None) -> HttpResponse:
    """Show the estimates of a plan's tasks; take them as typed."""
    asked = _asked(request, code, key)
    which = request.GET.get("which", "all")
    which = which if which in WHICH else "all"
    text = request.GET.get("page", "1")
    page = int(text) if text.isdecimal() and len(text) < 9 else 1
    errors: dict[int, str] = {}
    if request.method == "POST":
        asked.require_editable()
        typed = _typed(request)
        try:
            changes = services.estimates_save(
                plan=asked.plan,
                rows=typed,
                shapes={each: request.POST.get(f"shape-{each}", "") for each in typed},
                actor=asked.actor.by("form", None),
            )
        except services.EstimateRefused as error:
            errors = error.errors
        except (ValidationError, BulkRefused, StaleRecord, PermissionDenied) as error:
            toasts.add(request, " ".join(getattr(error, "messages", [str(error)])), tone="red")
        else:
            if changes:
                count = len(changes)
                words = ngettext("%(n)d estimate changed.", "%(n)d estimates changed.", count) % {"n": count}
                toasts.add(request, words, undo_url=f"/undo/{changes[0].batch}/")
            return redirect(f"{asked.base}risk/estimates/?which={which}&page={page}")
    found = analyses.estimates_of(asked.plan, which=which, page=page, size=SIZE)
    units = units_of(asked.plan)
    lines = [
        _line(number, task, estimate, units) | _refused(request, task, errors) for number, task, estimate in found.lines
    ]
    context = asked.context(
        word="risk",
        which=which,
        sorts=[(name, label, found.counts[name]) for name, label in _sorts()],
        lines=lines,
        page=page,
        pages=found.pages,
        shapes=Shape.choices,
        errors=errors,
    )
    return render(request, "delivery/analyses_estimates.html", context, status=422 if errors else 200)


def _sorts() -> list[tuple[str, str]]:
    return [("all", _("All with work left")), ("without", _("Without an estimate")), ("critical", _("Critical"))]


def _typed(request: HttpRequest) -> dict[int, tuple[str, str, str]]:
    """Return the three texts of each task."""
    keys = [name.removeprefix("low-") for name in request.POST if name.startswith("low-")]
    found = {}
    for each in keys:
        if each.isdecimal() and len(each) < 19:
            low, likely, high = (request.POST.get(f"{end}-{each}", "")[:60] for end in ENDS)
            found[int(each)] = (low, likely, high)
    return found


def _line(number: int, task: Task, estimate: TaskEstimate | None, units: Units) -> dict[str, Any]:
    texts = ("", "", "") if estimate is None else texts_of(estimate, units)
    return {
        "number": number,
        "key": task.pk,
        "name": task.name,
        "critical": task.critical,
        "planned": duration_text(task.duration, task.duration_unit, units),
        "cells": list(zip(ENDS, texts, strict=True)),
        "shape": Shape.TRIANGULAR if estimate is None else estimate.shape,
        "by": "" if estimate is None or estimate.updated_by is None else estimate.updated_by.name,
        "at": None if estimate is None else estimate.updated_at,
    }


def _refused(request: HttpRequest, task: Task, errors: dict[int, str]) -> dict[str, Any]:
    """Return what was typed, and what is wrong with it, where a form was refused."""
    if not errors:
        return {}
    cells = [(end, request.POST.get(f"{end}-{task.pk}", "")) for end in ENDS]
    shape = request.POST.get(f"shape-{task.pk}", "")
    return {"cells": cells, "shape": shape, "error": errors.get(task.pk, "")}


@require_POST
@login_required
def spread(request: HttpRequest, code: str, key: int | None = None) -> HttpResponse:
    """Give many tasks one spread about the plan."""
    asked = _asked(request, code, key)
    asked.require_editable()
    goal = f"{asked.base}risk/estimates/"
    ends = [request.POST.get(name, "").strip().replace("\u2212", "-").removesuffix("%") for name in ("low", "high")]
    try:
        low, high = (float(each.strip().replace(",", ".")) for each in ends)
    except ValueError:
        toasts.add(request, _("Give both: −100 to 0 %, and 0 to 1,000 %."), tone="red")
        return redirect(goal)
    try:
        changes = services.estimates_spread(
            plan=asked.plan,
            low=low,
            high=high,
            which=request.POST.get("which", ""),
            shape=request.POST.get("shape", ""),
            actor=asked.actor.by("form", None),
        )
    except (ValidationError, PermissionDenied) as error:
        toasts.add(request, " ".join(getattr(error, "messages", [str(error)])), tone="red")
    else:
        count = len(changes)
        words = ngettext("%(n)d estimate changed.", "%(n)d estimates changed.", count) % {"n": count}
        toasts.add(request, words, undo_url=f"/undo/{changes[0].batch}/" if changes else "")
    return redirect(goal)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def risks(request: HttpRequest, code: str, key: int | None = None, risk: int | None = None) -> HttpResponse:
    """List the risks of a plan with the form for one; take the form."""
    asked = _asked(request, code, key)
    record = None if risk is None else analyses.risk_at(asked.plan, risk, actor=asked.actor)
    if risk is not None and (record is None or not asked.editable):
        raise Http404
    errors: dict[str, str] = {}
    goal = f"{asked.base}risk/risks/"
    if request.method == "POST":
        asked.require_editable()
        actor = asked.actor.by("form", None)
        if request.POST.get("do") == "remove" and record is not None:
            services.risk_remove(plan=asked.plan, key=record.pk, actor=actor)
            toasts.add(request, _("“%(name)s” removed.") % {"name": record.name})
            return redirect(goal)
        try:
            typed = {name: value for name, value in request.POST.items() if isinstance(value, str)}
            services.risk_save(plan=asked.plan, typed=typed, actor=actor, money=asked.money, key=risk)
        except ValidationError as error:
            errors = {name: " ".join(texts) for name, texts in _by_field(error).items()}
        except (StaleRecord, PermissionDenied) as error:
            errors = {"": str(error)}
        else:
            return redirect(goal)
    units, rows = units_of(asked.plan), analyses.rows_of(asked.plan)
    context = asked.context(
        word="risk",
        risks=[_risk(each, units, rows, asked) for each in analyses.risks_of(asked.plan, actor=asked.actor)],
        record=record,
        errors=errors,
        typed=request.POST if errors else {} if record is None else _texts(record, units, rows),
    )
    return render(request, "delivery/analyses_risks.html", context, status=422 if errors else 200)


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    found: dict[str, list[str]] = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return found


def _risk(record: PlanRisk, units: Units, rows: dict[int, tuple[int, str]], asked: Asked) -> dict[str, Any]:
    """Return what the list says of a risk."""
    code = asked.plan.currency or (asked.initiative.currency.code if asked.initiative.currency else "")
    cost = amount(float(record.cost_likely), code) if record.cost_likely else "–"
    answer = amount(float(record.response_cost), code) if record.response_cost else "–"
    after = record.probability_after
    return {
        "key": record.pk,
        "name": record.name,
        "probability": f"{record.probability:g} %",
        "delay": _range(record, units),
        "cost": cost if asked.money else CLOSED,
        "tasks": ", ".join(rows[each][1] for each in record.tasks if each in rows) or "–",
        "response": record.response,
        "answer": answer if asked.money else CLOSED,
        "after": "" if after is None else f"{after:g} %",
    }


def _range(record: PlanRisk, units: Units) -> str:
    ends = [duration_text(each, "d", units) for each in (record.delay_low, record.delay_likely, record.delay_high)]
    return ends[1] if ends[0] == ends[2] else " / ".join(ends)


def _texts(record: PlanRisk, units: Units, rows: dict[int, tuple[int, str]]) -> dict[str, str]:
    """Return a risk as it is typed."""
    found = {"name": record.name, "response": record.response, "probability": f"{record.probability:g}"}
    found["probability_after"] = "" if record.probability_after is None else f"{record.probability_after:g}"
    for name in ("delay_low", "delay_likely", "delay_high", "delay_after"):
        value = getattr(record, name)
        found[name] = "" if value is None else duration_text(value, "d", units)
    for name in AMOUNTS:
        found[name] = f"{getattr(record, name):f}"
    found["tasks"] = ", ".join(str(rows[each][0]) for each in record.tasks if each in rows)
    return found

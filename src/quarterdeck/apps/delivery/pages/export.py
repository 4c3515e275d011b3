"""A plan as a file."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from quarterdeck.apps.delivery.exchange.paper import PAPERS
from quarterdeck.apps.delivery.exchange.writing import KINDS, Unwritable, write
from quarterdeck.apps.delivery.models import Plan
from quarterdeck.apps.delivery.pages.data import read, reader_of
from quarterdeck.apps.delivery.selectors import plans
from quarterdeck.apps.delivery.selectors.documents import document_of
from quarterdeck.apps.delivery.selectors.printing import gantt_pdf
from quarterdeck.engine.errors import EngineError
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

#: Ending in the address -> kind of file.
ENDINGS = {"xml": "mspdi", "xlsx": "xlsx", "ics": "ics"}


@require_safe
@login_required
def export(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Send a plan, as it is today, as Microsoft Project XML, a workbook or calendar entries."""
    actor = actor_of(request)
    plan = plans.plan_at(code, actor=actor, key=request.GET.get("plan", ""))
    if plan is None or kind not in ENDINGS or frame_of(request).read_only:
        raise Http404
    try:
        document = document_of(plan, money=plans.sees_money(plan, actor))
        with tempfile.TemporaryDirectory(prefix="quarterdeck-export-") as folder:
            path = Path(folder) / f"plan.{kind}"
            write(document, path, ENDINGS[kind])
            content = path.read_bytes()
    except (Unwritable, EngineError) as error:
        toasts.add(request, str(error), tone="red")
        return redirect(f"/projects/{plan.initiative.code}/plan/")
    response = HttpResponse(content, content_type=KINDS[ENDINGS[kind]][1])
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(plan)}.{kind}"'
    return response


def file_name(plan: Plan) -> str:
    """Return what a file of a plan is called, without its ending."""
    return slugify(f"{plan.initiative.code} {plan.name}") or "plan"


@require_safe
@login_required
def gantt(request: HttpRequest, code: str, size: str) -> HttpResponse:
    """Send a plan, as of the date in force, as a Gantt chart on sheets of A3 or A4, against the baseline asked for."""
    actor = actor_of(request)
    plan = plans.plan_at(code, actor=actor, key=request.GET.get("plan", ""))
    if plan is None or size not in PAPERS:
        raise Http404
    asked = request.GET.get("levels", "")
    levels = int(asked) if asked.isdecimal() and len(asked) < 3 else 0
    try:
        now = read(request, plan, actor)
        content = gantt_pdf(
            now,
            reader_of(request, plan, actor),
            size=PAPERS[size],
            today=frame_of(request).date,
            made_on=actor.today,
            levels=levels,
        )
    except EngineError as error:
        toasts.add(request, str(error), tone="red")
        return redirect(f"/projects/{plan.initiative.code}/plan/")
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{file_name(plan)}-{size}.pdf"'
    return response

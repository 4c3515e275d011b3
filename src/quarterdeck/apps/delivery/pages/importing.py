"""Bringing plan files in: upload, what was read, where each goes."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quarterdeck.apps.delivery.models import PlanImport
from quarterdeck.apps.delivery.pages.plan import address
from quarterdeck.apps.delivery.selectors import imports as selectors
from quarterdeck.apps.delivery.selectors import plans
from quarterdeck.apps.delivery.services import imports
from quarterdeck.apps.delivery.services.undoing import may_undo, stuck
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

State = PlanImport.State
WAITS = (State.READING, State.WRITING, State.UNDOING)
#: Words of the fields that are compared.
FIELDS = {
    "start": gettext_lazy("Start"),
    "finish": gettext_lazy("Finish"),
    "total_float": gettext_lazy("Total float"),
    "free_float": gettext_lazy("Free float"),
    "critical": gettext_lazy("Critical"),
}


def importer(request: HttpRequest) -> Actor:
    """Return who imports; 404 for whoever may add no plan anywhere, or while a past date is shown."""
    actor = actor_of(request)
    if not actor.can("add", plans.PLAN) or frame_of(request).read_only:
        raise Http404
    vars(request)["nav_key"] = "delivery-import"
    return actor


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: HttpRequest) -> HttpResponse:
    """Take plan files, one or many."""
    actor, error = importer(request), ""
    if request.method == "POST":
        files = request.FILES.getlist("file")
        try:
            made = imports.files_upload(files=files, actor=actor, into=request.POST.get("into", ""))
        except ValidationError as refused:
            error = " ".join(refused.messages)
        else:
            return redirect(f"/plan-imports/{made}/")
    context = {
        "error": error,
        "into": request.GET.get("into", request.POST.get("into", "")),
        "size": imports.SIZE // 1024**2,
        "files": imports.FILES,
        "recent": selectors.recent(actor=actor),
    }
    return render(request, "delivery/import.html", context, status=422 if error else 200)


def runs_at(request: HttpRequest, key: uuid.UUID) -> tuple[Actor, list[PlanImport]]:
    """Return who imports, and the files of an upload of their own; 404 for those of others."""
    actor = importer(request)
    runs = selectors.runs_of(key, actor=actor)
    if not runs:
        raise Http404
    return actor, runs


@require_safe
@login_required
def shown(request: HttpRequest, upload: uuid.UUID) -> HttpResponse:
    """Show what was read of each file and where it may go; what is still read or written shows how far it is."""
    actor, runs = runs_at(request, upload)
    waiting = [run for run in runs if run.state in WAITS and not stuck(run)]
    context = {
        "upload": upload,
        "runs": [_told(run, actor) for run in runs],
        "waiting": waiting[0] if waiting else None,
        "doing": _doing(waiting),
        "writable": any(run.state == State.READ for run in runs),
        "nodes": selectors.nodes_for(actor=actor) if any(run.state == State.READ for run in runs) else [],
        "done": sum(run.state == State.DONE for run in runs),
        "total": len(runs),
    }
    return render(request, "delivery/import_shown.html", context)


def _doing(runs: list[PlanImport]) -> str:
    """Return what goes on, in words."""
    states = {run.state for run in runs}
    if State.READING in states:
        return _("Reading plans")
    return _("Taking back") if State.UNDOING in states else _("Writing plans")


def _told(run: PlanImport, actor: Actor) -> dict[str, Any]:
    """Return what the page says of one file."""
    report = run.report
    compared = report.get("compared", {})
    equal, different = compared.get("equal", {}), compared.get("different", {})
    quality = report.get("quality") or {}
    passed = quality.get("score")
    return {
        "run": run,
        "report": report,
        "counts": report.get("counts", {}),
        "quality": quality,
        "score": None if passed is None else passed * 100,
        "fields": [
            {"name": FIELDS.get(name, name), "equal": count, "different": different.get(name, 0)}
            for name, count in equal.items()
        ],
        "differs": sum(different.values()),
        "causes": list(compared.get("causes", {}).items()),
        "plan": run.plan,
        "undo": may_undo(run, actor),
        "stuck": run.state in WAITS and stuck(run),
        "address": address(run.plan) if run.plan is not None else "",
    }


@require_safe
@login_required
def progress(request: HttpRequest, upload: uuid.UUID) -> HttpResponse:
    """Tell how far the reading or writing has come, as `data-job-url` asks for it."""
    _who, runs = runs_at(request, upload)
    waits = [run for run in runs if run.state in WAITS and not stuck(run)]
    jobs = [run.job for run in waits if run.job is not None]
    finished = not waits
    return JsonResponse(
        {
            "state": "done" if finished else "running",
            "done": len(runs) - len(waits),
            "total": len(runs),
            "note": jobs[0].message if jobs else "",
            "url": f"/plan-imports/{upload}/" if finished else "",
        }
    )


@require_POST
@login_required
def write(request: HttpRequest, upload: uuid.UUID) -> HttpResponse:
    """Write the plans for which a place was given."""
    actor, runs = runs_at(request, upload)
    into = {run.pk: request.POST.get(f"into-{run.pk}", request.POST.get("into", "")) for run in runs}
    if imports.files_write(upload=upload, into=into, actor=actor) is None:
        toasts.add(request, _("Say where at least one plan goes."), tone="red")
    return redirect(f"/plan-imports/{upload}/")

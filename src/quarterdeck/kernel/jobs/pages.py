"""The list of one's jobs and the page of one job, which follows it until it ends."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from quarterdeck.kernel.jobs.http import ActorRequest
from quarterdeck.kernel.jobs.models import Job, State
from quarterdeck.kernel.jobs.queue import cancel, jobs_of, retry

#: Rows of one page of the list.
ROWS = 50


def _found(request: ActorRequest, pk: int) -> Job:
    job = jobs_of(request.actor).select_related("actor").filter(pk=pk).first()
    if job is None:
        raise Http404
    return job


def _context(request: ActorRequest, job: Job) -> dict[str, object]:
    actor = request.actor
    return {
        "job": job,
        "may_cancel": not job.is_finished and not job.cancel_asked and not actor.read_only,
        "may_retry": job.state in (State.FAILED, State.CANCELLED) and not actor.read_only,
        # It may hold what was worked on, which an administrator reads only by a logged elevation.
        "traceback": job.traceback if actor.unlimited else "",
    }


@login_required
@require_GET
def job_list(request: ActorRequest) -> HttpResponse:
    """One's own jobs, latest first; an administrator sees everybody's."""
    state = request.GET.get("state", "")
    jobs = jobs_of(request.actor).select_related("actor").defer("traceback", "result", "args")
    if state in State.values:
        jobs = jobs.filter(state=state)
    page = Paginator(jobs, ROWS).get_page(request.GET.get("page"))
    return render(request, "jobs/list.html", {"page": page, "state": state, "states": State.choices})


@login_required
@require_GET
def job_page(request: ActorRequest, pk: int) -> HttpResponse:
    """One job: how far it is, what it said, how it ended."""
    return render(request, "jobs/job.html", _context(request, _found(request, pk)))


@login_required
@require_GET
@never_cache
def job_progress(request: ActorRequest, pk: int) -> HttpResponse:
    """The part of the page that changes; an ended job's asks no more. As JSON for whoever prefers that."""
    job = _found(request, pk)
    if request.accepts("text/html"):
        return render(request, "jobs/_progress.html", _context(request, job))
    return JsonResponse(
        {
            "title": job.title,
            "state": job.state,
            "done": job.done,
            "total": job.total,
            "note": job.error or job.message,
            "url": job.result_url,
        }
    )


@login_required
@require_POST
def job_cancel(request: ActorRequest, pk: int) -> HttpResponse:
    """Cancel the job, or ask it to stop."""
    job = _found(request, pk)
    try:
        cancel(job, actor=request.actor)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("jobs:job", pk=job.pk)


@login_required
@require_POST
def job_retry(request: ActorRequest, pk: int) -> HttpResponse:
    """Run the job again."""
    job = _found(request, pk)
    try:
        retry(job, actor=request.actor)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("jobs:job", pk=job.pk)

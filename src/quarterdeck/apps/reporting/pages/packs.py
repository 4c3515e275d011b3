"""The board pack of a node: choose day and form, wait, download."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from quarterdeck.apps.portfolio.tabs import tabs_of
from quarterdeck.apps.reporting.models import BoardPack
from quarterdeck.apps.reporting.pages.reports import place
from quarterdeck.apps.reporting.selectors import packs as selectors
from quarterdeck.apps.reporting.services.packs import KEPT, pack_request
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

KINDS = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: States of a job in which a pack is still to come.
COMING = ("waiting", "running")


class PackForm(forms.Form):
    """As of which day, and as which file."""

    on = forms.DateField(label=_("As of"))
    form = forms.ChoiceField(label=_("Form"), choices=BoardPack.Form.choices)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def pack(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Ask for a pack of a node, and list those that one has asked for."""
    actor, frame, initiative = actor_of(request), frame_of(request), place(request, kind, code)
    if initiative.code != code:
        return redirect(request.path.replace(f"/{code}/", f"/{initiative.code}/", 1))
    # What is made while one looks through the eyes of another would be theirs.
    may_ask = actor.behind is None
    form = PackForm(request.POST or None, initial={"on": frame.date, "form": "pdf"})
    if request.method == "POST" and may_ask and form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        try:
            pack_request(initiative=initiative, on=given["on"], form=given["form"], actor=actor)
        except ValidationError as error:
            for name, problems in error.message_dict.items():
                form.add_error(name, problems)
        else:
            return redirect(request.path)
    rows = selectors.packs_of(initiative, actor=actor)
    coming = next((row for row in rows if row.job is not None and row.job.state in COMING and not row.size), None)
    context = {
        "initiative": initiative,
        "tabs": tabs_of(initiative, actor, "pack"),
        "form": form,
        "may_ask": may_ask,
        "rows": rows,
        "coming": coming,
        "kept": KEPT,
        "today": frame.today,
    }
    return render(request, "reporting/report_pack.html", context, status=422 if form.is_bound and form.errors else 200)


@require_safe
@login_required
def progress(request: HttpRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """Tell how far a pack is, as `data-job-url` asks for it."""
    initiative = place(request, kind, code)
    found = next((one for one in selectors.packs_of(initiative, actor=actor_of(request)) if one.pk == pk), None)
    if found is None or found.job is None:
        raise Http404
    over = found.job.state not in COMING
    return JsonResponse(
        {
            "state": "done" if over else "running",
            "done": found.job.done,
            "total": found.job.total or 3,
            "note": found.job.message,
            "url": f"{initiative.url}pack/" if over else "",
        }
    )


@require_safe
@login_required
def download(request: HttpRequest, kind: str, code: str, pk: int) -> HttpResponse:
    """Send a pack to whoever asked for it."""
    initiative = place(request, kind, code)
    found = selectors.pack_at(initiative, pk, actor=actor_of(request))
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.content or b""), content_type=KINDS[found.form])
    response.headers["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

"""The landing page, and doing something about one of its items."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from quarterdeck.kernel.needs import registry, selectors
from quarterdeck.kernel.needs.order import RULES
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of


@require_safe
@login_required
def landing(request: HttpRequest) -> HttpResponse:
    """Show what waits for the reader, what stands how, and what the reader waits for."""
    actor, frame = actor_of(request), frame_of(request)
    path = frame.scope.path if frame.scope else ""
    only = request.GET.get("show", "")
    if registry.find(only) is None:
        only = ""
    context = {
        "board": selectors.board(actor, path=path, only=only),
        "only": only,
        "scope": frame.scope,
        "figures": registry.figures(actor, path),
        "waits": [(wait, (actor.today - wait.since).days) for wait in registry.waited_for(actor)],
        "rules": RULES,
        "today": actor.today,
        "can_act": not (frame.read_only or actor.read_only),
        # An administrator holds no right of their own: on a new installation this page would otherwise lead nowhere.
        "may_administer": bool(actor.user and actor.user.is_administrator) and not actor.unlimited and not actor.behind,
    }
    return render(request, "needs/needs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def act(request: HttpRequest, source: str, pk: int, verb: str) -> HttpResponse:
    """Do something about one item, asking first for the facts that it needs; then go back to what else waits."""
    actor = actor_of(request)
    if frame_of(request).read_only or actor.read_only:
        raise Http404
    item = selectors.find(actor, source, pk)
    wanted = next((one for one in item.verbs if one.name == verb), None) if item is not None else None
    if item is None or wanted is None:
        raise Http404
    posted = request.method == "POST"
    if not posted and wanted.form is None:
        raise Http404
    form = wanted.form(request.POST if posted else None) if wanted.form else None
    if posted and (form is None or form.is_valid()):
        row = item.source.rows(actor).get(pk=pk)
        try:
            done = wanted.run(row=row, actor=actor, **(form.cleaned_data if form else {}))
        except (ValidationError, PermissionDenied) as error:
            text = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            if form is None:
                toasts.add(request, text, tone="red")
                return redirect("needs-you")
            form.add_error(None, text)
        else:
            undo = f"/undo/{done}/" if isinstance(done, uuid.UUID) else ""
            toasts.add(request, str(wanted.said) % {"title": item.need.title}, undo_url=undo)
            return redirect("needs-you")
    context = {"item": item, "verb": wanted, "form": form, "back": reverse("needs-you")}
    return render(request, "needs/act.html", context, status=422 if posted else 200)

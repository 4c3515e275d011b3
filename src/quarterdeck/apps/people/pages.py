"""The bespoke screens of people: organisation chart and responsibilities."""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from quarterdeck.apps.people import selectors, services
from quarterdeck.apps.people.choices import Raci
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.registers.pages.base import came_from
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

#: A cell of the posted matrix: activity, role, and the letter that the page showed.
_CELL = re.compile(r"^part\.(\d{1,18})\.(\d{1,18})\.([RACI]?)$")
ENTRY = "people.racientry"


@require_safe
@login_required
def chart(request: HttpRequest) -> HttpResponse:
    """Show the units as a tree with their heads and how many work in them."""
    actor, frame = actor_of(request), frame_of(request)
    if not actor.can("view", "organisation.organisationunit"):
        raise Http404
    units = selectors.org_chart(actor=actor, on=frame.date)
    context = {
        "units": units,
        "totals": selectors.chart_totals(units),
        "may_add": not frame.read_only and actor.can("add", "organisation.organisationunit"),
        "may_see_people": actor.can("view", "people.person"),
    }
    return render(request, "people/chart.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def raci(request: HttpRequest) -> HttpResponse:
    """Show who is responsible, accountable, consulted and informed at the node of `?at=`, else at the one picked above.

    `?edit=1` to change it; `?next=` is the page from which one comes.
    """
    actor, frame = actor_of(request), frame_of(request)
    if not actor.can("view", ENTRY):
        raise Http404
    at = request.GET.get("at", "")
    known = at.isdecimal() and len(at) < 19
    scope = selectors.raci_node(int(at)) if known else None if at else frame.scope
    if at and (scope is None or not actor.can("view", ENTRY, scope.path)):
        raise Http404
    if scope is None or not actor.can("view", ENTRY, scope.path):
        nodes = selectors.raci_nodes(actor=actor, on=frame.date)
        return render(request, "people/raci_nodes.html", {"nodes": nodes, "scope": scope})
    may_edit = not frame.read_only and all(actor.can(name, ENTRY, scope.path) for name in ("add", "change", "delete"))
    if request.method == "POST":
        if not may_edit:
            raise Http404
        return _save(request, scope)
    also = [int(pk) for pk in request.GET.getlist("role") if pk.isdecimal() and len(pk) < 19]
    matrix = selectors.raci_matrix(scope, frame.date, also)
    editing = may_edit and "edit" in request.GET
    context = {
        "matrix": matrix,
        "clear": len(matrix.rows) - matrix.warnings,
        "width": len(matrix.roles) + 1,
        "scope": scope,
        "letters": Raci.choices,
        "may_edit": may_edit,
        "editing": editing,
        "also": also,
        "unlisted": selectors.roles_unlisted(matrix) if editing else [],
        "back": came_from(request, ""),
    }
    return render(request, "people/raci.html", context)


def _save(request: HttpRequest, scope: Scope) -> HttpResponse:
    parts: dict[tuple[int, int], str] = {}
    for name, value in request.POST.items():
        found = _CELL.match(name)
        # Only what was changed on the page is written, so that two people may work on different parts.
        if found and value != found[3]:
            parts[int(found[1]), int(found[2])] = str(value)
    batch = uuid.uuid4()
    try:
        changes = services.raci_save(scope=scope, parts=parts, actor=actor_of(request).by("form", batch))
    except (ValidationError, PermissionDenied) as error:
        text = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        toasts.add(request, text, tone="red")
    else:
        count = len(changes)
        said = ngettext("%(count)d responsibility set.", "%(count)d responsibilities set.", count) % {"count": count}
        toasts.add(request, said if count else _("Nothing was changed."), undo_url=f"/undo/{batch}/" if count else "")
    back = came_from(request, "")
    return redirect(f"{reverse('people-raci')}?{urlencode({'at': scope.pk, **({'next': back} if back else {})})}")

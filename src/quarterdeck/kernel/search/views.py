"""The page of results, and the suggestions of the command palette."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.middleware import actor_for
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import reachable
from quarterdeck.kernel.search.declare import offered
from quarterdeck.kernel.search.find import Hit, find, grouped, is_too_short

SUGGESTED = 12
OFFERED = 5
LISTED = 100
LONGEST = 200


def _asked(request: HttpRequest) -> tuple[Actor, str, Scope | None]:
    actor: Actor = getattr(request, "actor", None) or actor_for(request)
    node = request.GET.get("scope", "")
    given = node.isascii() and node.isdigit() and len(node) < 19
    scope = Scope.objects.standing().filter(pk=int(node)).first() if given else None
    # The page names the node, so one out of reach counts as none.
    scope = scope if scope is not None and reachable(actor, scope) else None
    return actor, request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST], scope


def _item(hit: Hit) -> dict[str, Any]:
    return {"label": hit.title, "detail": hit.detail, "kind": hit.kind, "url": hit.url, "icon": hit.icon}


@login_required
@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Return what matches `q` for the palette: {"groups": [{"label", "items": [{label, detail, kind, url, icon}]}]}."""
    actor, text, scope = _asked(request)
    groups = grouped(find(actor, text, scope=scope, limit=SUGGESTED))
    shown: list[dict[str, Any]] = [{"label": g.label, "items": [_item(hit) for hit in g.hits]} for g in groups]
    if todo := offered(actor, text)[:OFFERED]:
        items = [{"label": offer.label, "url": offer.url, "icon": offer.icon} for offer in todo]
        shown.append({"label": _("Do"), "items": items})
    return JsonResponse({"groups": shown})


@login_required
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Show what matches `q`, by kind."""
    actor, text, scope = _asked(request)
    hits = find(actor, text, scope=scope, limit=LISTED)
    context = {
        "query": text,
        "too_short": is_too_short(text),
        "groups": grouped(hits),
        "count": len(hits),
        "limit": LISTED,
        "scope": scope,
    }
    return render(request, "search/results.html", context)

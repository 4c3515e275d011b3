"""The nodes offered by the scope picker."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from quarterdeck.kernel.access.actor import LEVEL
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import below
from quarterdeck.kernel.ui.request import actor_of

#: Nodes offered at once; a longer tree is narrowed by typing.
MOST = 200


@login_required
@require_safe
def scopes(request: HttpRequest) -> HttpResponse:
    """Return the nodes whose name matches `q`, as JSON in the order of the tree: only those at, below or above a grant.

    What lies above a grant is named so that the way down can be read; it opens nothing.
    """
    actor = actor_of(request)
    found = Scope.objects.standing()
    if not actor.unlimited:
        paths = [right.path for right in actor.rights]
        above = {path[:end] for path in paths for end in range(LEVEL, len(path), LEVEL)}
        found = found.filter(below(paths) | Q(path__in=above))
    for word in request.GET.get("q", "")[:100].split():
        found = found.filter(label__icontains=word)
    nodes = [
        {"id": node.pk, "label": node.label, "kind": node.kind_word, "depth": len(node.path) // LEVEL - 1}
        for node in found.order_by("path")[:MOST]
    ]
    return JsonResponse(nodes, safe=False)

"""Opening a page about an initiative: who may, as of which date, and at which address."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.home import Place, place_of
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.ui.errors import not_shown
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of


def opened(
    request: HttpRequest,
    code: str,
    word: str,
    *,
    record_type: str,
    may_open: Callable[[Initiative, Actor], bool] = lambda _record, _actor: True,
) -> Place | HttpResponse:
    """Return the initiative of a page in its tree, as of the date in force; or the way to the page's own address.

    `word` is what follows the address of the initiative, such as `money/`. Raises Http404 for whoever may see no
    record of the type anywhere, who does not see the initiative, or to whom `may_open` says no.
    """
    actor, frame = actor_of(request), frame_of(request)
    if not actor.can("view", record_type):
        raise Http404
    place = place_of(code.upper(), actor=actor, on=frame.date, moment=frame.moment)
    if place is None or not may_open(place.record, actor):
        raise not_shown(frame)
    if f"{place.record.url}{word}" != request.path:
        return redirect(f"{place.record.url}{word}")
    vars(request)["nav_key"] = "initiatives"
    return place

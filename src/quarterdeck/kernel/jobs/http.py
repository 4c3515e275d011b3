"""What the pages of the kernel's lower rooms need of a request."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from quarterdeck.kernel.access.actor import Actor


class ActorRequest(HttpRequest):
    """A request as the actor middleware leaves it."""

    actor: Actor


def back(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """Go back to the page that a form names as `next`, if it is one of ours."""
    target = request.POST.get("next", "")
    fits = url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/")
    return HttpResponseRedirect(target if fits else otherwise)

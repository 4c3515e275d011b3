"""Error pages: what happened, what is kept, what to do. For `handler400` and the like."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError
from django.template import loader
from django.utils.translation import gettext as _

from quarterdeck.kernel.ui.frame import Frame, frame_of

log = logging.getLogger(__name__)


class NotHere(Http404):
    """404 whose words are for the reader; those of any other 404 are not shown, as they may tell what is hidden."""


def not_shown(frame: Frame) -> NotHere:
    """Return the 404 of a record that is not there for the reader; on a past date it says that it may be the date."""
    return NotHere(_("This did not exist on that date, or you may not see it.") if frame.read_only else "")


def _page(
    request: HttpRequest, *, status: int, heading: str, what: str, kept: str, todo: str, reference: str = ""
) -> HttpResponse:
    context = {
        "status": status,
        "heading": heading,
        "what": what,
        "kept": kept,
        "todo": todo,
        "reference": reference,
        "back": _back(request),
    }
    return HttpResponse(_drawn(request, context), status=status)


def _drawn(request: HttpRequest, context: dict[str, Any]) -> str:
    """Draw the page with the navigation around it for whoever is signed in; plainly where that fails."""
    actor = getattr(request, "actor", None)
    if actor is not None and actor.user is not None and hasattr(request, "session"):
        vars(request)["is_refused"] = True
        try:
            return loader.render_to_string("ui/errors/framed.html", context, request)
        except Exception:  # the page must come, whatever is wrong with the frame
            log.exception("The frame of an error page could not be drawn")
    return loader.render_to_string("ui/errors/error.html", context, request)


def _back(request: HttpRequest) -> str:
    """Return the page one came from when it is one of ours."""
    origin = f"{request.scheme}://{request.META.get('HTTP_HOST', '')}/"
    referer = request.headers.get("Referer", "")
    return referer if referer.startswith(origin) and request.method == "GET" else ""


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request makes no sense."""
    return _page(
        request,
        status=400,
        heading=_("This request can't be read"),
        what=_("The address or what was sent with it is malformed."),
        kept=_("Nothing was changed."),
        todo=_("Go back and follow the link again; if a saved address fails, open the page from the navigation."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known, but not allowed."""
    return _page(
        request,
        status=403,
        heading=_("You can't do this"),
        what=str(exception or "") or _("Your roles don't cover this action here."),
        kept=_("Nothing was changed."),
        todo=_("Ask the owner of this node, or an administrator, for a role that covers it."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not for this reader; both look alike on purpose."""
    past = hasattr(request, "session") and frame_of(request).read_only
    return _page(
        request,
        status=404,
        heading=_("Nothing here"),
        what=(str(exception) if isinstance(exception, NotHere) else "")
        or _("No page has this address, or it is not shared with you."),
        kept=_("Nothing was changed."),
        todo=_("Go back to today, or choose a later date.")
        if past
        else _("Check the address, or search by name or code."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Drawn without the request's context, which may be what failed."""
    reference = getattr(request, "request_id", "") or uuid.uuid4().hex[:8]
    context = {
        "status": 500,
        "heading": _("Something failed on our side"),
        "what": _("The server could not finish this request; the fault is in the log."),
        "kept": _("Changes saved before this request are kept; this one was not saved."),
        "todo": _("Try again; if it fails again, give your administrator the reference below."),
        "reference": reference,
        "back": "",
    }
    try:
        return HttpResponseServerError(loader.render_to_string("ui/errors/error.html", context))
    except Exception:  # the page must come even when assets or templates are what failed
        html = (
            f"<!doctype html><title>500</title><h1>{context['heading']}</h1><p>{context['todo']}</p><p>{reference}</p>"
        )
    return HttpResponseServerError(html)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or stale."""
    return _page(
        request,
        status=403,
        heading=_("This form has expired"),
        what=_("The form was opened too long ago, in another session, or cookies are blocked."),
        kept=_("Nothing was changed. Your browser keeps what you typed when you go back."),
        todo=_("Go back, reload the page, and send the form again."),
    )

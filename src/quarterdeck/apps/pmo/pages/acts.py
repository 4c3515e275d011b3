"""Taking over what ships, and handing over."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from quarterdeck.apps.people.models import Person
from quarterdeck.apps.pmo import services
from quarterdeck.apps.pmo.forms import HandOverForm, InstallForm
from quarterdeck.apps.pmo.models import Accountability
from quarterdeck.apps.pmo.selectors.offered import held_by, holders
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import may_somewhere
from quarterdeck.kernel.records import BulkRefused
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of


def _actor(request: HttpRequest, action: str) -> Actor:
    actor = actor_of(request)
    if frame_of(request).read_only or actor.read_only or not may_somewhere(actor, action, Accountability):
        raise Http404
    return actor


def _refused(form: Any, error: Exception) -> None:
    """Put a refusal where it belongs in the form."""
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        for name, problems in error.message_dict.items():
            form.add_error(name if name in form.fields else None, problems)
    else:
        form.add_error(None, error.messages if isinstance(error, ValidationError) else str(error))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Take over accountabilities that ship, at a node."""
    actor = _actor(request, "add")
    posted = request.method == "POST"
    form = InstallForm(request.POST if posted else None, actor=actor)
    if posted and form.is_valid():
        try:
            made = services.install(actor=actor, **form.cleaned_data)
        except (ValidationError, PermissionDenied, BulkRefused) as error:
            _refused(form, error)
        else:
            said = ngettext("%(n)s accountability added", "%(n)s accountabilities added", made.added) % {
                "n": made.added
            }
            rest = _(", %(n)s there already") % {"n": made.known} if made.known else ""
            toasts.add(request, f"{said}{rest}.", undo_url=f"/undo/{made.batch}/" if made.added else "")
            return redirect("pmo-board")
    return render(request, "pmo/start.html", {"form": form}, status=422 if posted else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def hand_over(request: HttpRequest) -> HttpResponse:
    """Hand all that one person holds to another; what that is stands beside the form."""
    actor = _actor(request, "change")
    posted = request.method == "POST"
    form = HandOverForm(request.POST if posted else None, actor=actor, initial={"giver": request.GET.get("giver", "")})
    if posted and form.is_valid():
        try:
            done = services.hand_over(actor=actor, **form.cleaned_data)
        except (ValidationError, PermissionDenied, BulkRefused) as error:
            _refused(form, error)
        else:
            values = {"owned": done.owned, "deputed": done.deputed, "taker": form.cleaned_data["taker"]}
            said = _("Handed over to %(taker)s: %(owned)s as owner, %(deputed)s as deputy.") % values
            toasts.add(request, said, undo_url=f"/undo/{done.batch}/")
            return redirect("pmo-board")
    giver = _giver(form, actor)
    context = {"form": form, "giver": giver, "held": held_by(giver, actor) if giver is not None else []}
    return render(request, "pmo/hand_over.html", context, status=422 if posted else 200)


def _giver(form: HandOverForm, actor: Actor) -> Person | None:
    """Return the person named in the form, as far as it offers him or her."""
    asked = str(form["giver"].value() or "")
    return holders(actor).filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) <= 18 else None

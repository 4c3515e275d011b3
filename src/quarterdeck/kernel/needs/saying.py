"""Saying something of one exception or of many: first what it does to each, then all of them or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.needs import exceptions
from quarterdeck.kernel.needs.exceptions import Asked
from quarterdeck.kernel.needs.forms import AcceptForm, GiveForm
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.components import date_text
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of
from quarterdeck.kernel.watch.hands import hands
from quarterdeck.kernel.watch.models import Finding, Stage
from quarterdeck.kernel.watch.selectors import open_findings
from quarterdeck.kernel.watch.services import Said, Verb, refusals, say
from quarterdeck.kernel.watch.stages import stages

#: The most exceptions of which something is said at once.
LIMIT = 500
HEADINGS = {
    Verb.ACKNOWLEDGE: lambda n: ngettext("Acknowledge %(n)s exception", "Acknowledge %(n)s exceptions", n),
    Verb.TAKE: lambda n: ngettext("Take %(n)s exception in hand", "Take %(n)s exceptions in hand", n),
    Verb.ACCEPT: lambda n: ngettext("Accept %(n)s exception", "Accept %(n)s exceptions", n),
    Verb.BACK: lambda n: ngettext("Take back what was said of %(n)s", "Take back what was said of %(n)s", n),
}
DONE = {
    Verb.ACKNOWLEDGE: lambda n: ngettext("%(n)s exception acknowledged.", "%(n)s exceptions acknowledged.", n),
    Verb.TAKE: lambda n: ngettext("%(n)s exception in hand.", "%(n)s exceptions in hand.", n),
    Verb.ACCEPT: lambda n: ngettext("%(n)s exception accepted.", "%(n)s exceptions accepted.", n),
    Verb.BACK: lambda n: ngettext("%(n)s exception as found.", "%(n)s exceptions as found.", n),
}


@dataclass(frozen=True)
class Preview:
    """What is made of one exception: its state before and after, or why not."""

    finding: Finding
    before: str
    after: str
    error: str


@require_POST
@login_required
def say_many(request: HttpRequest, verb: str) -> HttpResponse:
    """Show what saying something does to the exceptions chosen, then say it of all of them or of none."""
    actor = actor_of(request)
    if frame_of(request).read_only or actor.read_only or verb not in Verb.values:
        raise Http404
    asked, back = Verb(verb), _back(request)
    chosen = _chosen(request, actor)
    if not chosen or len(chosen) > LIMIT:
        text = _("Select exceptions first.") if not chosen else _("Select at most %(n)s exceptions.") % {"n": LIMIT}
        toasts.add(request, text, tone="amber")
        return redirect(back)
    stage = request.POST.get("stage", "choose")
    form = _form(asked, chosen, actor, request.POST if stage in ("preview", "apply", "without") else None)
    filled = form is None or (form.is_bound and form.is_valid())
    said = _said(asked, form.cleaned_data if form is not None and filled else {}, actor)
    against = refusals(chosen, said, actor=actor) if filled else {}
    if stage == "without" and filled:
        chosen = [row for row in chosen if row.pk not in against]
        against = {}
        if not chosen:
            toasts.add(request, _("None of these is left."), tone="amber")
            return redirect(back)
    if stage == "apply" and filled and not against:
        try:
            batch = say(findings=chosen, said=said, actor=actor)
        except (ValidationError, PermissionDenied) as error:
            text = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            toasts.add(request, text, tone="red")
        else:
            words = DONE[asked](len(chosen)) % {"n": len(chosen)}
            toasts.add(request, words, undo_url=f"/undo/{batch}/")
        return redirect(back)
    on = stages(actor)
    context = {
        "verb": asked,
        "heading": HEADINGS[asked](len(chosen)) % {"n": len(chosen)},
        "form": form,
        "chosen": chosen,
        "previews": [_preview(row, said, against, on, actor, filled=filled) for row in chosen],
        "refused": len(against),
        "ready": filled and not against,
        "single": len(chosen) == 1,
        "back": back,
    }
    return render(request, "needs/say.html", context, status=422 if stage != "choose" and not filled else 200)


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and safe else "/exceptions/"


def _chosen(request: HttpRequest, actor: Actor) -> list[Finding]:
    """Return the exceptions ticked, or all that the list shows, as far as they are open and the actor sees them."""
    if request.POST.get("every"):
        asked = Asked.parse(QueryDict(request.POST["every"]).dict())
        rows = exceptions.wanted(asked, actor, stages(actor), frame_of(request).scope).filter(closed_at__isnull=True)
    else:
        pks = [int(pk) for pk in request.POST.getlist("pk")[: LIMIT + 1] if pk.isdecimal() and len(pk) < 19]
        rows = open_findings(actor, accepted=True).filter(pk__in=pks).order_by("rank", "due_on", "opened_at", "pk")
    return list(rows.select_related("handling__acknowledged_by", "handling__hand_by")[: LIMIT + 1])


def _form(verb: Verb, chosen: list[Finding], actor: Actor, data: QueryDict | None) -> forms.Form | None:
    if verb == Verb.TAKE:
        return GiveForm(data, users=hands(chosen, actor), me=actor.user)
    return AcceptForm(data) if verb == Verb.ACCEPT else None


def _said(verb: Verb, filled: dict[str, Any], actor: Actor) -> Said:
    by: User | None = filled.get("by")
    return Said(verb, by=by, until=filled.get("until"), reason=filled.get("reason", ""))


def _preview(row: Finding, said: Said, against: dict[int, str], on: Any, actor: Actor, *, filled: bool) -> Preview:
    stage, words, _late = exceptions.state_of(row, on)
    before = f"{stage.label}, {words}" if words else str(stage.label)
    return Preview(row, before, _after(said, actor) if filled else "", against.get(row.pk, ""))


def _after(said: Said, actor: Actor) -> str:
    day = date_text(said.until, actor.today) if said.until else ""
    if said.verb == Verb.TAKE:
        return _("In hand, %(name)s, by %(day)s") % {"name": said.by, "day": day}
    if said.verb == Verb.ACCEPT:
        return _("Accepted until %(day)s") % {"day": day}
    return str(Stage.ACKNOWLEDGED.label if said.verb == Verb.ACKNOWLEDGE else Stage.FOUND.label)

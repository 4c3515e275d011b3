"""My tasks: the reader's own work over all plans, reported in place."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.pages.plan import address
from quarterdeck.apps.delivery.selectors import mine, promises
from quarterdeck.apps.delivery.selectors.mine import LATER, NOW, OVERDUE, SOON, Mine
from quarterdeck.apps.delivery.selectors.photos import photos_of
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.records import BulkRefused, StaleRecord
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.components import date_text
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

WORDS: Final = {
    OVERDUE: gettext_lazy("Overdue"),
    NOW: gettext_lazy("Now"),
    SOON: gettext_lazy("Next two weeks"),
    LATER: gettext_lazy("Later"),
}
#: Photos of one report.
PHOTOS: Final = 10
#: What a report may say: the field of the form and that of the task.
FIELDS: Final = (
    ("start", "actual_start"),
    ("percent", "percent"),
    ("remaining", "remaining"),
    ("finish", "actual_finish"),
)


@require_safe
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """List the reader's open tasks, each with its report."""
    actor = actor_of(request)
    if not actor.can("view", "delivery.task") or actor.user is None:
        raise Http404
    vars(request)["nav_key"] = "my-tasks"
    past = frame_of(request).read_only
    found = [] if past else mine.mine(actor)
    opened = request.GET.get("task", "")
    first = next((each.task.pk for each in found if each.due and each.reports), 0)
    shown = int(opened) if opened.isdecimal() and len(opened) < 19 else first
    groups = [
        (word, [_card(each, actor, opened=each.task.pk == shown) for each in found if each.group == group])
        for group, word in WORDS.items()
    ]
    return render(
        request,
        "delivery/mine.html",
        {
            "groups": [(word, cards) for word, cards in groups if cards],
            "count": len(found),
            "due": sum(each.due for each in found),
            "past": past,
            "most": mine.MOST if len(found) == mine.MOST else 0,
        },
    )


@require_POST
@login_required
def report(request: HttpRequest, key: int) -> HttpResponse:
    """Take a report of one task; refused, it comes back as it was typed with the reason."""
    actor = actor_of(request)
    found = mine.one(actor, key)
    if found is None or frame_of(request).read_only or not found.reports:
        raise Http404
    typed = {
        name: request.POST.get(name, "").strip()[:5000] for name in ("start", "percent", "remaining", "finish", "note")
    }
    error, field = "", ""
    commands = _commands(found, typed, request, actor)
    uploads = request.FILES.getlist("photo")[:PHOTOS]
    if not commands and not uploads:
        error = _("Nothing has been said yet: change a figure or a date, write a note, or add a photo.")
    else:
        error, field = _reported(found, commands, uploads, request, actor)
    if not error:
        toasts.add(request, _("“%(name)s”: reported.") % {"name": found.task.name})
    if request.headers.get("HX-Request") != "true":
        return redirect(f"/my-tasks/?task={key}") if not error else _whole(request, found, typed, error)
    now = mine.one(actor, key)
    if now is None:
        return HttpResponse(toasts.partial(request))
    card = _card(now, actor, opened=bool(error), typed=typed if error else None, error=error, field=field)
    html = render_to_string("delivery/_mine_card.html", {"card": card, "said": not error}, request)
    return HttpResponse(html + toasts.partial(request), status=422 if error else 200)


def _reported(
    found: Mine, commands: list[dict[str, Any]], uploads: list[Any], request: HttpRequest, actor: Actor
) -> tuple[str, str]:
    """Carry a report out with its photos, which are looked at first; return why not and in which field."""
    try:
        photos = [services.photo_read(each) for each in uploads]
    except ValidationError as bad:
        return " ".join(bad.messages), "photo"
    error, field = _send(found, commands, request, actor) if commands else ("", "")
    if error:
        return error, field
    try:
        for each in photos:
            services.photo_attach(task=found.task, photo=each, actor=actor)
    except (ValidationError, PermissionDenied) as refused:
        return " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused), "photo"
    return "", ""


def _whole(request: HttpRequest, found: Mine, typed: dict[str, str], error: str) -> HttpResponse:
    """Answer a refusal to a browser without script: the one card, as it was typed."""
    card = _card(found, actor_of(request), opened=True, typed=typed, error=error)
    context = {"groups": [(WORDS[found.group], [card])], "count": 1, "due": int(found.due), "past": False}
    return render(request, "delivery/mine.html", context, status=422)


def _commands(found: Mine, typed: dict[str, str], request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    """Return what a report says beyond what was shown, in the order in which it is done."""
    task, commands = found.task, []
    for name, field in FIELDS:
        value = typed[name]
        if value and value != request.POST.get(f"was_{name}", ""):
            commands.append({"do": "set", "task": task.pk, "field": field, "value": value})
    if typed["note"]:
        note = f"{date_text(actor.today)}: {typed['note']}"
        told = "\n".join(part for part in (task.notes.strip(), note) if part)
        commands.append({"do": "set", "task": task.pk, "field": "notes", "value": told})
    return commands


def _send(found: Mine, commands: list[dict[str, Any]], request: HttpRequest, actor: Actor) -> tuple[str, str]:
    """Carry a report out; return why not and in which field, empty when it was."""
    revision = request.POST.get("revision", "")
    name = request.POST.get("request", "")
    try:
        services.plan_edit(
            plan_id=found.task.plan_id,
            commands=commands,
            revision=int(revision) if revision.isdecimal() and len(revision) < 10 else found.task.plan.revision,
            actor=actor.by("form", uuid.uuid4()),
            request=name if len(name) <= 64 else "",
        )
    except services.PlanRefused as error:
        shown = {field: name for name, field in FIELDS}
        return " ".join(error.messages), shown.get(error.field, "")
    except (services.Overtaken, StaleRecord):
        return _("Someone has changed this task meanwhile; it stands as shown above. Report again to add yours."), ""
    except BulkRefused as error:
        return " ".join(next(iter(error.errors.values())).messages), ""
    except ValidationError as error:
        return " ".join(error.messages), ""
    except PermissionDenied as error:
        return str(error), ""
    return "", ""


def _card(
    each: Mine,
    actor: Actor,
    *,
    opened: bool,
    typed: dict[str, str] | None = None,
    error: str = "",
    field: str = "",
) -> dict[str, Any]:
    """Return a card as drawn: the facts, what is in the fields, and what was shown there at first."""
    task = each.task
    was = {
        "percent": str(each.percent),
        "remaining": each.left,
        "start": each.begun.isoformat() if each.begun else "",
        "finish": "",
    }
    finished = task.actual_finish is not None or task.done >= 100
    return {
        "mine": each,
        "task": task,
        "project": task.plan.initiative,
        "url": address(task.plan),
        "was": was,
        "now": {**was, "note": "", **(typed or {})},
        "error": error,
        "field": field,
        "open": opened and each.reports and not (finished and not error),
        "finished": finished,
        "milestone": task.duration == 0,
        "service": promises.state_of(task, actor.today),
        "today": actor.today,
        "request": uuid.uuid4().hex,
        "photos": photos_of(task) if opened else [],
        "revision": task.plan.revision,
        "late": (actor.today - task.finishes_on).days if task.finishes_on and task.finishes_on < actor.today else 0,
    }

"""One plan file before it is written: where it goes, what it would change there, who its people are, what stays."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quarterdeck.apps.delivery import services
from quarterdeck.apps.delivery.exchange.document import PlanDocument
from quarterdeck.apps.delivery.models import PlanImport
from quarterdeck.apps.delivery.pages.importing import importer, runs_at
from quarterdeck.apps.delivery.selectors import imports as selectors
from quarterdeck.apps.delivery.services import Choices
from quarterdeck.apps.delivery.services.choosing import choices_of, document_kept
from quarterdeck.apps.delivery.services.differing import GROUPS, Difference, Line, on_day
from quarterdeck.apps.delivery.services.matching import Certainty, Proposal, calendars_for
from quarterdeck.apps.delivery.services.previewing import NEW, Preview, groups_of
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers.exchange.export import csv_cell
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.components import date_text, money_text, number, signed
from quarterdeck.kernel.ui.fields import combobox

#: Lines and people shown at once; the file has all lines.
MOST: Final = 300
#: Where people are looked up as one types.
PEOPLE: Final = "/people/options/manager/"
TONES: Final = {Certainty.SURE: "green", Certainty.LIKELY: "amber", Certainty.NONE: ""}


def _run(request: HttpRequest, upload: uuid.UUID, key: int) -> tuple[Actor, PlanImport, PlanDocument]:
    """Return who imports, the file and what was read of it; 404 for those of others."""
    actor, runs = runs_at(request, upload)
    run = next((each for each in runs if each.pk == key), None)
    document = None if run is None or run.state != PlanImport.State.READ else document_kept(run)
    if run is None or document is None:
        raise Http404
    return actor, run, document


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def review(request: HttpRequest, upload: uuid.UUID, key: int) -> HttpResponse:
    """Show what a file would change; take what is said of it, and write it when asked to."""
    actor, runs = runs_at(request, upload)
    if any(each.pk == key and each.state != PlanImport.State.READ for each in runs):
        return redirect(f"/plan-imports/{upload}/")
    actor, run, document = _run(request, upload, key)
    error = ""
    if request.method == "POST":
        into = request.POST.get("into", "").strip()[:20]
        # The plans offered were those of the project shown.
        plan = request.POST.get("plan", "") if into.upper() == request.POST.get("was_into", "").upper() else ""
        try:
            services.choices_save(run=run, choices=_said(request.POST), actor=actor, into=into, plan=plan)
            if request.POST.get("do") == "write":
                _written(upload, run, document, actor)
                return redirect(f"/plan-imports/{upload}/")
        except ValidationError as refused:
            error = " ".join(refused.messages)
        else:
            return redirect(request.path)
    context = _context(request, run, document, actor)
    return render(
        request,
        "delivery/import_review.html",
        {"upload": upload, "run": run, "error": error, **context},
        status=422 if error else 200,
    )


def _written(upload: uuid.UUID, run: PlanImport, document: PlanDocument, actor: Actor) -> None:
    """Queue the writing. Raises ValidationError for what would be refused there."""
    into = str(run.report.get("into", ""))
    if not into:
        raise ValidationError(_("Say where the plan goes."))
    found = services.previewed(
        document=document,
        into=into,
        plan=str(run.report.get("plan", "")),
        choices=choices_of(run.report),
        actor=actor,
    )
    if found.refusal:
        raise ValidationError(found.refusal)
    services.files_write(upload=upload, into={run.pk: into}, actor=actor)


def _said(posted: QueryDict) -> Choices:
    """Return what a form says: people and calendars by the file's numbers, and what of ours stays."""
    return Choices(
        people=_numbers(posted, "person-"),
        calendars=_numbers(posted, "calendar-"),
        keep_added=posted.get("keep_added", "") == "1",
        prefer_ours=posted.get("prefer", "") == "ours",
    )


def _numbers(posted: QueryDict, prefix: str) -> dict[int, int | None]:
    found: dict[int, int | None] = {}
    for name in posted:
        number_, value = name.removeprefix(prefix), posted.get(name, "").strip()
        if name.startswith(prefix) and number_.isdecimal() and len(number_) < 12:
            found[int(number_)] = int(value) if value.isdecimal() and len(value) < 19 else None
    return found


def _context(request: HttpRequest, run: PlanImport, document: PlanDocument, actor: Actor) -> dict[str, Any]:
    into = str(request.GET.get("into") or run.report.get("into", ""))[:20]
    choices = choices_of(run.report)
    context: dict[str, Any] = {
        "into": into,
        "nodes": selectors.nodes_for(actor=actor),
        "document": document,
        "choices": choices,
        "source": services.source_of(document),
        "wanted": run.report.get("plan", ""),
        "new": NEW,
    }
    if not into:
        return context
    try:
        found = services.previewed(
            document=document, into=into, plan=str(run.report.get("plan", "")), choices=choices, actor=actor
        )
    except ValidationError as error:
        return {**context, "refusal": " ".join(error.messages)}
    calendars = [(each.pk, each.name) for each in calendars_for(actor=actor)]
    people = [_person(each, choices.people) for each in found.people]
    return {
        **context,
        "found": found,
        "refusal": found.refusal,
        "people": people[:MOST],
        "people_more": max(0, len(people) - MOST),
        "matched": sum(bool(each["key"]) for each in people),
        "calendars": [
            {"of": each, "key": choices.calendars.get(each.number, each.key), "tone": TONES[each.certainty]}
            for each in found.calendars
        ],
        "offered": calendars,
        **_told(request, found, actor),
    }


def _person(each: Proposal, chosen: Mapping[int, int | None]) -> dict[str, Any]:
    """Return a resource with the field in which a person is chosen; what was chosen stands before what is proposed."""
    own = each.number in chosen and chosen[each.number] != each.key
    key = chosen.get(each.number, each.key)
    label = each.label if key == each.key else services.person_name(key)
    field = combobox(
        name=f"person-{each.number}",
        value=str(key or ""),
        label=label,
        options_url=PEOPLE,
        attrs={
            "id": f"person-{each.number}",
            "placeholder": _("stays a resource"),
            "aria-label": _("%(name)s is") % {"name": each.name},
        },
    )
    return {
        "of": each,
        "key": key,
        "field": field,
        "why": _("Chosen here") if own else each.why,
        "tone": "accent" if own else TONES[each.certainty],
    }


def _told(request: HttpRequest, found: Preview, actor: Actor) -> dict[str, Any]:
    """Return the difference as the page shows it."""
    told = found.difference
    if told is None or found.plan is None:
        return {}
    group = request.GET.get("group", "")
    text = request.GET.get("q", "").strip()[:100]
    lines = _filtered(told, group, text)
    return {
        "told": told,
        "cells": _cells(told, found, actor),
        "groups": groups_of(told),
        "group": group,
        "q": text,
        "lines": [(str(GROUPS[each.group]), each) for each in lines[:MOST]],
        "more": max(0, len(lines) - MOST),
        "shown": len(lines),
        "total": len(told.lines),
        "stays": [each for each in found.stays if not each.lost],
        "lost": [each for each in found.stays if each.lost],
    }


def _filtered(told: Difference, group: str, text: str) -> list[Line]:
    wanted = text.casefold()
    return [
        each
        for each in told.lines
        if (not group or each.group == group) and (not wanted or wanted in each.name.casefold())
    ]


def _cells(told: Difference, found: Preview, actor: Actor) -> list[dict[str, str]]:
    """Return the figures at the head."""
    plan = found.plan
    assert plan is not None
    per_day = plan.minutes_per_day
    moved = (
        "–" if told.finish is None else str(signed(round(told.finish / per_day, 1), 1 if told.finish % per_day else 0))
    )
    dates = [date_text(on_day(at), actor.today) or "–" for at in (told.older_finish, told.newer_finish)]
    counts = told.counts
    cells = [
        {"label": _("Tasks added"), "value": number(len(found.staged.tasks.added) if found.staged else 0)},
        {"label": _("Tasks removed"), "value": number(len(found.staged.tasks.removed) if found.staged else 0)},
        {"label": _("Changes"), "value": number(len(told.lines)), "note": _("in %(n)d tasks") % {"n": told.tasks}},
        {"label": _("Links changed"), "value": number(counts.get("links", 0))},
        {
            "label": _("Finish moves"),
            "value": moved,
            "unit": _("d"),
            "note": _("from %(older)s to %(newer)s") % {"older": dates[0], "newer": dates[1]},
        },
        {"label": _("Work"), "value": str(signed(round(told.work / 60), 0)), "unit": "h"},
    ]
    if told.cost is not None:
        cells.append({"label": _("Cost"), "value": money_text(told.cost, plan.currency, short=True, sign=True)})
    return [{"unit": "", "note": "", **each} for each in cells]


@require_safe
@login_required
def export(request: HttpRequest, upload: uuid.UUID, key: int) -> HttpResponse:
    """Send everything that a file would change as CSV."""
    actor, run, document = _run(request, upload, key)
    try:
        found = services.previewed(
            document=document,
            into=str(run.report.get("into", "")),
            plan=str(run.report.get("plan", "")),
            choices=choices_of(run.report),
            actor=actor,
        )
    except ValidationError as error:
        raise Http404 from error
    if found.difference is None:
        raise Http404
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    rows = _rows(found.difference.lines)
    csv.writer(response).writerows([csv_cell(cell) for cell in row] for row in rows)
    response.headers["Content-Disposition"] = 'attachment; filename="changes.csv"'
    return response


def _rows(lines: Iterable[Line]) -> Iterable[tuple[str, ...]]:
    yield (_("Kind"), _("Task"), _("What"), _("Before"), _("After"), _("By"))
    for each in lines:
        yield (str(GROUPS[each.group]), each.name, each.what, each.before, each.after, str(each.by))


@require_POST
@login_required
def undo(request: HttpRequest, upload: uuid.UUID, key: int) -> HttpResponse:
    """Queue the taking back of an import."""
    actor = importer(request)
    _who, runs = runs_at(request, upload)
    run = next((each for each in runs if each.pk == key), None)
    if run is None:
        raise Http404
    try:
        services.import_undo(run=run, actor=actor)
    except ValidationError as error:
        toasts.add(request, " ".join(error.messages), tone="red")
    return redirect(f"/plan-imports/{upload}/")

"""Bulk edit and bulk removal: choose, see before and after, then write all or nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.records import StaleRecord
from quarterdeck.kernel.registers import spec
from quarterdeck.kernel.registers.columns import Shown, columns_for
from quarterdeck.kernel.registers.forms import RegisterForm, form_for
from quarterdeck.kernel.registers.pages.base import came_from, messages_of, page
from quarterdeck.kernel.registers.pages.chosen import LIMIT, Since, as_read, selected, since
from quarterdeck.kernel.registers.spec import Register
from quarterdeck.kernel.registers.templatetags.registers import moment
from quarterdeck.kernel.ui import toasts

SET = "set:"
#: Of so many records that have moved on, the names are told.
TOLD = 20


@dataclass(frozen=True)
class Preview:
    """What the edit makes of one record: (label, before, after) of each field that changes, or why it is refused."""

    record: Any
    name: str
    changes: list[tuple[str, str, str]]
    error: str = ""


def _unfit(chosen: list[Any]) -> str:
    """Return why nothing can be done with this choice, or nothing."""
    if not chosen:
        return _("Select records first.")
    return _("Select at most %(limit)d records.") % {"limit": LIMIT} if len(chosen) > LIMIT else ""


@require_POST
@page("change")
def bulk_edit(request: HttpRequest, register: Register[Any], actor: Actor) -> HttpResponse:
    """Set fields of many records: first what to set, then the preview, then the write.

    Only what was previewed is written: when one of the records has been changed meanwhile, or is selected no more, the
    preview is shown again and names them.
    """
    chosen = selected(request, register, actor, "change")
    back = came_from(request, register.path)
    if not register.bulk or _unfit(chosen):
        toasts.add(request, _unfit(chosen) or _("Select records first."), tone="amber")
        return redirect(back)
    ticked = [name for name in register.bulk if f"{SET}{name}" in request.POST]
    stage = "preview" if request.POST.get("without") else request.POST.get("stage", "choose")
    form = form_for(register, actor, names=register.bulk, data=request.POST if stage != "choose" else None)
    previews: list[Preview] = []
    moved = Since()
    if stage != "choose":
        for field_name in [n for n in form.fields if n not in ticked]:
            form.fields.pop(field_name)
        previews = [_preview(register, actor, record, ticked, request.POST) for record in chosen]
        refused = sum(1 for item in previews if item.error)
        moved = since(request.POST.get("read", ""), chosen) if stage == "apply" else moved
        if stage == "apply" and ticked and not refused and not moved:
            return _apply(request, register, actor, chosen=chosen, names=ticked, back=back)
        form = form_for(register, actor, names=register.bulk, data=request.POST)
    for bound in form:
        # The label beside a field is that of its tick.
        bound.field.widget.attrs["aria-label"] = str(bound.label)
    context = {
        "register": register,
        "form": form,
        "fields": [(form[name], name in ticked) for name in register.bulk if name in form.fields],
        "chosen": chosen,
        "previews": previews,
        "changing": sum(1 for item in previews if item.changes),
        "refused": sum(1 for item in previews if item.error),
        "stage": stage,
        "ticked": ticked,
        **_kept(request, register, chosen, moved),
        "next": back,
    }
    return render(request, "registers/bulk.html", context, status=409 if moved else 200)


def _kept(request: HttpRequest, register: Register[Any], chosen: list[Any], moved: Since) -> dict[str, Any]:
    """Return what both forms carry on: the choice, what was read of it, and what has become of it, in words."""
    lines: list[tuple[str, str]] = []
    apart = len(moved.changed) + len(moved.joined)
    if request.POST.get("read"):
        lines = [(register.title_of(record), _by_whom(record)) for record in moved.changed[:TOLD]]
        fits = _("fits the list since then")
        lines += [(register.title_of(record), fits) for record in moved.joined[: TOLD - len(lines)]]
        if apart > len(lines):
            lines.append(("", _("%(n)d more") % {"n": apart - len(lines)}))
        if moved.gone:
            gone = ngettext(
                "%(n)d was removed, fits the list no more, or is not yours to change any more",
                "%(n)d were removed, fit the list no more, or are not yours to change any more",
                moved.gone,
            )
            lines.append(("", gone % {"n": moved.gone}))
    return {
        "every": "" if request.POST.get("without") else request.POST.get("every", ""),
        "read": as_read(chosen),
        "moved": bool(moved),
        "moved_lines": lines,
        "apart": moved.apart if lines and 0 < apart < len(chosen) else "",
    }


def _by_whom(record: Any) -> str:
    who = record.updated_by or _("the system")
    return _("changed by %(who)s, %(time)s") % {"who": who, "time": moment(record.updated_at)}


def _edited(register: Register[Any], actor: Actor, record: Any, names: list[str], data: QueryDict) -> RegisterForm:
    given = data.copy()
    given["version"] = str(record.version)
    return form_for(register, actor, record=record, names=names, data=given)


def _preview(register: Register[Any], actor: Actor, record: Any, names: list[str], data: QueryDict) -> Preview:
    columns = columns_for(register, actor)
    seen = [name for name in names if name in columns and not columns[name].masked(record, actor)]
    before = {name: columns[name].read(record) for name in seen}
    title = register.title_of(record)
    form = _edited(register, actor, record, names, data)
    if not form.is_valid():
        return Preview(record, title, [], " ".join(str(e) for errors in form.errors.values() for e in errors))
    changes = []
    for name, old in before.items():
        new = form.cleaned_data.get(name)
        if old != new and not (old in (None, "") and new in (None, "")):
            changes.append((columns[name].label, _in_words(columns[name], old), _in_words(columns[name], new)))
    return Preview(record, title, changes)


def _in_words(column: Shown, value: Any) -> str:
    if value is None or value == "":
        return "–"
    related = spec.for_model(type(value))
    return related.title_of(value) if related is not None else column.kind.text(value)


def _apply(
    request: HttpRequest, register: Register[Any], actor: Actor, *, chosen: list[Any], names: list[str], back: str
) -> HttpResponse:
    """Write every record through the register, so that its rules hold; the first refusal undoes all."""
    batch = uuid.uuid4()
    acting = actor.by("bulk", batch)
    changed, current = 0, ""
    try:
        with transaction.atomic():
            for record in chosen:
                current = register.title_of(record)
                form = _edited(register, acting, record, names, request.POST)
                if not form.is_valid():
                    raise ValidationError([str(e) for errors in form.errors.values() for e in errors])
                changed += register.write(form.record(), actor=acting) is not None
    except (ValidationError, StaleRecord, PermissionDenied) as error:
        text = messages_of(error) if isinstance(error, ValidationError) else str(error)
        toasts.add(
            request, _("%(name)s: %(error)s Nothing was changed.") % {"name": current, "error": text}, tone="red"
        )
        return redirect(back)
    said = ngettext("%(n)d record changed.", "%(n)d records changed.", changed) % {"n": changed}
    toasts.add(request, said, undo_url=f"/undo/{batch}/" if changed else "")
    return redirect(back)


@require_POST
@page("delete")
def bulk_remove(request: HttpRequest, register: Register[Any], actor: Actor) -> HttpResponse:
    """Show the chosen records, then remove them, all or none; one Undo brings them back.

    Only what was shown is removed: when one of the records has been changed meanwhile, or is selected no more, they are
    shown again, with those named.
    """
    chosen = selected(request, register, actor, "delete")
    back = came_from(request, register.path)
    if text := _unfit(chosen):
        toasts.add(request, text, tone="amber")
        return redirect(back)
    applies = request.POST.get("stage") == "apply" and not request.POST.get("without")
    moved = since(request.POST.get("read", ""), chosen) if applies else Since()
    if not applies or moved:
        names = [(record, register.title_of(record)) for record in chosen]
        context = {"register": register, "chosen": names, "next": back, **_kept(request, register, chosen, moved)}
        return render(request, "registers/bulk_remove.html", context, status=409 if moved else 200)
    batch = uuid.uuid4()
    acting = actor.by("bulk", batch)
    current = ""
    try:
        with transaction.atomic():
            for record in chosen:
                current = register.title_of(record)
                register.remove(record, actor=acting)
    except (ValidationError, StaleRecord, PermissionDenied) as error:
        text = messages_of(error) if isinstance(error, ValidationError) else str(error)
        toasts.add(
            request, _("%(name)s: %(error)s Nothing was removed.") % {"name": current, "error": text}, tone="red"
        )
        return redirect(back)
    said = ngettext("%(n)d record removed.", "%(n)d records removed.", len(chosen)) % {"n": len(chosen)}
    toasts.add(request, said, undo_url=f"/undo/{batch}/")
    return redirect(back)

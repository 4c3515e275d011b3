"""Adding and editing: page, row in place, and the page that two edits at once lead to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import record_type
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.audit.states import revive
from quarterdeck.kernel.records import StaleRecord
from quarterdeck.kernel.registers import spec
from quarterdeck.kernel.registers.columns import CUSTOM, columns_for
from quarterdeck.kernel.registers.forms import RegisterForm, form_for
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.pages import table
from quarterdeck.kernel.registers.pages.base import came_from, get_record, page
from quarterdeck.kernel.registers.pages.listing import listing_of
from quarterdeck.kernel.registers.spec import Register
from quarterdeck.kernel.ui import toasts


@require_http_methods(["GET", "HEAD", "POST"])
@page("add")
def add(request: HttpRequest, register: Register[Any], actor: Actor) -> HttpResponse:
    """Add a record; values in the address fill the form in beforehand."""
    if request.method == "POST":
        batch = uuid.uuid4()
        form = form_for(register, actor.by("form", batch), data=request.POST)
        if form.is_valid():
            record = form.save_by(note=request.POST.get("note", ""))
            if record is not None:
                said = _("%(name)s added.") % {"name": register.title_of(record)}
                toasts.add(request, said, undo_url=f"/undo/{batch}/")
                again = f"{register.path}new/" if "again" in request.POST else register.url(record)
                return redirect(came_from(request, again))
    else:
        form = form_for(register, actor, initial=_given(request, register, actor))
    context = {"register": register, "form": form, "record": None, "next": came_from(request, register.path)}
    return render(request, "registers/form.html", context, status=422 if form.is_bound else 200)


def _given(request: HttpRequest, register: Register[Any], actor: Actor) -> dict[str, Any]:
    """Return the values of the address for a new record; a reference may be given by its code as well."""
    given: dict[str, Any] = {name: value for name, value in request.GET.items() if name in register.editable}
    for name, value in given.items():
        if value.isdecimal() or not register.field(name).is_relation:
            continue
        related = spec.for_model(register.choices(name, actor).model)
        if related is not None and related.key:
            given[name] = (
                register.choices(name, actor).filter(**{related.key: value}).values_list("pk", flat=True).first()
            )
    return given


@require_http_methods(["GET", "HEAD", "POST"])
@page("change")
def edit(request: HttpRequest, register: Register[Any], actor: Actor, ref: str) -> HttpResponse:
    """Edit a record on its own page."""
    record = get_record(register, actor, ref, "change")
    back = came_from(request, register.url(record))
    name = register.title_of(record)
    if request.method != "POST":
        form = form_for(register, actor, record=record)
        return render(
            request,
            "registers/form.html",
            {"register": register, "form": form, "record": record, "title": name, "next": back},
        )
    batch = uuid.uuid4()
    data = _chosen(request.POST, register, record, actor)
    form = form_for(register, actor.by("form", batch), record=record, data=data)
    if form.is_valid():
        try:
            saved = form.save_by(note=request.POST.get("note", ""))
        except StaleRecord as stale:
            return _conflict(request, register, form, stale, back=back)
        if saved is not None:
            said = _("%(name)s saved.") % {"name": register.title_of(saved)}
            changed = Change.objects.filter(batch=batch).exists()
            toasts.add(
                request, said if changed else _("Nothing had changed."), undo_url=f"/undo/{batch}/" if changed else ""
            )
            return redirect(came_from(request, register.url(saved)))
    context = {"register": register, "form": form, "record": record, "title": name, "next": back}
    return render(request, "registers/form.html", context, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@page("change")
def row(request: HttpRequest, register: Register[Any], actor: Actor, ref: str) -> HttpResponse:
    """Edit the shown cells of a row in place: GET gives the fields, POST writes them and gives the row back."""
    record = get_record(register, actor, ref, "change")
    listing, _tabs, _tab = listing_of(request, register, actor)
    names = [c.name for c in listing.columns if c.name in register.editable or c.custom_key]
    if request.method != "POST":
        if "cancel" in request.GET:
            return HttpResponse(_row_html(listing, record.pk))
        form = form_for(register, actor, record=record, names=names)
        return _row_form(request, register, listing, record, form)
    batch = uuid.uuid4()
    form = form_for(register, actor.by("form", batch), record=record, names=names, data=request.POST)
    if form.is_valid():
        try:
            saved = form.save_by()
        except StaleRecord as stale:
            form.add_error(None, _("%(error)s Open the record to see both versions.") % {"error": stale})
            saved = None
        if saved is not None:
            if Change.objects.filter(batch=batch).exists():
                said = _("%(name)s saved.") % {"name": register.title_of(saved)}
                toasts.add(request, said, undo_url=f"/undo/{batch}/")
            return HttpResponse(_row_html(listing, saved.pk) + toasts.partial(request))
    return _row_form(request, register, listing, record, form, status=422)


def _row_html(listing: Listing, pk: int) -> str:
    # Read again, so that computed columns and related names are those of the list.
    fresh = Listing(listing.register, listing.actor, listing.params, scope=listing.scope)
    row = fresh.single(pk)
    table.look(fresh, [row])
    return table.record_row(fresh, row)


def _row_form(
    request: HttpRequest,
    register: Register[Any],
    listing: Listing,
    record: Any,
    form: RegisterForm,
    *,
    status: int = 200,
) -> HttpResponse:
    for bound in form:
        # Fields of a row stand outside of its form element, which a table does not let around them.
        bound.field.widget.attrs |= {"form": f"row-form-{record.pk}", "aria-label": str(bound.label)}
    row = listing.single(record.pk)
    table.look(listing, [row])
    context, stored = listing.context, row.record
    cells = [
        (column, form[column.name] if column.name in form.fields else None, column.html(stored, context))
        for column in listing.columns
    ]
    data = {"register": register, "record": record, "form": form, "cells": cells, "listing": listing}
    data["address"] = f"{register.generic_url(stored)}row/?{listing.params.query(page=listing.page)}"
    return render(request, "registers/_row_form.html", data, status=status)


# -- two edits at once
# --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """A field on which two edits differ from what both read: all three values in words."""

    name: str
    label: str
    was: str
    theirs: str
    mine: str
    clash: bool


def _conflict(
    request: HttpRequest, register: Register[Any], form: RegisterForm, stale: StaleRecord, *, back: str
) -> HttpResponse:
    """Show what was, what the other made of it and what one typed; nothing is lost, one chooses field by field."""
    stored: Any = stale.stored
    read_at = form.cleaned_data.get("version") or 0
    base = _as_read(register, stored, read_at)
    last = Change.objects.filter(record_type=record_type(stored), record_id=stored.pk).first()
    context = {
        "register": register,
        "record": stored,
        "title": register.title_of(stored),
        "differences": _differences(register, form, stored, base),
        "posted": [(key, value) for key, values in request.POST.lists() for value in values if _carried(key)],
        "version": stored.version,
        "last": last,
        "next": back,
        "action": f"{register.generic_url(stored)}edit/",
    }
    return render(request, "registers/conflict.html", context, status=409)


def _carried(key: str) -> bool:
    return key not in ("csrfmiddlewaretoken", "version") and not key.startswith("keep:")


def _as_read(register: Register[Any], stored: Any, version: int) -> Any:
    """Return the record at the version that the form was made from."""
    change = Change.objects.filter(record_type=record_type(stored), record_id=stored.pk, version__lte=version).first()
    return revive(register.model, change.state) if change is not None and change.state else stored


def _differences(register: Register[Any], form: RegisterForm, stored: Any, base: Any) -> list[Difference]:
    columns = columns_for(register, form.actor)
    found = []
    for name in form.fields:
        column = columns.get(name)
        if column is None:
            continue
        was, theirs = column.read(base), column.read(stored)
        mine = form.cleaned_data.get(name) if name.startswith(CUSTOM) else getattr(form.instance, name)
        if theirs == mine:
            continue
        old, new, own = (("" if v is None or v == "" else _words(column, v)) for v in (was, theirs, mine))
        found.append(Difference(name, column.label, old, new, own, clash=was not in (theirs, mine)))
    return found


def _words(column: Any, value: Any) -> str:
    related = spec.for_model(type(value))
    return related.title_of(value) if related is not None else column.kind.text(value)


def _chosen(posted: QueryDict, register: Register[Any], record: Any, actor: Actor) -> QueryDict:
    """Return the posted values with, after a conflict, the stored ones where the reader chose to keep them."""
    kept = [key.removeprefix("keep:") for key, value in posted.items() if key.startswith("keep:") and value == "theirs"]
    if not kept:
        return posted
    data = posted.copy()
    stored = form_for(register, actor, record=record)
    for name in kept:
        if name in stored.fields:
            value = stored[name].value()
            data[name] = "" if value is None else str(value)
            if value is False:
                del data[name]
    return data

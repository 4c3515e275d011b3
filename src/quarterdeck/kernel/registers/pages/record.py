"""One record: its page, its side panel, its history; removing it, acting on it, undoing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import may, may_at, may_somewhere
from quarterdeck.kernel.audit.models import Action as ChangeAction
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.audit.states import revive
from quarterdeck.kernel.comments.selectors import comments_as_of, comments_of
from quarterdeck.kernel.comments.services import may_write
from quarterdeck.kernel.fields.definitions import fields_for_each
from quarterdeck.kernel.files.selectors import files_of
from quarterdeck.kernel.links.selectors import links_of
from quarterdeck.kernel.notifications.following import follows
from quarterdeck.kernel.records import StaleRecord
from quarterdeck.kernel.registers import spec
from quarterdeck.kernel.registers.columns import CUSTOM, Shown, columns_for, named_by
from quarterdeck.kernel.registers.forms import UNREAD
from quarterdeck.kernel.registers.kinds import EMPTY, Context
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.naming import openable
from quarterdeck.kernel.registers.pages import table
from quarterdeck.kernel.registers.pages.base import came_from, get_past, get_record, messages_of, page
from quarterdeck.kernel.registers.params import Params
from quarterdeck.kernel.registers.spec import Action, Inline, Register
from quarterdeck.kernel.registers.timeline import entries, story
from quarterdeck.kernel.tags.selectors import tags_of
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.errors import NotHere
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of
from quarterdeck.kernel.watch.selectors import findings_on, remedy_of

#: Changes shown beside a record; the history page has all.
RECENT = 8


@dataclass(frozen=True)
class Children:
    """An inline of a record: its rows as the child's register shows them, and where to add one."""

    register: Register[Any]
    label: str
    listing: Listing
    rows: str
    fk: str
    may_add: bool


def shown(request: HttpRequest, register: Register[Any], actor: Actor, ref: str) -> Any:
    """Return the record of an address, as of the date in force. One that did not exist then is 404."""
    moment = frame_of(request).moment
    if moment is None:
        return get_record(register, actor, ref)
    related = [f.name for f in register.model._meta.concrete_fields if f.is_relation]
    found = get_past(register, actor, ref, moment, related)
    if found is None:
        raise NotHere(_("This did not exist on that date, or you may not see it."))
    return found


def facts_of(
    request: HttpRequest,
    register: Register[Any],
    actor: Actor,
    record: Any,
    *,
    columns: dict[str, Shown] | None = None,
    recent: int = RECENT,
) -> dict[str, Any]:
    """Return what both the page and the panel show of a record, with its `recent` changes."""
    frame = frame_of(request)
    columns = columns_for(register, actor, past=frame.moment is not None) if columns is None else columns
    context = Context(actor, frame.date, opens=openable(actor, named_by(columns.values(), [record])))
    read_only = frame.read_only
    named = [(str(label), tuple(n for n in names if n != register.title)) for label, names in register.sections.items()]
    named.append((_("Figures"), tuple(c.name for c in register.computed if c.value is not None)))
    named.append((_("Custom fields"), tuple(name for name in columns if name.startswith(CUSTOM))))
    sections = [_section(label, table.facts(columns, names, record, context)) for label, names in named]
    findings = [] if read_only or record.pk is None else list(findings_on(record, actor=actor))
    return {
        "register": register,
        "record": record,
        "title": register.title_of(record),
        "code": register.ref(record) if register.key else "",
        "badges": register.badges(record, frame.date) or states_of(columns, record, context),
        "sections": [section for section in sections if section[1] or section[2]],
        "found": [(finding, remedy_of(finding, actor)) for finding in findings],
        "read_only": read_only,
        "may_change": not (read_only or register.append_only) and may_at(actor, "change", record),
        "may_delete": not (read_only or register.append_only) and may_at(actor, "delete", record),
        **arranged([] if read_only else actions_for(register, actor, record)),
        "timeline": entries(register, actor, record, moment=frame.moment, limit=recent, columns=columns),
        "generic_url": register.generic_url(record),
        "url": register.url(record),
        "side_slot": f"{register.record_type}.side",
    }


def states_of(columns: Mapping[str, Shown], record: Any, context: Context) -> list[SafeString]:
    """Return the badges of a record's states, in the order of its fields."""
    shown = [column.html(record, context) for column in columns.values() if column.is_state]
    return [badge for badge in shown if badge != EMPTY]


def _section(label: str, facts: list[tuple[str, SafeString]]) -> tuple[str, list[tuple[str, SafeString]], list[str]]:
    """Return a section as the pages draw it: its label, what is filled in, and the labels of what is not."""
    filled = [(name, value) for name, value in facts if value != EMPTY]
    return label, filled, [name for name, value in facts if value == EMPTY]


def arranged(actions: list[Action]) -> dict[str, list[Action]]:
    """Return the verbs that stand as buttons, the main ones or else the first, and those in the menu beside them."""
    shown = [action for action in actions if action.primary] or actions[:1]
    return {"actions": shown, "more_actions": [action for action in actions if action not in shown]}


def actions_for(register: Register[Any], actor: Actor, record: Any) -> list[Action]:
    """Return the verbs offered on a record now."""
    permitted = {name: may_at(actor, name, record) for name in {action.permission for action in register.actions}}
    return [a for a in register.actions if permitted[a.permission] and a.when(record, actor)]


@require_safe
@page()
def record_page(request: HttpRequest, register: Register[Any], actor: Actor, ref: str) -> HttpResponse:
    """Show the record's own page; one with a bespoke page is sent there."""
    record = shown(request, register, actor, ref)
    home = register.home(record)
    if home and home != request.path:
        return redirect(home)
    inner = [child for inline in register.inlines if (child := spec.for_model(inline.model)) is not None]
    own = fields_for_each([register.record_type, *(child.record_type for child in inner)], actor)
    moment = frame_of(request).moment
    past = moment is not None
    columns = {r.record_type: columns_for(r, actor, own[r.record_type], past=past) for r in (register, *inner)}
    context = facts_of(request, register, actor, record, columns=columns[register.record_type])
    said = comments_of(record) if moment is None else comments_as_of(record, moment)
    # What lies beside a record is known as of today only: whoever may see the record no more does not see that either.
    beside = moment is None or may(actor, "view", record)
    context |= {
        "children": [] if record.pk is None else children_of(request, register, actor, record, columns),
        "story": story(
            context["timeline"], said, (f for f, _remedy in context["found"]), part=request.GET.get("story", "")
        ),
        "may_comment": not context["read_only"] and may_write(actor, record),
        "follow": None if context["read_only"] or actor.read_only else follows(actor, record),
        "files": files_of(record) if beside else (),
        "links": _linked(record, actor) if beside else (),
        "tags": tags_of([record]).get(record.pk, []) if beside else (),
        "slot": f"{register.record_type}.panel",
        "top_slot": f"{register.record_type}.top",
    }
    return render(request, "registers/record.html", context)


def _linked(record: Any, actor: Actor) -> list[dict[str, Any]]:
    """Return the links of a record with the address of each other end."""
    found = []
    for linked in links_of(record, actor):
        register = spec.for_model(type(linked.record))
        found.append({"linked": linked, "url": register.url(linked.record) if register else ""})
    return found


def children_of(
    request: HttpRequest,
    register: Register[Any],
    actor: Actor,
    record: Any,
    known: dict[str, dict[str, Shown]] | None = None,
) -> list[Children]:
    """Return the inlines of a record that the actor may see; `known` are columns by record type, where read already."""
    known = known or {}
    listed: list[tuple[Inline, Register[Any], Listing]] = []
    frame = frame_of(request)
    for inline in register.inlines:
        child = spec.for_model(inline.model)
        if child is None or not actor.can("view", child.record_type):
            continue
        columns = tuple(name for name in inline.fields if name != inline.fk)
        params = Params(filters={inline.fk: str(record.pk)}, columns=columns, size=200)
        listing = Listing(child, actor, params, as_of=frame.as_of, columns=known.get(child.record_type))
        for row in listing.rows:
            # The names of children often begin with their parent's, which need not be read again for each.
            setattr(row.record, inline.fk, record)
        listed.append((inline, child, listing))
    rows = [(listing.columns, row.record) for _inline, _child, listing in listed for row in listing.rows]
    opens = openable(actor, [one for columns, row in rows for one in named_by(columns, [row])])
    return [
        Children(
            register=child,
            label=str(inline.label) or child.label,
            listing=listing,
            rows=table.body(listing, selectable=False, opens=opens),
            fk=inline.fk,
            may_add=not frame.read_only and may_somewhere(actor, "add", child.model),
        )
        for inline, child, listing in listed
    ]


@require_safe
@login_required
def open_record(request: HttpRequest, record_type: str, pk: int) -> HttpResponse:
    """Go to the page of a record that is known by type and number only, as what points at it softly knows it."""
    actor = actor_of(request)
    register = spec.for_type(record_type)
    found = register.rows(actor).filter(pk=pk).first() if register is not None else None
    if register is None or found is None:
        raise Http404
    return redirect(register.url(found))


@require_safe
@page()
def panel(request: HttpRequest, register: Register[Any], actor: Actor, ref: str) -> HttpResponse:
    """Show the record beside the list."""
    record = shown(request, register, actor, ref)
    return render(request, "registers/_panel.html", facts_of(request, register, actor, record))


@require_safe
@page()
def history(request: HttpRequest, register: Register[Any], actor: Actor, ref: str) -> HttpResponse:
    """Show every change of a record: who, when, by which way, why, what."""
    record = shown(request, register, actor, ref)
    context = facts_of(request, register, actor, record, recent=500)
    return render(request, "registers/history.html", context)


@require_POST
@page("delete")
def remove(request: HttpRequest, register: Register[Any], actor: Actor, ref: str) -> HttpResponse:
    """Remove a record; the toast offers Undo."""
    record = get_record(register, actor, ref, "delete")
    name = register.title_of(record)
    batch = uuid.uuid4()
    # What one has read is removed, not what someone has made of it since.
    read = request.POST.get("version", "")
    if not read.isdecimal() or len(read) > 9:
        toasts.add(request, str(UNREAD), tone="red")
        return redirect(register.url(record))
    record.version = int(read)
    try:
        register.remove(record, actor=actor.by("form", batch))
    except (ValidationError, StaleRecord) as error:
        text = messages_of(error) if isinstance(error, ValidationError) else str(error)
        toasts.add(request, text, tone="red")
        return redirect(register.url(record))
    toasts.add(request, _("%(name)s removed.") % {"name": name}, undo_url=f"/undo/{batch}/")
    return redirect(came_from(request, register.path))


@page("view")
def act(request: HttpRequest, register: Register[Any], actor: Actor, ref: str, name: str) -> HttpResponse:
    """Do one of the register's actions on a record, asking first for the facts that it needs."""
    if frame_of(request).read_only:
        raise Http404
    record = get_record(register, actor, ref)
    action = next((a for a in actions_for(register, actor, record) if a.name == name), None)
    if action is None:
        raise Http404
    posted = request.method == "POST"
    form = action.form(request.POST if posted and "act" in request.POST else None) if action.form else None
    if posted and (form is None or (form.is_bound and form.is_valid())):
        batch = uuid.uuid4()
        try:
            action.run(record=record, actor=actor.by("form", batch), **(form.cleaned_data if form else {}))
        except (ValidationError, StaleRecord, PermissionDenied) as error:
            text = messages_of(error) if isinstance(error, ValidationError) else str(error)
            if form is None:
                toasts.add(request, text, tone="red")
                return redirect(came_from(request, register.url(record)))
            form.add_error(None, text)
        else:
            said = _("%(name)s: %(action)s.") % {"name": register.title_of(record), "action": action.label}
            undoable = Change.objects.filter(batch=batch).exists()
            toasts.add(request, said, undo_url=f"/undo/{batch}/" if undoable else "")
            return redirect(came_from(request, register.url(record)))
    context = {
        "register": register,
        "record": record,
        "action": action,
        "form": form,
        "title": register.title_of(record),
    }
    return render(request, "registers/act.html", context | {"next": came_from(request, register.url(record))})


@require_POST
@login_required
def undo(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Take back one's own last act, and go back to where one was; from the page of what is gone now, to its list."""
    back = came_from(request, request.headers.get("referer") or "/")
    try:
        done = records.undo(batch, actor=actor_of(request).at(clock.now()))
    except (ValidationError, StaleRecord, PermissionDenied) as error:
        text = messages_of(error) if isinstance(error, ValidationError) else str(error)
        toasts.add(request, text, tone="red")
    else:
        toasts.add(request, _("Undone: %(name)s.") % {"name": done[-1].label if len(done) == 1 else len(done)})
        back = _list_instead(back, done)
    return redirect(back)


def _list_instead(address: str, done: list[Change]) -> str:
    """Return the list of a register where the address is that of a record which an undo has removed."""
    path = urlsplit(address).path
    for change in done:
        register = spec.for_type(change.record_type) if change.action == ChangeAction.DELETE else None
        if register is not None:
            gone = revive(register.model, change.before)
            if path.startswith((register.url(gone), register.generic_url(gone))):
                return register.path
    return address

"""The list page, its fragment, its views and the options of a reference."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Scope
from quarterdeck.kernel.access.policy import may_somewhere
from quarterdeck.kernel.registers import spec
from quarterdeck.kernel.registers.columns import columns_for, open_paths
from quarterdeck.kernel.registers.filtering import chips, offers
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.pages import table
from quarterdeck.kernel.registers.pages.base import is_fragment, messages_of, page
from quarterdeck.kernel.registers.params import FILTER, PAGE_SIZES, Params
from quarterdeck.kernel.registers.saved_views import ALL, Tab, default_tab, tabs_for, view_remove, view_save
from quarterdeck.kernel.registers.spec import Register
from quarterdeck.kernel.ui import toasts
from quarterdeck.kernel.ui.frame import frame_of

#: Related records offered while one types.
OPTIONS = 20


def listing_of(request: HttpRequest, register: Register[Any], actor: Actor) -> tuple[Listing, list[Tab], Tab]:
    """Return the listing that a request asks for, with the views offered and the one in force."""
    tabs = tabs_for(register, actor)
    params = Params.parse(request.GET)
    asked = {tab.key: tab for tab in tabs}.get(params.view)
    bare = not any((params.view, params.text, params.filters, params.sort, params.group, params.columns))
    everything = next(tab for tab in tabs if tab.key == ALL)
    tab = asked or (default_tab(tabs, actor) if bare else everything)
    frame = frame_of(request)
    effective = params.over(tab.params)
    if bare and tab.key != ALL:
        # What is built on this page, such as the order by a column, stays within the view that opened it.
        effective = replace(effective, view=tab.key)
    return Listing(register, actor, effective, scope=frame.scope, as_of=frame.as_of), tabs, tab


@require_safe
@page()
def list_page(request: HttpRequest, register: Register[Any], actor: Actor) -> HttpResponse:
    """Show the register: as a whole page, or only its list to a script that asks for it."""
    listing, tabs, tab = listing_of(request, register, actor)
    read_only = listing.as_of is not None
    context = {
        "register": register,
        "listing": listing,
        "tabs": tabs,
        "tab": tab,
        "params": listing.params,
        "chips": chips(listing),
        "narrowed": bool(listing.params.text)
        or any(tab.params.get(FILTER + name) != value for name, value in listing.params.filters.items()),
        "offers": offers(listing),
        "offered": sum(1 for name in register.filters if name in listing.available),
        "rows": table.body(listing, selectable=not read_only),
        "sums": table.sum_cells(listing),
        "heads": _heads(listing),
        "groupable": [column for column in listing.available.values() if column.sortable and _groups_well(column)],
        "choosable": list(listing.available.values()),
        "sizes": PAGE_SIZES,
        "read_only": read_only,
        "may_add": not read_only and may_somewhere(actor, "add", register.model),
        "may_change": not (read_only or register.append_only) and may_somewhere(actor, "change", register.model),
        "may_delete": not (read_only or register.append_only) and may_somewhere(actor, "delete", register.model),
        "may_set_role_default": actor.can_everywhere("change", AccessRole._meta.label_lower),
        "pages": _pager(listing),
        "colspan": len(listing.columns) + (0 if read_only else 1),
        "saved_query": listing.params.query(page=listing.page),
    }
    return render(request, "registers/_list.html" if is_fragment(request) else "registers/list.html", context)


def _groups_well(column: Any) -> bool:
    return column.kind.name in ("choice", "reference", "yes-no", "date", "text") and not column.is_title


def _heads(listing: Listing) -> list[dict[str, Any]]:
    """Return the column heads: label, how it is sorted now, and the address that sorts by it next."""
    now = {column.name: descending for column, descending in listing.sort} if listing.params.sort else {}
    heads = []
    for column in listing.columns:
        state = "none" if column.name not in now else "descending" if now[column.name] else "ascending"
        following = {"none": (column.name,), "ascending": (f"-{column.name}",), "descending": ()}[state]
        others = tuple(n for n in listing.params.sort if n.lstrip("-") != column.name)
        heads.append(
            {
                "column": column,
                "sort": state,
                "query": listing.params.query(sort=following) if column.sortable else "",
                "also_query": listing.params.query(sort=(*others, *following)) if column.sortable and others else "",
            }
        )
    return heads


def _pager(listing: Listing) -> dict[str, str]:
    pages = {}
    if listing.page > 1:
        pages["previous"] = listing.params.query(page=listing.page - 1)
    if listing.page < listing.pages:
        pages["next"] = listing.params.query(page=listing.page + 1)
    return pages


@require_safe
@page()
def options(request: HttpRequest, register: Register[Any], actor: Actor, name: str) -> HttpResponse:
    """Return the related records that match what was typed, as JSON; only those that the actor may see."""
    try:
        model_field = register.field(name)
    except FieldDoesNotExist as unknown:
        raise Http404 from unknown
    if not isinstance(model_field, models.ForeignKey) or name not in columns_for(register, actor):
        raise Http404
    return JsonResponse(_options(register, actor, name, request.GET.get("q", "").strip()[:100]), safe=False)


def _options(register: Register[Any], actor: Actor, name: str, text: str) -> list[dict[str, str]]:
    rows: QuerySet[Any] = register.choices(name, actor)
    related = spec.for_model(rows.model)
    named = related.search or tuple(n for n in (related.key, related.title) if n) if related else _named(rows.model)
    searched = open_paths(rows.model, named, actor)
    for word in text.split():
        condition = Q()
        for path in searched:
            condition |= Q(**{f"{path}__icontains": word})
        rows = rows.filter(condition) if searched else rows.none()
    if related is not None:
        rows = related.offered(rows, actor.today)
    found = []
    for record in rows[:OPTIONS]:
        label = related.title_of(record) if related is not None else str(record)
        detail = related.hint(record, actor.today) if related is not None else _kind_of_node(record)
        found.append({"value": str(record.pk), "label": label, "detail": "" if detail == label else detail})
    return found


def _kind_of_node(record: Any) -> str:
    """Return what a node is of: a unit and a portfolio may bear one name."""
    return record.kind_word if isinstance(record, Scope) else ""


#: What names a record that has no register, such as a user or a node. Never just any text: a user's password is one.
_NAMES = ("code", "name", "label", "title", "email")


def _named(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(f.name for f in model._meta.concrete_fields if f.name in _NAMES)


@require_POST
@page()
def save_view(request: HttpRequest, register: Register[Any], actor: Actor) -> HttpResponse:
    """Save the list's state under a name."""
    params = Params.parse(request.POST.dict())
    role = None
    if wanted := request.POST.get("default_for"):
        role = get_object_or_404(AccessRole, pk=int(wanted) if wanted.isdigit() and len(wanted) < 19 else 0)
    try:
        view = view_save(
            register=register,
            actor=actor,
            name=request.POST.get("name", ""),
            params=params,
            is_shared=bool(request.POST.get("is_shared")),
            is_default=bool(request.POST.get("is_default")),
            default_for=role,
        )
    except ValidationError as error:
        messages.error(request, messages_of(error))
        return redirect(f"{register.path}?{params.query()}")
    toasts.add(request, _("View “%(name)s” saved.") % {"name": view.name})
    return redirect(f"{register.path}?view={view.pk}")


@require_POST
@page()
def remove_view(request: HttpRequest, register: Register[Any], actor: Actor, pk: int) -> HttpResponse:
    """Remove one's own view."""
    if not view_remove(register=register, actor=actor, pk=pk):
        raise Http404
    toasts.add(request, _("View removed."))
    return redirect(register.path)

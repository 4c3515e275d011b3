"""The endpoints of one register: list, read, create, change, remove, bulk, history."""

import base64
import binascii
import datetime as dt
import json
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import reachable
from quarterdeck.kernel.records import BulkRefused
from quarterdeck.kernel.registers.api import schemas, values
from quarterdeck.kernel.registers.api.values import acting, as_json, given
from quarterdeck.kernel.registers.columns import columns_for
from quarterdeck.kernel.registers.conditions import FilterError
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.pages.base import get_past, get_record, opens
from quarterdeck.kernel.registers.params import FILTER, Params, plain
from quarterdeck.kernel.registers.spec import Register
from quarterdeck.kernel.registers.timeline import entries
from quarterdeck.kernel.ui.request import actor_of

#: Records on a page of a list.
LIMIT, MOST = 100, 500


class ListQuery(Schema):
    """What narrows and orders a list. Besides these, `f.<field>` filters by a field as the list page does."""

    model_config = ConfigDict(extra="allow")

    q: str = Field("", max_length=200, description="Words to search for.")
    sort: str = Field("", max_length=200, description="Fields, comma-separated; a leading minus descends.")
    scope: int | None = Field(None, ge=1, lt=2**63, description="A node: only what it or a node below it governs.")
    as_of: dt.date | None = Field(None, description="A past date: the records as they were known at its end.")
    limit: int = Field(LIMIT, ge=1, le=MOST)
    cursor: str = Field("", max_length=300, description="`next` of the page before.")


class OneQuery(Schema):
    """Which state of a record is wanted."""

    as_of: dt.date | None = Field(None, description="A past date: the record as it was known at its end.")


def router_for(register: Register[Any]) -> Router:
    """Return the endpoints of a register, typed by its declaration."""
    router = Router(tags=[register.label])
    out, patch, new = (
        schemas.out_schema(register),
        schemas.in_schema(register, partial=True),
        schemas.in_schema(register, partial=False),
    )
    many = schemas.bulk_schema(register, patch)
    page: Any = schemas.Page[out]  # type: ignore[valid-type]  # made from the register
    name = register.slug.replace("-", "_")
    nouns = register.label.lower()

    @router.get("", response={200: page}, operation_id=f"{name}_list", summary=f"List {nouns}")
    def list_(request: HttpRequest, params: Annotated[ListQuery, Query()]) -> Any:
        return _list(request, register, params)

    @router.post("", response={201: out}, operation_id=f"{name}_create", summary=f"Add a {register.noun}")
    def create(request: HttpRequest, payload: new) -> Any:  # type: ignore[valid-type]  # made from the register
        return _create(request, register, payload)

    @router.post("/bulk", response={200: list[out]}, operation_id=f"{name}_bulk", summary=f"Change {nouns}")  # type: ignore[valid-type]
    def bulk(request: HttpRequest, payload: many) -> Any:  # type: ignore[valid-type]  # made from the register
        return _bulk(request, register, payload)

    @router.get("/{ref}", response={200: out}, operation_id=f"{name}_get", summary=f"Read a {register.noun}")
    def get(request: HttpRequest, ref: str, params: Annotated[OneQuery, Query()]) -> Any:
        actor = _opened(request, register, "view")
        columns = columns_for(register, actor, past=params.as_of is not None)
        return as_json(register, _one(register, actor, ref, params.as_of), columns, actor)

    @router.patch("/{ref}", response={200: out}, operation_id=f"{name}_patch", summary=f"Change a {register.noun}")
    def change(request: HttpRequest, ref: str, payload: patch) -> Any:  # type: ignore[valid-type]  # made from the register
        actor = acting(_opened(request, register, "change"))
        record = get_record(register, actor, ref, "change")
        _write(register, record, given(payload), actor)
        return _told(register, [record.pk], actor)[0]

    @router.delete("/{ref}", response={204: None}, operation_id=f"{name}_delete", summary=f"Remove a {register.noun}")
    def remove(request: HttpRequest, ref: str, version: Annotated[int, Query(ge=1, lt=2**31)]) -> HttpResponse:
        actor = acting(_opened(request, register, "delete"))
        record = get_record(register, actor, ref, "delete")
        record.version = version
        register.remove(record, actor=actor)
        return HttpResponse(status=204)

    @router.get(
        "/{ref}/history",
        response={200: list[schemas.ChangeOut]},
        operation_id=f"{name}_history",
        summary=f"History of a {register.noun}",
    )
    def history(request: HttpRequest, ref: str) -> Any:
        actor = _opened(request, register, "view")
        return _history(register, actor, get_record(register, actor, ref))

    return router


def _opened(request: HttpRequest, register: Register[Any], action: str) -> Actor:
    """Return the actor, or refuse as if the register did not exist to whoever may not do the action anywhere."""
    actor = actor_of(request)
    if not opens(register, actor, action):
        raise Http404
    return actor


def _one(register: Register[Any], actor: Actor, ref: str, as_of: dt.date | None) -> Any:
    if as_of is None:
        return get_record(register, actor, ref)
    record = get_past(register, actor, ref, clock.end_of(as_of), values.related_names(register))
    if record is None:
        raise Http404
    return record


def _told(register: Register[Any], pks: list[int], actor: Actor) -> list[dict[str, Any]]:
    """Return written records as they are now; of one that the actor may not see, only by what to write it again."""
    columns = columns_for(register, actor)
    seen = register.rows(actor).select_related(*values.related_names(register)).in_bulk(pks)
    rest = register.model._default_manager.in_bulk([pk for pk in pks if pk not in seen]) if len(seen) < len(pks) else {}
    told = dict(zip(seen, values.listed(register, seen.values(), columns, actor), strict=True))
    return [
        told[pk]
        if pk in told
        else {"id": pk, "version": rest[pk].version, "url": register.url(rest[pk]), "custom": {}, "updated_at": None}
        for pk in pks
    ]


def _write(register: Register[Any], record: Any, payload: dict[str, Any], actor: Actor) -> None:
    values.apply(register, record, payload, actor)
    register.write(record, actor=actor, note=payload.get("note", ""))


def _create(request: HttpRequest, register: Register[Any], payload: Any) -> Status[Any]:
    actor = acting(_opened(request, register, "add"))
    record = register.initial(actor)
    _write(register, record, given(payload), actor)
    return Status(201, _told(register, [record.pk], actor)[0])


def _bulk(request: HttpRequest, register: Register[Any], payload: Any) -> list[Any]:
    """Change several records through the writer, all or nothing; the refusals name the position of each."""
    actor = acting(_opened(request, register, "change"))
    patches = [given(item) for item in payload.items]
    by_pk = register.rows(actor, "change").in_bulk([item["id"] for item in patches if abs(item["id"]) < 2**63])
    errors: dict[int, ValidationError] = {}
    with transaction.atomic():
        for place, item in enumerate(patches):
            record = by_pk.get(item["id"])
            try:
                if record is None:
                    raise ValidationError(_("There is no such record that you may change."))
                _write(register, record, item, actor)
            except (ValidationError, records.StaleRecord) as error:
                errors[place] = error if isinstance(error, ValidationError) else ValidationError(str(error))
        if errors:
            raise BulkRefused(errors)
    return _told(register, [item["id"] for item in patches], actor)


def _list(request: HttpRequest, register: Register[Any], query: ListQuery) -> dict[str, Any]:
    actor = _opened(request, register, "view")
    if query.as_of is not None and query.as_of >= actor.today:
        query.as_of = None
    shown = tuple(name for name in (*register.fields, *(c.name for c in register.computed)))
    params = Params(
        text=plain(query.q),
        filters={k.removeprefix(FILTER): plain(v) for k, v in request.GET.dict().items() if k.startswith(FILTER)},
        sort=tuple(part for part in query.sort.split(",") if part) or ("id",),
        columns=shown,
    )
    listing = Listing(register, actor, params, scope=_scope(query.scope, actor), as_of=query.as_of)
    _refuse_unknown(listing, params)
    start = _cursor(query.cursor)
    following = start + query.limit
    return {
        "items": values.listed(register, listing.part(start, following), listing.available, actor),
        "next": _encode(following) if following < listing.total else None,
        "total": listing.total,
    }


def _refuse_unknown(listing: Listing, params: Params) -> None:
    """Raise FilterError for a filter or an order that would be ignored: a program must not take more for less."""
    known = {item.column.name for item in listing.filters}
    for name in params.filters:
        if name not in known:
            raise FilterError(_("“%(name)s” is not a field to filter by.") % {"name": name[:60]})
    for item in listing.filters:
        if item.condition is None:
            raise FilterError(f"f.{item.column.name}: {item.error}")
    sorted_by = {column.name for column, _descending in listing.sort}
    for name in params.sort:
        if name.lstrip("-") not in {*sorted_by, "id"}:
            raise FilterError(_("“%(name)s” is not a field to sort by.") % {"name": name[:60]})


def _scope(pk: int | None, actor: Actor) -> Scope | None:
    if pk is None:
        return None
    scope = Scope.objects.standing().filter(pk=pk).first()
    if scope is None or not reachable(actor, scope):
        raise Http404
    return scope


def _encode(start: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"s": start}).encode()).decode()


def _cursor(text: str) -> int:
    if not text:
        return 0
    try:
        start = json.loads(base64.urlsafe_b64decode(text.encode()))["s"]
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise FilterError(_("This is not a cursor of this list.")) from error
    if not isinstance(start, int) or not 0 <= start < 10**9:
        raise FilterError(_("This is not a cursor of this list."))
    return start


def _history(register: Register[Any], actor: Actor, record: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": entry.change.pk,
            "at": entry.change.at,
            "by": entry.who,
            "via": entry.change.via,
            "note": entry.change.note,
            "action": entry.change.action,
            "version": entry.change.version,
            "fields": [{"label": f.label, "before": f.before, "after": f.after} for f in entry.fields],
        }
        for entry in entries(register, actor, record, limit=500)
    ]

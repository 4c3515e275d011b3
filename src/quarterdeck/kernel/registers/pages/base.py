"""What the pages of a register share: finding it, refusing strangers, answering fragments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import may_somewhere
from quarterdeck.kernel.registers import spec
from quarterdeck.kernel.registers.spec import Register
from quarterdeck.kernel.ui.errors import NotHere
from quarterdeck.kernel.ui.frame import frame_of
from quarterdeck.kernel.ui.request import actor_of

P = ParamSpec("P")
#: A view of one register.
RegisterPage = Callable[Concatenate[HttpRequest, Register[Any], Actor, P], HttpResponseBase]


def page(action: str = "view") -> Callable[[RegisterPage[P]], Callable[..., HttpResponseBase]]:
    """Wrap a view so that it receives its register and actor; whoever may not `action` it anywhere gets 404.

    A page that changes something is refused while a past date is shown.
    """

    def wrap(view: RegisterPage[P]) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def inner(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            register = spec.find(slug)
            actor = actor_of(request)
            if register is None or not opens(register, actor, action):
                raise Http404
            if action != "view" and frame_of(request).read_only:
                raise NotHere(_("A past date is read-only. Go back to today to change things."))
            return view(request, register, actor, *args, **kwargs)

        return inner

    return wrap


def opens(register: Register[Any], actor: Actor, action: str) -> bool:
    """Tell whether the actor may do the action on at least some row; what belongs to him by `row_owner` counts for
    reading.
    """
    if may_somewhere(actor, action, register.model):
        return True
    owned = action == "view" and register.model.row_owner
    return bool(owned) and register.rows(actor).exists()


def get_record(register: Register[Any], actor: Actor, ref: str, action: str = "view") -> Any:
    """Return the record that an address names, if the actor may do the action on it; else raise Http404."""
    if "\x00" in ref or (register.lookup == "pk" and not (ref.isdecimal() and len(ref) < 19)):
        raise Http404
    read = dict.fromkeys((*register.related, *register.governing))
    found = register.rows(actor, action).select_related(*read).filter(**{register.lookup: ref}).first()
    if found is None:
        raise Http404
    return found


def get_past(
    register: Register[Any], actor: Actor, ref: str, moment: dt.datetime, related: Iterable[str] = ()
) -> Any | None:
    """Return the record that an address named at a moment, as known then, if the actor may see it.

    What bears the name today is looked at first; only a record renamed or removed since takes a search through all.
    """
    past = records.Past(register.model, moment, actor=actor)
    if register.lookup == "pk":
        bearing = [int(ref)] if ref.isdecimal() and len(ref) < 19 else []
    else:
        bearing = list(register.model._default_manager.filter(**{register.lookup: ref}).values_list("pk", flat=True))
    for record in past.records(related, bearing):
        if register.ref(record) == ref:
            return record
    if register.lookup == "pk":
        return None
    then = past.glimpse((register.lookup,))
    pks = [pk for pk, name in zip(then.keys, then.columns[register.lookup], strict=True) if str(name) == ref]
    return next(iter(past.records(related, pks)), None)


def is_fragment(request: HttpRequest) -> bool:
    """Tell whether only a part of the page is wanted."""
    return request.headers.get("HX-Request") == "true"


def came_from(request: HttpRequest, fallback: str) -> str:
    """Return where to go back to: `next` when it is an address of ours, else the fallback."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and safe else fallback


def messages_of(error: ValidationError) -> str:
    """Return a refusal as one text."""
    return " ".join(str(message) for message in error.messages)

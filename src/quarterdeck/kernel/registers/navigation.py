"""Puts every register that names a section into the navigation, shown to whoever may see its records."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import may_somewhere
from quarterdeck.kernel.registers.spec import Register, all_registers
from quarterdeck.kernel.search import declare as search
from quarterdeck.kernel.ui import nav


def enter() -> None:
    """Enter all registers into navigation and search; called once, when all are declared."""
    search.offers(offered)
    for register in all_registers():
        _make_searched(register)
        if register.nav:
            item = nav.NavItem(
                key=register.slug,
                label=register.label,
                url=register.path,
                icon=register.icon,
                visible=partial(_seen, register),
                order=register.order,
            )
            nav.register(section=register.nav.replace("-", "_"), item=item)


def _make_searched(register: Register[Any]) -> None:
    """Make the records of a register found by title, key and searched fields, unless the app has said how itself."""
    if not register.title or search.searched(register.record_type) is not None:
        return
    fields = {field.name for field in register.model._meta.concrete_fields}
    closed = register.model.field_classes.keys()
    body = [name for name in register.search if name in fields - closed - {register.title, register.key}]
    own = type(register).found is not Register.found
    search.declare(
        register.model,
        title=register.title,
        code=register.key,
        body=body,
        url=register.url,
        icon=register.icon,
        # A function would have the entry written anew at every change of the record.
        detail=register.found if own else "",
        related=register.found_reads,
    )


def offered(actor: Actor, text: str) -> list[search.Offer]:
    """Return the forms for new records whose names hold every word of a text, as far as the actor may use them."""
    words = text.casefold().split()
    if not words or actor.user is None:
        return []
    found = []
    for register in all_registers():
        new = _("New %(noun)s") % {"noun": register.noun}
        if register.nav and all(w in new.casefold() for w in words) and may_somewhere(actor, "add", register.model):
            found.append(search.Offer(new, f"{register.path}new/", "plus"))
    return found


def _seen(register: Register[Any], actor: Actor) -> bool:
    return actor.can("view", register.record_type)

"""Puts every register that names a section into the navigation, shown to whoever may see its records."""

from __future__ import annotations

from functools import partial
from typing import Any

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers.spec import Register, all_registers
from quarterdeck.kernel.search import declare as search
from quarterdeck.kernel.ui import nav


def enter() -> None:
    """Enter all registers into navigation and search; called once, when all are declared."""
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
    search.declare(
        register.model, title=register.title, code=register.key, body=body, url=register.url, icon=register.icon
    )


def _seen(register: Register[Any], actor: Actor) -> bool:
    return actor.can("view", register.record_type)

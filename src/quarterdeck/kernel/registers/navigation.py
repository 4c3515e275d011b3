"""Puts every register that names a section into the navigation, shown to whoever may see its records."""

from __future__ import annotations

from functools import partial
from typing import Any

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers.spec import Register, all_registers
from quarterdeck.kernel.ui import nav


def enter() -> None:
    """Enter all registers; called once, when all are declared."""
    for register in all_registers():
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


def _seen(register: Register[Any], actor: Actor) -> bool:
    return actor.can("view", register.record_type)

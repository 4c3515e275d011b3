"""Registers: one declaration gives list, form, import, export, endpoints, history and tests."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quarterdeck.kernel.registers.spec import (
        Action,
        Column,
        Inline,
        Register,
        View,
        all_registers,
        find,
        for_model,
        register,
    )

__all__ = ["Action", "Column", "Inline", "Register", "View", "all_registers", "find", "for_model", "register"]


def __getattr__(name: str) -> Any:
    # The package is imported before Django's apps are ready, its models only after.
    if name in __all__:
        return getattr(import_module(f"{__name__}.spec"), name)
    raise AttributeError(name)

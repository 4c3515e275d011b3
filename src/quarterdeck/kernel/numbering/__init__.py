"""Codes that people say aloud, such as PRJ-0042: given once, in order, by one statement.

A code is taken inside the caller's transaction, so a rollback gives it back and the series has no gaps.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quarterdeck.kernel.numbering.codes import next_code, next_codes, reserve

__all__ = ["next_code", "next_codes", "reserve"]


def __getattr__(name: str) -> Any:
    # The package is imported before Django's apps are ready, its models only after.
    if name in __all__:
        return getattr(import_module(f"{__name__}.codes"), name)
    raise AttributeError(name)

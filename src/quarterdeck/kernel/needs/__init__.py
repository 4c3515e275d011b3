"""Needs you: everything that waits for one person, from any app, in one order.

An app contributes in its module `needs`, which is found by itself:

    @source
    class Holds(Source[Initiative]):
        name, label = "holds", _("Holds to review")
        def rows(self, actor): ...          # what waits for the actor, as a queryset
        def need(self, row, actor): ...     # one row in words

and `glance(...)` for figures, `waits(...)` for what the actor waits for, the slot "needs.side" for panels of its own.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quarterdeck.kernel.needs.registry import Figure, Need, Source, Verb, Wait, currency, glance, source, waits

__all__ = ["Figure", "Need", "Source", "Verb", "Wait", "currency", "glance", "source", "waits"]


def __getattr__(name: str) -> Any:
    # The package is imported before Django's apps are ready, its models only after.
    if name in __all__:
        return getattr(import_module(f"{__name__}.registry"), name)
    raise AttributeError(name)

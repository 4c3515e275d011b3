"""Telling people what concerns them: in the product, and by e-mail digest for those who want it.

ASSIGNED = kind("portfolio.assigned", title=_("Assignments"), message=_("%(actor)s made you %(role)s of %(record)s"))

notify([user], kind=ASSIGNED, values={"role": "sponsor", "record": "PRJ-0142"}, record=initiative, actor=actor)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quarterdeck.kernel.notifications.kinds import Kind, kind
    from quarterdeck.kernel.notifications.messages import pack, render, source
    from quarterdeck.kernel.notifications.models import Notification
    from quarterdeck.kernel.notifications.services import (
        latest,
        mark_all_read,
        mark_read,
        notify,
        unread_count,
    )

__all__ = [
    "Kind",
    "Notification",
    "kind",
    "latest",
    "mark_all_read",
    "mark_read",
    "notify",
    "pack",
    "render",
    "source",
    "unread_count",
]

_HOMES = {
    "Notification": "models",
    **dict.fromkeys(("Kind", "kind"), "kinds"),
    **dict.fromkeys(("pack", "render", "source"), "messages"),
    **dict.fromkeys(("latest", "mark_all_read", "mark_read", "notify", "unread_count"), "services"),
}


def __getattr__(name: str) -> Any:
    # The package is imported before Django's apps are ready, its models only after.
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(name)

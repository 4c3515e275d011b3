"""The verbs of this app; each is one transaction and takes the actor."""

from quarterdeck.apps.portfolio.services.initiatives import (
    initiative_move,
    initiative_remove,
    initiative_save,
    initiative_scopes_align,
)
from quarterdeck.apps.portfolio.services.states import (
    initiative_activate,
    initiative_cancel,
    initiative_complete,
    initiative_hold,
    initiative_reopen,
    initiative_resume,
)
from quarterdeck.apps.portfolio.services.templates import initiative_from_template

__all__ = [
    "initiative_activate",
    "initiative_cancel",
    "initiative_complete",
    "initiative_from_template",
    "initiative_hold",
    "initiative_move",
    "initiative_remove",
    "initiative_reopen",
    "initiative_resume",
    "initiative_save",
    "initiative_scopes_align",
]

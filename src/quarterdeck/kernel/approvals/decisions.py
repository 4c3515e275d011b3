"""What a decision brings about: the handlers of each kind, called in the transaction of the decision."""

from __future__ import annotations

from collections.abc import Callable

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.approvals.models import Approval

Handler = Callable[[Approval, Actor], None]
_handlers: dict[str, Handler] = {}


def on_decision(kind: str, handler: Handler) -> None:
    """Call `handler(approval, actor)` when an approval of this kind is approved, declined or withdrawn.

    The actor is whoever decided, with every right for what follows from it. What the handler writes becomes true
    together with the decision; when it raises, nothing is decided. One handler per kind: ValueError for a second one.
    Whoever only wants to know subscribes to the event `Decided`.
    """
    known = _handlers.setdefault(kind, handler)
    if known is not handler:
        raise ValueError(f"Approvals of the kind {kind} have a handler already.")


def carry_out(approval: Approval, actor: Actor) -> None:
    """Call the handler of the approval's kind, if there is one."""
    handler = _handlers.get(approval.kind)
    if handler is not None:
        handler(approval, actor)

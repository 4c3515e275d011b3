"""Approvals: a queue that any app can put a question into, and be told of the answer.

request_approval(
    kind="governance.change", subject=change, title=_("Approve change"), approvers=[sponsor], actor=actor,
    scope=change.initiative.scope, due_on=today + 10 days,
)
on_decision("governance.change", apply_decision)  # in apps.py; called in the transaction of the decision
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quarterdeck.kernel.approvals.decisions import on_decision
    from quarterdeck.kernel.approvals.events import Decided
    from quarterdeck.kernel.approvals.models import Approval, Rule, State, Step
    from quarterdeck.kernel.approvals.selectors import approvals_on, asked_by, visible_approvals, waiting_for
    from quarterdeck.kernel.approvals.services import decide, delegate, remind, request_approval, withdraw

__all__ = [
    "Approval",
    "Decided",
    "Rule",
    "State",
    "Step",
    "approvals_on",
    "asked_by",
    "decide",
    "delegate",
    "on_decision",
    "remind",
    "request_approval",
    "visible_approvals",
    "waiting_for",
    "withdraw",
]

_HOMES = {
    "Decided": "events",
    "on_decision": "decisions",
    **dict.fromkeys(("Approval", "Rule", "State", "Step"), "models"),
    **dict.fromkeys(("approvals_on", "asked_by", "visible_approvals", "waiting_for"), "selectors"),
    **dict.fromkeys(("decide", "delegate", "remind", "request_approval", "withdraw"), "services"),
}


def __getattr__(name: str) -> Any:
    # The package is imported before Django's apps are ready, its models only after.
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(name)

"""Writing the records of governance."""

from quarterdeck.apps.governance.services.escalating import answer, escalate
from quarterdeck.apps.governance.services.issues import (
    issue_close,
    issue_reopen,
    issue_resolve,
    issue_save,
    issue_start,
)
from quarterdeck.apps.governance.services.others import (
    action_done,
    action_drop,
    action_reopen,
    action_save,
    action_start,
    assumption_confirm,
    assumption_refute,
    assumption_save,
    decision_record,
    decision_remove,
    decision_save,
)
from quarterdeck.apps.governance.services.risks import (
    risk_close,
    risk_occur,
    risk_reopen,
    risk_review,
    risk_save,
    risk_task_save,
)

__all__ = [
    "action_done",
    "action_drop",
    "action_reopen",
    "action_save",
    "action_start",
    "answer",
    "assumption_confirm",
    "assumption_refute",
    "assumption_save",
    "decision_record",
    "decision_remove",
    "decision_save",
    "escalate",
    "issue_close",
    "issue_reopen",
    "issue_resolve",
    "issue_save",
    "issue_start",
    "risk_close",
    "risk_occur",
    "risk_reopen",
    "risk_review",
    "risk_save",
    "risk_task_save",
]

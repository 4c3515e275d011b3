"""The verbs of this app; each is one transaction and takes the actor."""

from quarterdeck.apps.delivery.services.analyses import analysis_run, levelling_adopt, levelling_copy
from quarterdeck.apps.delivery.services.analyses_estimates import (
    EstimateRefused,
    estimates_save,
    estimates_spread,
    risk_remove,
    risk_save,
)
from quarterdeck.apps.delivery.services.choosing import choices_save
from quarterdeck.apps.delivery.services.deliverables import (
    deliverable_accept,
    deliverable_begin,
    deliverable_reject,
    deliverable_submit,
    may_decide,
)
from quarterdeck.apps.delivery.services.editing import Edited, Overtaken, plan_edit
from quarterdeck.apps.delivery.services.feeds import feed_make, feed_revoke, feed_used
from quarterdeck.apps.delivery.services.importing import Imported, plan_import
from quarterdeck.apps.delivery.services.imports import files_upload, files_write, plan_bring
from quarterdeck.apps.delivery.services.interfaces import (
    interface_accept,
    interface_agree,
    interface_deliver,
    interface_remove,
    interface_return,
    interface_save,
    interfaces_follow,
)
from quarterdeck.apps.delivery.services.matching import person_name, source_of
from quarterdeck.apps.delivery.services.photos import photo_attach, photo_read
from quarterdeck.apps.delivery.services.plans import (
    baseline_name,
    baseline_take,
    plan_adopt,
    plan_copy,
    plan_new,
    plan_remove,
    plan_save,
    task_remove,
    task_save,
)
from quarterdeck.apps.delivery.services.previewing import plan_preview, previewed
from quarterdeck.apps.delivery.services.reckoning import PlanRefused, Reckoned, Touched, locked, recalculate
from quarterdeck.apps.delivery.services.turning import plan_turn, plans_settle
from quarterdeck.apps.delivery.services.undoing import import_undo
from quarterdeck.apps.delivery.services.updating import Choices

__all__ = [
    "Choices",
    "Edited",
    "EstimateRefused",
    "Imported",
    "Overtaken",
    "PlanRefused",
    "Reckoned",
    "Touched",
    "analysis_run",
    "baseline_name",
    "baseline_take",
    "choices_save",
    "deliverable_accept",
    "deliverable_begin",
    "deliverable_reject",
    "deliverable_submit",
    "estimates_save",
    "estimates_spread",
    "feed_make",
    "feed_revoke",
    "feed_used",
    "files_upload",
    "files_write",
    "import_undo",
    "interface_accept",
    "interface_agree",
    "interface_deliver",
    "interface_remove",
    "interface_return",
    "interface_save",
    "interfaces_follow",
    "levelling_adopt",
    "levelling_copy",
    "locked",
    "may_decide",
    "person_name",
    "photo_attach",
    "photo_read",
    "plan_adopt",
    "plan_bring",
    "plan_copy",
    "plan_edit",
    "plan_import",
    "plan_new",
    "plan_preview",
    "plan_remove",
    "plan_save",
    "plan_turn",
    "plans_settle",
    "previewed",
    "recalculate",
    "risk_remove",
    "risk_save",
    "source_of",
    "task_remove",
    "task_save",
]

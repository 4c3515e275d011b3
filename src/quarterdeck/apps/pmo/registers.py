"""The registers of the office."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.pmo.models import Accountability, EscalationRule, Kpi
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import scopes_below
from quarterdeck.kernel.registers import Inline, Register, View, register


@register
class AccountabilityRegister(Register[Accountability]):
    """What the office answers for."""

    model, slug, icon, title = Accountability, "accountabilities", "list-checks", "name"
    purpose = _("What the office answers for, at which node, and the one who owns it. Checks report to it.")
    columns = ("name", "category", "function", "scope", "owner", "deputy", "review_on", "state")
    sections = {
        _("Accountability"): ("name", "category", "function", "scope_text", "state"),
        _("Who and where"): ("office", "scope", "owner", "deputy", "review_on"),
    }
    filters, search = ("category", "function", "state", "owner", "office", "scope"), ("name", "scope_text")
    ordering, bulk = ("category", "name"), ("owner", "deputy", "review_on", "state")
    inlines = (Inline(Kpi, fk="accountability", fields=("measure", "target")),)
    views = (
        View("in-force", _("In force"), {"f.state": "in_force"}, opens=True),
        View("mine", _("Mine"), {"f.owner": "me"}),
        View("no-owner", _("Without owner"), {"f.owner": "none", "f.state": "in_force"}),
        View("review", _("To review"), {"f.review_on": "overdue", "f.state": "in_force"}),
    )

    def choices(self, name: str, actor: Actor, record: Accountability | None = None) -> QuerySet[Any]:
        """Offer the nodes at which the actor may state what the office answers for."""
        if name == "scope":
            paths = (*actor.paths("add", self.record_type), *actor.paths("change", self.record_type))
            found: QuerySet[Scope] = scopes_below(paths).filter(is_removed=False)
            return found
        return super().choices(name, actor, record)

    def remark(self, name: str, record: Accountability, on: dt.date) -> tuple[str, str]:
        """Say of a review that it is overdue."""
        if name == "review_on" and record.review_on is not None and record.review_on < on:
            return "amber", _t("overdue")
        return "", ""


@register
class EscalationRuleRegister(Register[EscalationRule]):
    """After how many days exceptions go up."""

    model, slug, nav, icon, order = EscalationRule, "escalation-rules", "pmo", "arrow-up-right", 30
    purpose = _(
        "After how many days an open exception goes to deputy, owner, head of the office and sponsor. What ships holds "
        "for every severity without a rule here: high 1, 3, 7, 14; medium 5, 10, 21, 42; low 14, 30, 60, 120."
    )
    columns = ("office", "severity", "deputy_days", "owner_days", "head_days", "sponsor_days")
    sections = {_("Rule"): ("office", "severity", "deputy_days", "owner_days", "head_days", "sponsor_days")}
    filters, ordering = ("office", "severity"), ("office__name", "severity")

"""The registers of money."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import DecimalField, ExpressionWrapper, F, QuerySet
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.finance import services
from quarterdeck.apps.finance.models import (
    Actual,
    BudgetLine,
    Commitment,
    CostCategory,
    Technique,
    TechniqueMilestone,
)
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers import Action, Column, Inline, Register, View, register

_AMOUNT = DecimalField(max_digits=20, decimal_places=4)


class ReverseForm(forms.Form):
    """Why a row of the ledger is reversed."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))


def _left(rows: QuerySet[Any]) -> QuerySet[Any]:
    left: QuerySet[Any] = rows.annotate(left=ExpressionWrapper(F("amount") - F("invoiced"), output_field=_AMOUNT))
    return left


@register
class ActualRegister(Register[Actual]):
    """The ledger: what was spent. Rows are added and reversed, never changed nor removed."""

    model, slug, nav, icon, order = Actual, "actuals", "money", "book-open", 20
    purpose = _("The ledger: every cost once, by its source and reference. A wrong row is reversed, never changed.")
    title, append_only = "reference", True
    columns = ("posted_on", "reference", "initiative", "category", "description", "amount", "source", "task")
    sections = {
        _("Cost"): ("initiative", "category", "task", "posted_on", "amount", "description"),
        _("Where it comes from"): ("source", "reference"),
    }
    filters = ("initiative", "category", "posted_on", "source")
    search, ordering = ("reference", "description", "initiative__name"), ("-posted_on", "-id")
    sums = ("amount",)
    actions = (
        Action(
            "reverse",
            _("Reverse"),
            services.actual_reverse,
            when=lambda record, actor: record.reverses_id is None,
            permission="add",
            icon="undo-2",
            form=ReverseForm,
        ),
    )
    views = (
        View("month", _("This month"), {"f.posted_on": "this_month"}),
        View("quarter", _("This quarter"), {"f.posted_on": "this_quarter"}),
    )
    writer, writer_many, remover = services.actual_post, services.actuals_post, services.actual_remove


@register
class CommitmentRegister(Register[Commitment]):
    """Orders and contracts: money that is promised."""

    model, slug, nav, icon, order = Commitment, "commitments", "money", "file-check", 30
    purpose = _("Orders and contracts: what is promised to whom, and what of it is not invoiced yet.")
    key = title = "reference"
    columns = ("reference", "initiative", "counterparty", "category", "amount", "invoiced", "left", "due_on")
    computed = (Column("left", _("Not invoiced"), "money", annotate=_left, field_class="money"),)
    sections = {
        _("Order"): ("reference", "counterparty", "initiative", "category", "ordered_on", "due_on"),
        _("Money"): ("amount", "invoiced", "closed_on"),
    }
    filters = ("initiative", "category", "due_on", "closed_on", "counterparty")
    search, ordering = ("reference", "counterparty", "initiative__name"), ("due_on", "reference")
    sums = ("amount", "invoiced")
    views = (
        View("open", _("Open"), {"f.closed_on": "none"}, opens=True),
        View("overdue", _("Past due date"), {"f.closed_on": "none", "f.due_on": "overdue"}),
    )
    writer = services.commitment_save


@register
class BudgetRegister(Register[BudgetLine]):
    """What projects may cost, by category, work package and period."""

    model, slug, nav, icon, order = BudgetLine, "budget-lines", "money", "wallet", 10
    purpose = _("What a project may cost, by category, work package and period, where its plan does not say it.")
    columns = ("initiative", "category", "task", "period", "amount", "note")
    sections = {_("Budget"): ("initiative", "category", "task", "period", "amount", "note")}
    filters = ("initiative", "category", "period")
    search, ordering = ("note", "initiative__name"), ("initiative__code", "category__code", "id")
    sums, bulk = ("amount",), ("category", "period")
    writer = services.budget_save


@register
class CategoryRegister(Register[CostCategory]):
    """Sorts of cost."""

    model, slug, nav, icon, order = CostCategory, "cost-categories", "money", "tags", 80
    purpose = _("Sorts of cost, in a tree: budgets, actuals and commitments are told apart by them.")
    key, title, tree = "code", "name", "parent"
    columns = ("name", "code", "kind", "is_allowable", "is_active")
    sections = {_("Category"): ("code", "name", "parent", "kind", "is_allowable", "is_active")}
    filters, search, ordering = ("kind", "is_allowable", "is_active"), ("code", "name"), ("code",)
    bulk = ("kind", "is_allowable", "is_active")

    def offered(self, rows: QuerySet[CostCategory], on: Any) -> QuerySet[CostCategory]:
        """Those in use."""
        return rows.filter(is_active=True).order_by("code")


@register
class TechniqueRegister(Register[Technique]):
    """How the value of work packages is earned."""

    model, slug, nav, icon, order = Technique, "earning-techniques", "money", "ruler", 70
    purpose = _("How the value of a work package is due and earned, where not by percent complete.")
    key, title = "code", "task"
    columns = ("task", "project", "kind", "share", "units", "units_done", "base")
    computed = (
        Column("project", _("Project"), annotate=lambda rows: rows.annotate(project=F("task__plan__initiative__name"))),
    )
    sections = {_("Technique"): ("code", "task", "kind", "share", "units", "units_done", "base")}
    filters, search, ordering = ("kind",), ("task__name",), ("task__plan", "task__position")
    inlines = (
        Inline(
            TechniqueMilestone,
            fk="technique",
            fields=("name", "weight", "planned_on", "achieved_on"),
            label=_("Weighted milestones"),
        ),
    )
    writer = services.technique_save

    def rows(self, actor: Actor, action: str = "view") -> QuerySet[Technique]:
        """Those of current plans."""
        return super().rows(actor, action).filter(task__plan__is_current=True)

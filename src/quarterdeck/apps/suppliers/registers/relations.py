"""The registers of suppliers, their contracts and what they owe."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.suppliers import services
from quarterdeck.apps.suppliers.choices import LIVE, ContractState, ObligationState, SupplierState
from quarterdeck.apps.suppliers.forms import EndForm, LogForm, MeetForm, ReasonForm
from quarterdeck.apps.suppliers.models import (
    Contract,
    ContractProject,
    Obligation,
    ScorecardWeight,
    Supplier,
    SupplierCategory,
    SupplierContact,
    SupplierPerson,
    SupplierUse,
)
from quarterdeck.kernel.registers import Action, Column, Inline, Register, View, register
from quarterdeck.kernel.ui import components


def is_in(*states: str) -> Any:
    """Return the condition of a verb that is offered in some states."""
    return lambda record, actor: record.state in states


def _breaches(rows: QuerySet[Any]) -> QuerySet[Any]:
    live = Count("contracts__levels__breaches", filter=Q(contracts__levels__breaches__state__in=LIVE), distinct=True)
    found: QuerySet[Any] = rows.annotate(open_breaches=live)
    return found


@register
class SupplierRegister(Register[Supplier]):
    """Suppliers and contractors."""

    model, slug, nav, icon, order = Supplier, "suppliers", "suppliers", "truck", 10
    purpose = _("Companies that supply goods, work or services: who looks after each, and how far it may be used.")
    key, title = "code", "name"
    columns = ("code", "name", "kind", "category", "tier", "state", "owner", "open_breaches", "unit")
    computed = (Column("open_breaches", _("Open breaches"), "number", annotate=_breaches),)
    sections = {
        _("Supplier"): ("code", "name", "kind", "category", "tier", "state", "state_since", "state_reason"),
        _("Looked after by"): ("owner", "unit"),
        _("Where to reach it"): ("email", "location", "registration"),
    }
    read_only = ("state", "state_since", "state_reason")
    filters = ("state", "category", "kind", "tier", "owner", "unit")
    search, ordering = ("code", "name", "location", "registration"), ("name",)
    bulk = ("category", "tier", "owner")
    inlines = (
        Inline(SupplierPerson, fk="supplier", fields=("person", "role", "is_main"), label=_("People there")),
        Inline(
            SupplierUse,
            fk="supplier",
            fields=("purpose", "initiative", "served_unit", "starts_on", "ends_on"),
            label=_("Serves"),
        ),
    )
    actions = (
        Action(
            "approve",
            _("Approve"),
            services.supplier_approve,
            is_in(SupplierState.PROSPECT, SupplierState.SUSPENDED),
            icon="check",
            primary=True,
        ),
        Action(
            "suspend",
            _("Suspend"),
            services.supplier_suspend,
            is_in(SupplierState.APPROVED),
            icon="pause",
            form=ReasonForm,
        ),
        Action(
            "end",
            _("End relation"),
            services.supplier_end,
            is_in(SupplierState.PROSPECT, SupplierState.APPROVED, SupplierState.SUSPENDED),
            icon="ban",
            form=ReasonForm,
        ),
    )
    views = (
        View("used", _("In use"), {"f.state": "approved,suspended", "sort": "name"}, opens=True),
        View("mine", _("Mine"), {"f.owner": "me", "sort": "name"}),
        View("breaches", _("With open breaches"), {"f.open_breaches": "1..", "sort": "-open_breaches"}),
    )
    writer = services.supplier_save

    def home(self, record: Supplier) -> str:
        """The supplier's own page."""
        return record.url

    def badges(self, record: Supplier, on: dt.date) -> Sequence[SafeString]:
        """Return state, and category with tier."""
        tone = SupplierState.tones().get(record.state, "")
        sort = f"{record.category.name}, {record.get_tier_display().lower()}"
        return (components.badge(record.get_state_display(), tone), components.badge(sort))

    def found(self, record: Supplier) -> str:
        """Say what sort of supplier it is, and in which state."""
        return f"{record.code}, {record.get_kind_display().lower()}, {record.get_state_display().lower()}"


@register
class CategoryRegister(Register[SupplierCategory]):
    """Sorts of supply."""

    model, slug, nav, icon, order = SupplierCategory, "supplier-categories", "suppliers", "tags", 80
    purpose = _("Sorts of supply, such as civil works: suppliers of one sort are ranked with each other.")
    title, columns = "name", ("name", "is_active")
    sections = {_("Category"): ("name", "is_active")}
    filters, search, ordering, bulk = ("is_active",), ("name",), ("name",), ("is_active",)

    def offered(self, rows: QuerySet[SupplierCategory], on: dt.date) -> QuerySet[SupplierCategory]:
        """Those in use."""
        return rows.filter(is_active=True).order_by("name")


@register
class ContractRegister(Register[Contract]):
    """Contracts with suppliers."""

    model, slug, nav, icon, order = Contract, "supplier-contracts", "suppliers", "file-check", 20
    purpose = _("What was agreed with each supplier: worth, term, and the day by which notice has to be given.")
    key, title = "number", "name"
    columns = ("number", "name", "supplier", "state", "value", "starts_on", "ends_on", "notice_on", "owner")
    sections = {
        _("Contract"): ("number", "supplier", "name", "state", "owner"),
        _("Term"): ("starts_on", "ends_on", "notice_on", "renews"),
        _("Money"): ("currency", "value", "monthly_charge", "credit_cap"),
    }
    read_only = ("state",)
    filters = ("supplier", "state", "ends_on", "notice_on", "owner")
    search, ordering, sums = ("number", "name", "supplier__name"), ("number",), ("value",)
    bulk = ("owner",)
    inlines = (Inline(ContractProject, fk="contract", fields=("initiative", "purpose"), label=_("Initiatives")),)
    actions = (
        Action(
            "activate",
            _("Put in force"),
            services.contract_activate,
            is_in(ContractState.DRAFT),
            icon="play",
            primary=True,
        ),
        Action("end", _("End"), services.contract_end, is_in(ContractState.IN_FORCE), icon="ban", form=EndForm),
    )
    views = (
        View("force", _("In force"), {"f.state": "in_force", "sort": "ends_on"}, opens=True),
        View("notice", _("Notice due in 60 days"), {"f.state": "in_force", "f.notice_on": "next:60d"}),
        View("ending", _("Ending in 60 days"), {"f.state": "in_force", "f.ends_on": "next:60d"}),
        View("over", _("Past their end"), {"f.state": "in_force", "f.ends_on": "overdue"}),
    )
    writer = services.contract_save


@register
class ObligationRegister(Register[Obligation]):
    """What suppliers owe."""

    model, slug, nav, icon, order = Obligation, "obligations", "suppliers", "clipboard-check", 50
    purpose = _(
        "What suppliers owe by a day: deliveries, reports, insurances, licences. Evidence shows that it was met."
    )
    key, title = "code", "title"
    columns = ("code", "title", "supplier", "kind", "due_on", "state", "repeats", "met_on", "evidence", "initiative")
    sections = {
        _("Obligation"): ("code", "title", "kind", "supplier", "contract", "initiative"),
        _("When"): ("due_on", "repeats", "state"),
        _("How it was met"): ("met_on", "evidence", "valid_until", "reason"),
    }
    read_only = ("state", "met_on", "evidence", "valid_until", "reason")
    filters = ("supplier", "state", "kind", "due_on", "contract", "initiative")
    search, ordering = ("code", "title", "supplier__name"), ("due_on", "code")
    actions = (
        Action(
            "meet",
            _("Note it met"),
            services.obligation_meet,
            is_in(ObligationState.OPEN),
            icon="check",
            form=MeetForm,
            primary=True,
        ),
        Action(
            "waive", _("Waive"), services.obligation_waive, is_in(ObligationState.OPEN), icon="ban", form=ReasonForm
        ),
    )
    views = (
        View("open", _("Open"), {"f.state": "open", "sort": "due_on"}, opens=True),
        View("overdue", _("Overdue"), {"f.state": "open", "f.due_on": "overdue", "sort": "due_on"}),
        View(
            "expiring",
            _("Expiring in 30 days"),
            {"f.state": "open", "f.kind": "insure,licence", "f.due_on": "next:30d", "sort": "due_on"},
        ),
    )
    writer = services.obligation_save

    def remark(self, name: str, record: Obligation, on: dt.date) -> tuple[str, str]:
        """Say what is overdue."""
        if name == "due_on" and record.state == ObligationState.OPEN and record.due_on < on:
            return "red", _now("overdue")
        return "", ""


@register
class ContactRegister(Register[SupplierContact]):
    """Planned and logged contacts."""

    model, slug, nav, icon, order = SupplierContact, "supplier-contacts", "suppliers", "messages-square", 60
    purpose = _("Reviews, meetings, visits and questions, planned with suppliers and logged with what came of them.")
    title = "subject"
    columns = ("subject", "supplier", "kind", "initiative", "planned_on", "held_on", "in_time", "owner")
    sections = {
        _("Contact"): ("supplier", "initiative", "kind", "subject", "owner"),
        _("When"): ("planned_on", "every_days", "held_on", "in_time"),
        _("What came of it"): ("outcome",),
    }
    read_only = ("held_on", "in_time", "outcome")
    filters = ("supplier", "kind", "planned_on", "held_on", "owner", "initiative")
    search, ordering = ("subject", "outcome", "supplier__name"), ("planned_on", "id")
    actions = (
        Action(
            "log",
            _("Log it"),
            services.contact_log,
            lambda record, actor: record.held_on is None,
            icon="check",
            form=LogForm,
            primary=True,
        ),
    )
    views = (
        View("planned", _("Planned"), {"f.held_on": "none", "sort": "planned_on"}, opens=True),
        View("overdue", _("Overdue"), {"f.held_on": "none", "f.planned_on": "overdue", "sort": "planned_on"}),
        View("mine", _("Mine"), {"f.owner": "me", "f.held_on": "none", "sort": "planned_on"}),
        View("held", _("Held"), {"f.held_on": "any", "sort": "-held_on"}),
    )
    writer = services.contact_save

    def remark(self, name: str, record: SupplierContact, on: dt.date) -> tuple[str, str]:
        """Say what is overdue."""
        if name == "planned_on" and record.held_on is None and record.planned_on < on:
            return "red", _now("overdue")
        return "", ""


@register
class WeightRegister(Register[ScorecardWeight]):
    """What scorecards weigh."""

    model, slug, nav, icon, order = ScorecardWeight, "scorecard-weights", "suppliers", "scale", 90
    purpose = _("How much each dimension counts on scorecards, from a day on. Without any, the usual weights hold.")
    title, columns = "dimension", ("dimension", "starts_on", "weight", "target")
    sections = {_("Weight"): ("dimension", "starts_on", "weight", "target")}
    filters, ordering = ("dimension",), ("dimension", "-starts_on")

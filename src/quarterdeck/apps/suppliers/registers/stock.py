"""The registers of stock: items, locations, levels, the ledger, and what tasks need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.suppliers import services
from quarterdeck.apps.suppliers.choices import MovementKind
from quarterdeck.apps.suppliers.forms import ReasonForm
from quarterdeck.apps.suppliers.models import (
    MaterialRequirement,
    StockCategory,
    StockItem,
    StockLevel,
    StockLocation,
    StockMovement,
)
from quarterdeck.apps.suppliers.selectors.stock import open_tasks, with_issued
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers import Action, Column, Register, View, register
from quarterdeck.kernel.ui import components


def _measure(rows: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(measure=F("item__measure"))
    return found


@register
class ItemRegister(Register[StockItem]):
    """What is kept in stock."""

    model, slug, nav, icon, order = StockItem, "stock-items", "suppliers", "package", 30
    purpose = _("What is kept in stock: in what it is counted, from whom it comes, when it is to be ordered.")
    key, title = "code", "name"
    columns = ("code", "name", "category", "measure", "supplier", "lead_days", "reorder_point", "valued_by", "unit")
    sections = {
        _("Item"): ("code", "name", "category", "measure", "barcode", "is_active"),
        _("Ordering"): ("supplier", "lead_days", "reorder_point", "unit"),
        _("Value"): ("valued_by", "currency"),
    }
    filters = ("category", "supplier", "unit", "is_active", "valued_by")
    search, ordering = ("code", "name", "barcode"), ("name",)
    bulk = ("category", "supplier", "is_active")
    views = (View("used", _("In use"), {"f.is_active": "yes", "sort": "name"}, opens=True),)
    writer = services.item_save

    def home(self, record: StockItem) -> str:
        """The item's own page."""
        return record.url

    def badges(self, record: StockItem, on: dt.date) -> Sequence[SafeString]:
        """Return the category, and that it is not in use."""
        found = [components.badge(record.category.name)]
        return found if record.is_active else [*found, components.badge(_now("Not in use"), "amber")]

    def offered(self, rows: QuerySet[StockItem], on: dt.date) -> QuerySet[StockItem]:
        """Those in use."""
        return rows.filter(is_active=True).order_by("name")

    def found(self, record: StockItem) -> str:
        """Say its code and in what it is counted."""
        return f"{record.code}, {record.get_measure_display()}"


@register
class StockCategoryRegister(Register[StockCategory]):
    """Sorts of item."""

    model, slug, nav, icon, order = StockCategory, "stock-categories", "suppliers", "tags", 82
    purpose = _("Sorts of item, such as cable or concrete.")
    title, columns = "name", ("name", "is_active")
    sections = {_("Category"): ("name", "is_active")}
    filters, search, ordering, bulk = ("is_active",), ("name",), ("name",), ("is_active",)

    def offered(self, rows: QuerySet[StockCategory], on: dt.date) -> QuerySet[StockCategory]:
        """Those in use."""
        return rows.filter(is_active=True).order_by("name")


@register
class LocationRegister(Register[StockLocation]):
    """Where stock is kept."""

    model, slug, nav, icon, order = StockLocation, "stock-locations", "suppliers", "warehouse", 34
    purpose = _("Warehouses, vans and sites where stock is kept, each with its keeper.")
    key, title = "code", "name"
    columns = ("code", "name", "kind", "keeper", "initiative", "may_be_negative", "unit")
    sections = {
        _("Location"): ("code", "name", "kind", "keeper", "is_active"),
        _("Belongs to"): ("unit", "initiative"),
        _("Rules"): ("may_be_negative",),
    }
    filters, search, ordering = ("kind", "unit", "initiative", "keeper", "is_active"), ("code", "name"), ("name",)
    bulk = ("keeper", "is_active")
    views = (View("used", _("In use"), {"f.is_active": "yes", "sort": "name"}, opens=True),)
    writer = services.location_save

    def offered(self, rows: QuerySet[StockLocation], on: dt.date) -> QuerySet[StockLocation]:
        """Those in use."""
        return rows.filter(is_active=True).order_by("name")


@register
class LevelRegister(Register[StockLevel]):
    """What is on hand, item by item and location by location."""

    model, slug, nav, icon, order = StockLevel, "stock-levels", "suppliers", "layers", 31
    purpose = _("What is on hand of each item at each location, by its movements, beside the minimum there.")
    title = "item"
    columns = ("item", "location", "on_hand", "measure", "minimum")
    computed = (Column("measure", _("Counted in"), annotate=_measure),)
    sections = {_("Level"): ("item", "location", "minimum", "on_hand")}
    read_only = ("on_hand",)
    filters, search = ("item", "location", "on_hand"), ("item__name", "item__code", "location__name")
    ordering, bulk = ("item__name", "location__name"), ("minimum",)
    views = (
        View("there", _("On hand"), {"f.on_hand": "0.001.."}),
        View("none", _("Nothing left"), {"f.on_hand": "..0"}),
    )
    writer, remover = services.stock_level_save, services.stock_level_remove

    def home(self, record: StockLevel) -> str:
        """The page of the item at the location."""
        return record.url


@register
class MovementRegister(Register[StockMovement]):
    """The ledger of stock. Rows are added and reversed, never changed nor removed."""

    model, slug, nav, icon, order = StockMovement, "stock-movements", "suppliers", "arrow-left-right", 32
    purpose = _("The ledger of stock: what came, went, moved or was counted. A wrong row is reversed, never changed.")
    key, title, append_only = "code", "code", True
    columns = (
        "posted_on",
        "code",
        "kind",
        "item",
        "quantity",
        "measure",
        "origin",
        "target",
        "initiative",
        "reference",
        "is_reversed",
    )
    computed = (Column("measure", _("Counted in"), annotate=_measure),)
    sections = {
        _("Movement"): ("code", "kind", "item", "quantity", "origin", "target", "posted_on"),
        _("Whence and what for"): ("reference", "unit_cost", "requirement", "initiative", "note"),
        _("Kept by the ledger"): ("counted", "is_reversed", "reverses"),
    }
    read_only = ("counted", "is_reversed", "reverses")
    filters = ("item", "kind", "origin", "target", "posted_on", "initiative", "is_reversed")
    search, ordering = ("code", "reference", "item__name", "note"), ("-posted_on", "-id")
    actions = (
        Action(
            "reverse",
            _("Reverse"),
            services.movement_reverse,
            when=lambda record, actor: record.kind != MovementKind.REVERSAL and not record.is_reversed,
            permission="add",
            icon="undo-2",
            form=ReasonForm,
        ),
    )
    views = (
        View("month", _("This month"), {"f.posted_on": "this_month"}),
        View("counts", _("Counts"), {"f.kind": "count", "sort": "-posted_on"}),
    )
    writer, remover = services.movement_post, services.movement_remove

    def initial(self, actor: Actor) -> StockMovement:
        """Today."""
        return StockMovement(posted_on=actor.today)


def _project(rows: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(project=F("task__plan__initiative__name"))
    return found


def _needed_on(rows: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(starts_on=F("task__starts_on"))
    return found


@register
class RequirementRegister(Register[MaterialRequirement]):
    """What tasks need."""

    model, slug, nav, icon, order = MaterialRequirement, "material-requirements", "suppliers", "list-checks", 33
    purpose = _("What tasks need of which item, and where. The day of need follows the plan.")
    title = "item"
    columns = ("item", "quantity", "measure", "task", "project", "starts_on", "offset_days", "issued", "location")
    computed = (
        Column("measure", _("Counted in"), annotate=_measure),
        Column("project", _("Project"), annotate=_project),
        Column("starts_on", _("Task starts"), "date", annotate=_needed_on),
        Column("issued", _("Issued"), "number", annotate=with_issued),
    )
    sections = {
        _("Requirement"): ("task", "item", "quantity", "location"),
        _("When"): ("offset_days",),
        _("More"): ("note",),
    }
    filters, search = ("item", "location", "starts_on"), ("item__name", "task__name", "note")
    ordering, bulk = ("task__plan", "task__position", "id"), ("location", "offset_days")
    writer = services.requirement_save

    def choices(self, name: str, actor: Actor, record: MaterialRequirement | None = None) -> QuerySet[Any]:
        """Offer tasks of current plans, no groups of them."""
        rows = super().choices(name, actor, record)
        return open_tasks(rows) if name == "task" else rows

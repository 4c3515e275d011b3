"""Items, where they are kept, what moved, what is there, and what tasks need."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery.models import Task
from quarterdeck.apps.organisation.models import Currency, OrganisationUnit
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.suppliers.choices import LocationKind, Measured, MovementKind, ValuedBy
from quarterdeck.apps.suppliers.models.suppliers import Supplier
from quarterdeck.kernel.records import Record

#: Decimals of a quantity.
EXACT: Final = 3
BY_LOCATION = ("location__unit__scope", "location__initiative__scope")
BY_SIDES = (
    "origin__unit__scope",
    "origin__initiative__scope",
    "target__unit__scope",
    "target__initiative__scope",
)
#: What is needed is seen by whom the task belongs to, and by those who keep the location that is to give it.
BY_TASK = ("task__plan__initiative__scope", "task__plan__initiative__unit__scope", *BY_LOCATION)


def measured(label: Any, **more: Any) -> Any:
    """Return a field for a quantity of nothing or more, in the item's own unit."""
    more.setdefault("validators", [MinValueValidator(Decimal(0))])
    return models.DecimalField(label, max_digits=15, decimal_places=EXACT, **more)


class StockCategory(Record):
    """A sort of item."""

    row_scope = ()

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("stock category")
        verbose_name_plural = _("stock categories")

    def __str__(self) -> str:
        return self.name


class StockItem(Record):
    """Something that is kept in stock; kept by the unit whose people order it."""

    row_scope = ("unit__scope",)

    code = models.CharField(
        _("code"), max_length=20, unique=True, blank=True, help_text=_("Left empty, the next number is taken.")
    )
    name = models.CharField(_("name"), max_length=200)
    category = models.ForeignKey(StockCategory, models.PROTECT, related_name="items", verbose_name=_("category"))
    measure = models.CharField(_("counted in"), max_length=8, choices=Measured.choices, default=Measured.PIECE)
    barcode = models.CharField(_("barcode"), max_length=40, blank=True, help_text=_("As printed on the goods."))
    supplier = models.ForeignKey(
        Supplier,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stock_items",
        verbose_name=_("preferred supplier"),
    )
    lead_days = models.PositiveSmallIntegerField(
        _("lead time, days"),
        default=0,
        validators=[MaxValueValidator(1000)],
        help_text=_("Calendar days from order to receipt."),
    )
    reorder_point = measured(
        _("reorder point"), default=0, help_text=_("Order when all that is on hand has fallen to this.")
    )
    valued_by = models.CharField(_("valued by"), max_length=8, choices=ValuedBy.choices, default=ValuedBy.AVERAGE)
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="+", verbose_name=_("currency"))
    unit = models.ForeignKey(
        OrganisationUnit,
        models.PROTECT,
        related_name="stock_items",
        verbose_name=_("kept by"),
        help_text=_("The unit whose people order it; rights follow it."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("stock item")
        verbose_name_plural = _("stock items")

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"/stock-items/{self.code}/overview/"


class StockLocation(Record):
    """Where items are kept: of a unit, and of the project or programme whose site it is."""

    row_scope = ("unit__scope", "initiative__scope")

    code = models.CharField(
        _("code"), max_length=20, unique=True, blank=True, help_text=_("Left empty, the next number is taken.")
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=LocationKind.choices, default=LocationKind.WAREHOUSE)
    unit = models.ForeignKey(
        OrganisationUnit, models.PROTECT, related_name="stock_locations", verbose_name=_("kept by")
    )
    initiative = models.ForeignKey(
        Initiative,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stock_locations",
        verbose_name=_("site of"),
        help_text=_("The project or programme whose site it is; its people see the location too."),
    )
    keeper = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="stock_kept", verbose_name=_("keeper")
    )
    may_be_negative = models.BooleanField(
        _("may go below zero"),
        default=False,
        help_text=_("Where goods are used before their papers arrive. Left off, what is not there cannot be issued."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("stock location")
        verbose_name_plural = _("stock locations")

    def __str__(self) -> str:
        return self.name


class StockLevel(Record):
    """An item at a location. What is on hand is the sum of its movements, kept by one statement with each of them.

    `on_hand` is not told by history, whose movements tell it: a level read back from the past has none.
    """

    row_scope = BY_LOCATION
    follows = frozenset({"on_hand", "may_be_negative"})

    item = models.ForeignKey(StockItem, models.PROTECT, related_name="levels", verbose_name=_("item"))
    location = models.ForeignKey(StockLocation, models.PROTECT, related_name="levels", verbose_name=_("location"))
    minimum = measured(
        _("minimum here"), default=0, help_text=_("Not to be gone below at this location: its safety stock.")
    )
    on_hand = models.DecimalField(_("on hand"), max_digits=15, decimal_places=EXACT, null=True, editable=False)
    may_be_negative = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ("item__name", "location__name")
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        constraints = [
            models.UniqueConstraint(
                fields=("item", "location"),
                name="suppliers_level_once",
                violation_error_message=_("The item is kept at this location already."),
            ),
            models.CheckConstraint(
                condition=Q(on_hand__isnull=True) | Q(on_hand__gte=0) | Q(may_be_negative=True),
                name="suppliers_level_not_negative",
                violation_error_message=_("There is not so much there."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}, {self.location}"

    @property
    def url(self) -> str:
        """The address of its page: that of the item, at this location."""
        return f"{self.item.url}?location={self.location.code}"


class MaterialRequirement(Record):
    """What a task needs of an item, where, and how long before or after its start; the day moves with the plan."""

    row_scope = BY_TASK

    task = models.ForeignKey(Task, models.CASCADE, related_name="materials", verbose_name=_("task"))
    item = models.ForeignKey(StockItem, models.PROTECT, related_name="requirements", verbose_name=_("item"))
    location = models.ForeignKey(
        StockLocation, models.PROTECT, related_name="requirements", verbose_name=_("needed at")
    )
    quantity = measured(_("quantity"), validators=[MinValueValidator(Decimal("0.001"))])
    offset_days = models.SmallIntegerField(
        _("days from the start"),
        default=0,
        validators=[MinValueValidator(-1000), MaxValueValidator(1000)],
        help_text=_("Calendar days from the start of the task to the day of need; below zero: before it."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        ordering = ("task__plan", "task__position", "pk")
        verbose_name = _("material requirement")
        verbose_name_plural = _("material requirements")

    def __str__(self) -> str:
        return f"{self.item}, {self.task}"


class StockMovement(Record):
    """A row of the ledger: `quantity` went out at `origin`, came in at `target`, or both. It stays; a wrong one is
    reversed by another.

    A count is posted as the difference that it found, with what was `counted`. `unit_cost` is the price of one unit of
    what came in.
    """

    row_scope = BY_SIDES
    field_classes = {"unit_cost": "money"}
    follows = frozenset({"is_reversed"})

    code = models.CharField(
        _("number"), max_length=20, unique=True, blank=True, help_text=_("Left empty, the next number is taken.")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=MovementKind.choices, default=MovementKind.RECEIPT)
    item = models.ForeignKey(StockItem, models.PROTECT, related_name="movements", verbose_name=_("item"))
    quantity = measured(_("quantity"), help_text=_("Of a count: what was counted."))
    origin = models.ForeignKey(
        StockLocation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="movements_out",
        verbose_name=_("from"),
        help_text=_("Of an issue, a transfer, and a count."),
    )
    target = models.ForeignKey(
        StockLocation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="movements_in",
        verbose_name=_("to"),
        help_text=_("Of a receipt, a transfer, and a return."),
    )
    counted = models.DecimalField(_("counted"), max_digits=15, decimal_places=EXACT, null=True, editable=False)
    posted_on = models.DateField(_("day"), help_text=_("When it happened; not to come."))
    unit_cost = models.DecimalField(
        _("price of one"),
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("Of a receipt. Left empty: as what is there."),
    )
    reference = models.CharField(
        _("paper"), max_length=60, blank=True, help_text=_("Delivery note or slip. A note is received once per item.")
    )
    requirement = models.ForeignKey(
        MaterialRequirement,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="movements",
        verbose_name=_("for the requirement"),
    )
    initiative = models.ForeignKey(
        Initiative,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stock_movements",
        verbose_name=_("for"),
        help_text=_("The project that uses it. Left empty: that of the requirement, or of the site."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="reversed_by",
        verbose_name=_("reverses"),
    )
    is_reversed = models.BooleanField(_("reversed"), default=False, editable=False)

    class Meta:
        ordering = ("-posted_on", "-pk")
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        constraints = [
            models.UniqueConstraint(
                fields=("item", "reference"),
                condition=Q(kind=MovementKind.RECEIPT, is_reversed=False) & ~Q(reference=""),
                name="suppliers_receipt_once",
                violation_error_message=_("This delivery note was received already."),
            ),
            models.CheckConstraint(
                condition=Q(origin__isnull=True) | Q(target__isnull=True) | ~Q(origin=F("target")),
                name="suppliers_movement_itself",
                violation_error_message=_("It cannot move from a location to itself."),
            ),
        ]
        indexes = [
            models.Index(fields=("item", "origin"), name="suppliers_movement_out"),
            models.Index(fields=("item", "target"), name="suppliers_movement_in"),
        ]

    def __str__(self) -> str:
        return self.code

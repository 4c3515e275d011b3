"""Words of the app: kinds and states of suppliers, contracts, obligations, service levels, breaches and contacts."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class SupplierKind(models.TextChoices):
    """What a supplier is to the organisation."""

    SUPPLIER = "supplier", _("Supplier")
    CONTRACTOR = "contractor", _("Contractor")
    CONSULTANT = "consultant", _("Consultant")
    MANUFACTURER = "manufacturer", _("Manufacturer")
    UTILITY = "utility", _("Utility")


class Tier(models.TextChoices):
    """How much depends on a supplier."""

    STRATEGIC = "strategic", _("Strategic")
    PREFERRED = "preferred", _("Preferred")
    REGULAR = "regular", _("Regular")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Colours of the badges."""
        return {cls.STRATEGIC: "accent"}


class SupplierState(models.TextChoices):
    """How far a supplier may be used."""

    PROSPECT = "prospect", _("Prospect")
    APPROVED = "approved", _("Approved")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Colours of the badges."""
        return {cls.APPROVED: "green", cls.SUSPENDED: "amber"}


class ContractState(models.TextChoices):
    """Where a contract is in its life."""

    DRAFT = "draft", _("Draft")
    IN_FORCE = "in_force", _("In force")
    ENDED = "ended", _("Ended")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Colours of the badges."""
        return {cls.IN_FORCE: "green"}


class ObligationKind(models.TextChoices):
    """What sort of thing is owed."""

    DELIVER = "deliver", _("Deliver")
    REPORT = "report", _("Report")
    INSURE = "insure", _("Insurance")
    LICENCE = "licence", _("Licence")


class Repeats(models.TextChoices):
    """How often an obligation comes back."""

    ONCE = "once", _("Once")
    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every quarter")
    YEARLY = "yearly", _("Every year")


class ObligationState(models.TextChoices):
    """Whether it is still owed."""

    OPEN = "open", _("Open")
    MET = "met", _("Met")
    WAIVED = "waived", _("Waived")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Colours of the badges."""
        return {cls.OPEN: "accent", cls.MET: "green"}


class Source(models.TextChoices):
    """What feeds a service level."""

    RECORDS = "records", _("Service records as entered")
    TASKS = "tasks", _("Tasks of plans given to the supplier")
    OBLIGATIONS = "obligations", _("Obligations of the contract")


class Unit(models.TextChoices):
    """In what a promise is counted."""

    HOURS = "hours", _("working hours")
    DAYS = "days", _("working days")


class Window(models.TextChoices):
    """Over what a level is judged."""

    CASE = "case", _("Each case")
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    YEAR = "year", _("Year")


class BreachState(models.TextChoices):
    """Where a breach case is."""

    OPEN = "open", _("Open")
    NOTICED = "noticed", _("Noticed")
    REMEDY = "remedy", _("Remedy agreed")
    FOLLOWED_UP = "followed_up", _("Followed up")
    CLOSED = "closed", _("Closed")
    DISPUTED = "disputed", _("Disputed")
    EXCUSED = "excused", _("Excused")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Colours of the badges."""
        return {
            cls.OPEN: "red",
            cls.NOTICED: "amber",
            cls.REMEDY: "amber",
            cls.DISPUTED: "amber",
            cls.FOLLOWED_UP: "accent",
            cls.CLOSED: "green",
        }


class ContactKind(models.TextChoices):
    """How one speaks with a supplier."""

    REVIEW = "review", _("Review")
    MEETING = "meeting", _("Meeting")
    VISIT = "visit", _("Site visit")
    CALL = "call", _("Call")
    QUESTION = "question", _("Question to answer")


class Dimension(models.TextChoices):
    """What a scorecard is made of."""

    ON_TIME = "on_time", _("On time")
    IN_FULL = "in_full", _("In full")
    QUALITY = "quality", _("Quality")
    COST = "cost", _("Cost")
    RESPONSIVENESS = "responsiveness", _("Responsiveness")
    COMPLIANCE = "compliance", _("Compliance")
    ENGAGEMENT = "engagement", _("Engagement")


class Measured(models.TextChoices):
    """In what an item is counted."""

    PIECE = "pc", _("pc")
    METRE = "m", _("m")
    SQUARE = "m2", _("m²")
    CUBIC = "m3", _("m³")
    KILOGRAM = "kg", _("kg")
    TONNE = "t", _("t")
    LITRE = "l", _("l")
    SET = "set", _("set")
    DRUM = "drum", _("drum")


class LocationKind(models.TextChoices):
    """What sort of place keeps stock."""

    WAREHOUSE = "warehouse", _("Warehouse")
    VAN = "van", _("Van")
    SITE = "site", _("Site")


class ValuedBy(models.TextChoices):
    """By what rule what goes out is costed; the values are the engine's."""

    AVERAGE = "average", _("Average price")
    FIFO = "fifo", _("First in, first out")


class MovementKind(models.TextChoices):
    """What happened to the stock; the values are the engine's."""

    RECEIPT = "receipt", _("Receipt")
    ISSUE = "issue", _("Issue")
    TRANSFER = "transfer", _("Transfer")
    RETURN = "return", _("Return")
    COUNT = "count", _("Count")
    REVERSAL = "reversal", _("Reversal")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Colours of the badges."""
        return {cls.RECEIPT: "green", cls.RETURN: "green", cls.ISSUE: "accent", cls.REVERSAL: "amber"}


#: States in which a breach is not over.
LIVE: Final = (
    BreachState.OPEN,
    BreachState.NOTICED,
    BreachState.REMEDY,
    BreachState.FOLLOWED_UP,
    BreachState.DISPUTED,
)
#: Obligations whose fulfilment runs out: a certificate, a licence.
EXPIRING: Final = (ObligationKind.INSURE, ObligationKind.LICENCE)
#: Weight and target of each dimension, in percent, where the organisation has set none.
USUAL: Final[dict[str, tuple[int, int]]] = {
    Dimension.ON_TIME: (25, 90),
    Dimension.IN_FULL: (15, 95),
    Dimension.QUALITY: (25, 95),
    Dimension.COST: (15, 95),
    Dimension.RESPONSIVENESS: (10, 85),
    Dimension.COMPLIANCE: (5, 100),
    Dimension.ENGAGEMENT: (5, 75),
}
#: Points below the target up to which a dimension is watched, not missed.
MARGIN: Final = 10
#: Fewer cases than this are no evidence.
EVIDENCE: Final = 3
#: Months that a scorecard looks back.
MONTHS: Final = 12
#: Days that a contact may be late and still count as held when planned.
GRACE: Final = 7
#: Days within which a notice of breach is to be answered.
ANSWER: Final = 10
#: Prefixes of codes.
SUPPLIER, CONTRACT, OBLIGATION, LEVEL, BREACH = "SUP", "CON", "OBL", "SL", "BR"
ITEM, PLACE, MOVEMENT = "ITM", "LOC", "STM"

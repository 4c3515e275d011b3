"""What the fields of this app may hold, and how soon a concern is answered."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

#: Working days after the day on which a concern was received, until it is acknowledged and until it is answered.
ACKNOWLEDGE_DAYS: Final = 2
ANSWER_DAYS: Final = 10
#: Influence and interest from which a stakeholder stands in the upper, the right half of the map.
HIGH: Final = 4


class Level(models.IntegerChoices):
    """How much influence or interest someone has."""

    VERY_LOW = 1, _("1 Very low")
    LOW = 2, _("2 Low")
    MEDIUM = 3, _("3 Medium")
    HIGH = 4, _("4 High")
    VERY_HIGH = 5, _("5 Very high")


class Attitude(models.IntegerChoices):
    """How someone stands towards the initiative."""

    OPPOSED = 1, _("1 Opposed")
    SCEPTICAL = 2, _("2 Sceptical")
    NEUTRAL = 3, _("3 Neutral")
    SUPPORTIVE = 4, _("4 Supportive")
    LEADING = 5, _("5 Leads it")


class Side(models.TextChoices):
    """Whether someone belongs to the organisation."""

    INTERNAL = "internal", _("Internal")
    EXTERNAL = "external", _("External")


class Group(models.TextChoices):
    """As what someone has a stake."""

    CLIENT = "client", _("Client")
    SPONSOR = "sponsor", _("Sponsor")
    USER = "user", _("User")
    STAFF = "staff", _("Staff")
    AUTHORITY = "authority", _("Authority")
    NEIGHBOUR = "neighbour", _("Neighbour")
    SUPPLIER = "supplier", _("Supplier")
    PARTNER = "partner", _("Partner")
    PRESS = "press", _("Press")


class Channel(models.TextChoices):
    """How someone is reached."""

    MEETING = "meeting", _("Meeting")
    CALL = "call", _("Call")
    MAIL = "mail", _("E-mail")
    REPORT = "report", _("Report")
    LETTER = "letter", _("Letter")
    VISIT = "visit", _("Site visit")


class Interval(models.TextChoices):
    """How often."""

    ONCE = "once", _("Once")
    WEEKLY = "weekly", _("Weekly")
    FORTNIGHTLY = "fortnightly", _("Every two weeks")
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")
    YEARLY = "yearly", _("Yearly")


class PlanState(models.TextChoices):
    """Whether contacts are still due."""

    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Return the badge tone of each value."""
        return {cls.RUNNING: "blue", cls.ENDED: "grey"}


class ConcernState(models.TextChoices):
    """Where a concern is."""

    RECEIVED = "received", _("Received")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    ANSWERED = "answered", _("Redress offered")
    CLOSED = "closed", _("Closed")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Return the badge tone of each value."""
        return {cls.RECEIVED: "red", cls.ACKNOWLEDGED: "amber", cls.ANSWERED: "blue", cls.CLOSED: "green"}


#: States in which whoever raised the concern still waits for redress.
WAITING: Final = (ConcernState.RECEIVED, ConcernState.ACKNOWLEDGED)
OPEN: Final = (*WAITING, ConcernState.ANSWERED)

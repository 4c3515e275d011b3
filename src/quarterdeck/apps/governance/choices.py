"""What the fields of this app may hold, and what ships of the organisation's scale of risk."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

#: Scores (probability × impact, 1 to 25) from which a risk is amber, and red.
AMBER_FROM: Final = 8
RED_FROM: Final = 15
#: Probability in percent of each level, where the scale does not state another.
PERCENT: Final[dict[int, Decimal]] = {1: Decimal(5), 2: Decimal(20), 3: Decimal(40), 4: Decimal(60), 5: Decimal(85)}


def rag_of(score: int | None) -> str:
    """Return red, amber or green for a score of 1 to 25; "" where there is none."""
    if not score:
        return ""
    return "red" if score >= RED_FROM else "amber" if score >= AMBER_FROM else "green"


class Level(models.IntegerChoices):
    """The five levels of probability and of impact; the scale says what each means."""

    VERY_LOW = 1, _("1 Very low")
    LOW = 2, _("2 Low")
    MEDIUM = 3, _("3 Medium")
    HIGH = 4, _("4 High")
    VERY_HIGH = 5, _("5 Very high")


class Axis(models.TextChoices):
    """What a level of the scale measures."""

    PROBABILITY = "probability", _("Probability")
    IMPACT = "impact", _("Impact")


class RiskKind(models.TextChoices):
    """Whether it would harm or help."""

    THREAT = "threat", _("Threat")
    OPPORTUNITY = "opportunity", _("Opportunity")


class Category(models.TextChoices):
    """The theme under which risks and issues of many projects are looked at together."""

    CONSENTS = "consents", _("Consents and licences")
    SUPPLY = "supply", _("Supply and contracts")
    TECHNICAL = "technical", _("Technical")
    GROUND = "ground", _("Ground and site")
    ACCESS = "access", _("Access and possessions")
    PEOPLE = "people", _("People and skills")
    MONEY = "money", _("Money and market")
    STAKEHOLDERS = "stakeholders", _("Stakeholders")
    SAFETY = "safety", _("Safety and environment")
    INFORMATION = "information", _("Information security")
    PLANNING = "planning", _("Planning and interfaces")
    OTHER = "other", _("Other")


class RiskState(models.TextChoices):
    """Where a risk is in its life."""

    OPEN = "open", _("Open")
    RESPONDING = "responding", _("Responding")
    ESCALATED = "escalated", _("Escalated")
    OCCURRED = "occurred", _("Occurred")
    CLOSED = "closed", _("Closed")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Return the badge tone of each value."""
        return {
            cls.OPEN: "grey",
            cls.RESPONDING: "blue",
            cls.ESCALATED: "red",
            cls.OCCURRED: "amber",
            cls.CLOSED: "green",
        }


#: States in which a risk may still happen.
LIVE_RISK: Final = (RiskState.OPEN, RiskState.RESPONDING, RiskState.ESCALATED)


class Response(models.TextChoices):
    """What is done about a risk."""

    AVOID = "avoid", _("Avoid")
    REDUCE = "reduce", _("Reduce")
    TRANSFER = "transfer", _("Transfer")
    EXPLOIT = "exploit", _("Exploit")
    ENHANCE = "enhance", _("Enhance")
    SHARE = "share", _("Share")
    ACCEPT = "accept", _("Accept")
    FALL_BACK = "fall_back", _("Prepare a fallback")


#: Responses that make sense for one kind of risk alone.
OF_THREATS: Final = frozenset({Response.AVOID, Response.REDUCE, Response.TRANSFER})
OF_OPPORTUNITIES: Final = frozenset({Response.EXPLOIT, Response.ENHANCE})


class IssueState(models.TextChoices):
    """Where an issue is in its life."""

    OPEN = "open", _("Open")
    IN_HAND = "in_hand", _("In hand")
    ESCALATED = "escalated", _("Escalated")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed without action")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Return the badge tone of each value."""
        return {
            cls.OPEN: "grey",
            cls.IN_HAND: "blue",
            cls.ESCALATED: "red",
            cls.RESOLVED: "green",
            cls.CLOSED: "grey",
        }


#: States in which an issue still hurts.
LIVE_ISSUE: Final = (IssueState.OPEN, IssueState.IN_HAND, IssueState.ESCALATED)


class Severity(models.TextChoices):
    """How much it hurts."""

    CRITICAL = "1", _("Critical")
    HIGH = "2", _("High")
    MEDIUM = "3", _("Medium")
    LOW = "4", _("Low")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Return the badge tone of each value."""
        return {cls.CRITICAL: "red", cls.HIGH: "amber", cls.MEDIUM: "grey", cls.LOW: "grey"}


class AssumptionState(models.TextChoices):
    """Whether what is taken for granted has been shown."""

    OPEN = "open", _("Not yet shown")
    CONFIRMED = "confirmed", _("Confirmed")
    WRONG = "wrong", _("Wrong")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Return the badge tone of each value."""
        return {cls.OPEN: "grey", cls.CONFIRMED: "green", cls.WRONG: "red"}


class DecisionState(models.TextChoices):
    """Where a decision is."""

    WANTED = "wanted", _("Wanted")
    DECIDED = "decided", _("Decided")
    REPLACED = "replaced", _("Replaced")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Return the badge tone of each value."""
        return {cls.WANTED: "amber", cls.DECIDED: "green", cls.REPLACED: "grey"}


class ActionState(models.TextChoices):
    """Where an action is."""

    OPEN = "open", _("To do")
    IN_HAND = "in_hand", _("In hand")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Return the badge tone of each value."""
        return {cls.OPEN: "grey", cls.IN_HAND: "blue", cls.DONE: "green", cls.DROPPED: "grey"}


#: States in which an action is still expected.
LIVE_ACTION: Final = (ActionState.OPEN, ActionState.IN_HAND)

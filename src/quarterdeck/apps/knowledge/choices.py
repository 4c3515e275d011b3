"""What the fields of this app may hold."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """Whether it is to be repeated or avoided."""

    REPEAT = "repeat", _("Repeat it")
    AVOID = "avoid", _("Avoid it")


class Topic(models.TextChoices):
    """What a lesson is about."""

    PLANNING = "planning", _("Planning")
    CONTRACTS = "contracts", _("Contracts and suppliers")
    TECHNICAL = "technical", _("Technical")
    SITE = "site", _("Site and access")
    PEOPLE = "people", _("People")
    STAKEHOLDERS = "stakeholders", _("Stakeholders")
    MONEY = "money", _("Money")
    SAFETY = "safety", _("Safety")
    GOVERNANCE = "governance", _("Governance")


class LessonState(models.TextChoices):
    """Whether others may rely on it."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Return the badge tone of each value."""
        return {cls.DRAFT: "grey", cls.PUBLISHED: "green", cls.RETIRED: "grey"}


class Use(models.TextChoices):
    """What an initiative does with a lesson."""

    APPLIED = "applied", _("Applied")
    NOT_APPLIED = "not_applied", _("Not applied")

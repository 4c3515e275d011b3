"""Choices of the office's own records. `Function` is the one list of what an office can answer for."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """Under which heading an accountability stands, in the order of the page."""

    PERFORMANCE = "performance", _("Performance management")
    SUPPLIERS = "suppliers", _("Orders and suppliers")
    DELIVERY = "delivery", _("Project delivery")
    PROCESSES = "processes", _("Processes")
    SERVICES = "services", _("Office services")


class Function(models.TextChoices):
    """What an office can answer for. Which checks serve each stands in `catalogue`."""

    PERFORMANCE = "performance", _("Delivery times of the office")
    SUPPLIER_ENGAGEMENT = "supplier_engagement", _("Suppliers engaged")
    SUPPLIER_RESPONSIBILITY = "supplier_responsibility", _("Suppliers keep their commitments")
    STOCK = "stock", _("Stock levels")
    TIMEFRAMES = "timeframes", _("Project timeframes")
    ENGAGEMENT = "engagement", _("Stakeholders engaged")
    COMPETENCE = "competence", _("Work done by the competent")
    PROCESSES = "processes", _("Processes built and kept")
    BENEFITS = "benefits", _("Benefits")
    COMMERCIAL = "commercial", _("Commercial")
    COMMUNICATIONS = "communications", _("Communications")
    INFORMATION = "information", _("Information")
    CONSULTANCY = "consultancy", _("Consultancy and performance")
    FINANCE = "finance", _("Finance")
    ISSUES = "issues", _("Issues")
    CHANGE = "change", _("Change control")
    PLANNING = "planning", _("Planning and estimating")
    QUALITY = "quality", _("Quality")
    RESOURCES = "resources", _("Resources")
    RISK = "risk", _("Risk")
    REPORTING = "reporting", _("Reporting")
    SECRETARIAT = "secretariat", _("Secretariat")
    TOOLS = "tools", _("Tools")


class State(models.TextChoices):
    """Whether the office answers for it now."""

    DRAFT = "draft", _("Draft")
    IN_FORCE = "in_force", _("In force")
    ENDED = "ended", _("Ended")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Return the badge tone of each value."""
        return {cls.DRAFT: "grey", cls.IN_FORCE: "green", cls.ENDED: "grey"}


class Measure(models.TextChoices):
    """A figure worked out from the organisation's own records: a share in percent, the more the better."""

    IN_TIME = "exceptions_in_time", _("exceptions closed in time")
    ON_TIME = "projects_on_time", _("projects within their dates")
    DELIVERABLES = "deliverables_on_time", _("deliverables accepted in time")
    QUALIFIED = "qualifications_current", _("qualifications current")
    SERVICE = "service_met", _("service cases met")
    STOCKED = "stock_kept", _("stock above its reorder point")
    LED = "projects_led", _("led by sponsor and manager")


class Rung(models.TextChoices):
    """To whom an exception goes as it grows old, in order."""

    DEPUTY = "deputy", _("Deputy")
    OWNER = "owner", _("Designated owner")
    HEAD = "head", _("Head of the office")
    SPONSOR = "sponsor", _("Sponsor")

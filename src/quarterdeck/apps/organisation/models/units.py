"""Units, and the offices that serve them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.organisation.choices import Authority, OfficeKind, Permanence, UnitKind
from quarterdeck.apps.organisation.models.calendars import WorkCalendar
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.audit.models import Record


class OrganisationUnit(Record):
    """A node of the enterprise's own tree; it owns the access node that governs its people and offices."""

    row_scope = ("scope",)

    code = models.CharField(_("code"), max_length=20, unique=True, help_text=_("Short and lasting, such as OPS-NET."))
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=UnitKind.choices, default=UnitKind.DEPARTMENT)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    calendar = models.ForeignKey(
        WorkCalendar,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="units",
        verbose_name=_("working calendar"),
        help_text=_("For its people who have none of their own. Left empty: that of the unit above."),
    )
    purpose = models.TextField(_("purpose"), blank=True)
    starts_on = models.DateField(_("active from"), null=True, blank=True)
    ends_on = models.DateField(_("active to"), null=True, blank=True)
    scope = models.OneToOneField(Scope, models.PROTECT, related_name="unit", editable=False, verbose_name=_("node"))

    class Meta:
        ordering = ("name",)
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="organisation_unit_dates",
                violation_error_message=_("A unit ends on or after the day it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Office(Record):
    """A PMO: what it is for, how far its authority goes, which unit hosts it."""

    row_scope = ("unit__scope",)

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=OfficeKind.choices, default=OfficeKind.PORTFOLIO)
    permanence = models.CharField(
        _("permanence"), max_length=10, choices=Permanence.choices, default=Permanence.PERMANENT
    )
    authority = models.CharField(
        _("authority model"),
        max_length=12,
        choices=Authority.choices,
        default=Authority.SUPPORTIVE,
        help_text=_("Supportive warns. Controlling blocks a gate without evidence. Directive runs the work."),
    )
    unit = models.ForeignKey(OrganisationUnit, models.PROTECT, related_name="offices", verbose_name=_("host unit"))
    hub = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="spokes",
        verbose_name=_("hub"),
        help_text=_("The office of which this one is a spoke."),
    )
    purpose = models.TextField(_("purpose"), blank=True)
    terms = models.TextField(_("terms of reference"), blank=True)
    mailbox = models.EmailField(_("mailbox"), blank=True)
    starts_on = models.DateField(_("active from"), null=True, blank=True)
    ends_on = models.DateField(_("active to"), null=True, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="organisation_office_dates",
                violation_error_message=_("An office ends on or after the day it starts."),
            ),
            models.CheckConstraint(
                condition=Q(permanence=Permanence.PERMANENT) | Q(ends_on__isnull=False),
                name="organisation_office_temporary",
                violation_error_message=_("A temporary office states the day on which it ends."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfficeService(Record):
    """An office serves a node, and so all below it, between two dates; the nearest served node decides."""

    row_scope = ("office__unit__scope",)

    office = models.ForeignKey(Office, models.CASCADE, related_name="services", verbose_name=_("office"))
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="office_services", verbose_name=_("node served"))
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        ordering = ("office__name", "scope__path")
        verbose_name = _("node served")
        verbose_name_plural = _("nodes served")
        constraints = [
            models.UniqueConstraint(
                fields=("office", "scope"),
                name="organisation_service_once",
                violation_error_message=_("The office serves this node already."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="organisation_service_dates",
                violation_error_message=_("The service ends on or after the day it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office}: {self.scope}"

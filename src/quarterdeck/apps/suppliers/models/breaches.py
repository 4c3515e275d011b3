"""Breach cases, opened by the system with their evidence, and the texts of notices."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.organisation.models import Currency
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.suppliers.choices import BreachState
from quarterdeck.apps.suppliers.models.levels import BY_LEVEL, ServiceLevel
from quarterdeck.apps.suppliers.models.suppliers import backwards
from quarterdeck.kernel.records import Record

#: How the keys of cases begin that somebody opened.
HAND: Final = "hand-"


class NoticeTemplate(Record):
    """The text of a notice of breach, with words in braces that the case fills in."""

    row_scope = ()

    name = models.CharField(_("name"), max_length=100, unique=True)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(
        _("text"),
        help_text=_(
            "Filled in: {supplier} {contract} {level} {clause} {target} {achieved} {window} {met} {cases} {missed} "
            "{credit} {cure_days} {owner} {day}"
        ),
    )
    is_default = models.BooleanField(_("used for new cases"), default=False)

    class Meta:
        ordering = ("name",)
        verbose_name = _("notice template")
        verbose_name_plural = _("notice templates")
        constraints = [
            models.UniqueConstraint(
                fields=("is_default",),
                condition=models.Q(is_default=True),
                name="suppliers_template_default",
                violation_error_message=_("Another template is used for new cases."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class BreachCase(Record):
    """A service level that was not kept in one window, and what was done about it. One per level and `key`."""

    row_scope = BY_LEVEL
    field_classes = {"credit_amount": "money"}
    currency_field = "currency"

    code = models.CharField(_("code"), max_length=20, unique=True, blank=True, editable=False)
    level = models.ForeignKey(ServiceLevel, models.PROTECT, related_name="breaches", verbose_name=_("service level"))
    key = models.CharField(_("window"), max_length=40, editable=False)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    state = models.CharField(
        _("state"), max_length=11, choices=BreachState.choices, default=BreachState.OPEN, editable=False
    )
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="breaches_owned", verbose_name=_("owner")
    )
    opened_on = models.DateField(_("opened"), editable=False)
    achieved = models.DecimalField(_("achieved, %"), max_digits=5, decimal_places=2, editable=False)
    target = models.DecimalField(_("target, %"), max_digits=5, decimal_places=2, editable=False)
    met = models.PositiveIntegerField(_("cases met"), default=0)
    missed = models.PositiveIntegerField(_("cases missed"), validators=[MinValueValidator(1)])
    #: Ids of the service records that were missed, as of the opening or the last look while the case was open.
    evidence = models.JSONField(_("evidence"), default=list, editable=False)
    credit = models.DecimalField(
        _("credit, % of the charge"), max_digits=5, decimal_places=2, default=0, editable=False
    )
    credit_amount = models.DecimalField(
        _("credit"), max_digits=16, decimal_places=2, null=True, blank=True, editable=False
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("currency")
    )
    notice_subject = models.CharField(_("subject of the notice"), max_length=200, blank=True)
    notice = models.TextField(_("notice"), blank=True)
    notice_edited = models.BooleanField(_("notice changed by hand"), default=False, editable=False)
    noticed_on = models.DateField(_("notice sent"), null=True, blank=True, editable=False)
    noticed_to = models.CharField(_("sent to"), max_length=200, blank=True, editable=False)
    cure_until = models.DateField(_("cure by"), null=True, blank=True, editable=False)
    answered_on = models.DateField(_("answered"), null=True, blank=True, editable=False)
    answered_in_time = models.BooleanField(_("answered in time"), null=True, editable=False)
    answer = models.TextField(_("supplier says"), blank=True, editable=False)
    remedy = models.TextField(_("remedy"), blank=True, editable=False)
    remedy_on = models.DateField(_("remedy by"), null=True, blank=True, editable=False)
    followed_on = models.DateField(_("followed up"), null=True, blank=True, editable=False)
    follow_up = models.TextField(_("found at follow-up"), blank=True, editable=False)
    closed_on = models.DateField(_("closed"), null=True, blank=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)

    class Meta:
        ordering = ("-opened_on", "-code")
        verbose_name = _("breach case")
        verbose_name_plural = _("breach cases")
        constraints = [
            models.UniqueConstraint(
                fields=("level", "key"),
                name="suppliers_breach_once",
                violation_error_message=_("There is a case of this level and window already."),
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def by_hand(self) -> bool:
        """Whether somebody opened it, not the evaluation."""
        return self.key.startswith(HAND)

    def is_past_cure(self, on: dt.date) -> bool:
        """Tell whether on a day the cure period is over and one waits for the cure still."""
        waits = self.state in (BreachState.NOTICED, BreachState.REMEDY)
        return waits and self.cure_until is not None and self.cure_until < on

    def clean(self) -> None:
        """Refuse days out of order."""
        if backwards(self.first_day, self.last_day):
            raise ValidationError({"last_day": gettext("It ends on or after the day it starts.")})

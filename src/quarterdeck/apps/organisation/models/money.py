"""Currencies and their dated rates."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.audit.models import Record


class Currency(Record):
    """A currency of ISO 4217 in which the organisation plans, pays or sells."""

    row_scope = ()

    code = models.CharField(
        _("code"),
        max_length=3,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Three capital letters of ISO 4217, such as EUR."))],
    )
    name = models.CharField(_("name"), max_length=60)
    minor_units = models.PositiveSmallIntegerField(
        _("decimals"),
        default=2,
        validators=[MaxValueValidator(4)],
        help_text=_("Two for pence or cents, none for yen."),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    is_base = models.BooleanField(
        _("of the organisation"), default=False, help_text=_("Figures of the whole organisation are shown in it.")
    )

    class Meta:
        ordering = ("code",)
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        constraints = [
            models.UniqueConstraint(
                fields=("is_base",),
                condition=Q(is_base=True),
                name="organisation_currency_base",
                violation_error_message=_("Another currency is that of the organisation."),
            ),
            models.CheckConstraint(
                condition=Q(is_base=False) | Q(is_active=True),
                name="organisation_currency_base_active",
                violation_error_message=_("The organisation’s own currency stays in use."),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ExchangeRate(Record):
    """From a day on, one unit of `from_currency` is worth `rate` of `to_currency`."""

    row_scope = ()

    from_currency = models.ForeignKey(Currency, models.PROTECT, related_name="rates_from", verbose_name=_("from"))
    to_currency = models.ForeignKey(Currency, models.PROTECT, related_name="rates_to", verbose_name=_("to"))
    rate = models.DecimalField(
        _("rate"), max_digits=18, decimal_places=8, help_text=_("How much of the second one unit of the first buys.")
    )
    valid_on = models.DateField(_("valid from"))
    source = models.CharField(_("source"), max_length=100, blank=True)

    class Meta:
        ordering = ("-valid_on", "from_currency", "to_currency")
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.UniqueConstraint(
                fields=("from_currency", "to_currency", "valid_on"),
                name="organisation_rate_once",
                violation_error_message=_("There is a rate for these two currencies on this day already."),
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=0),
                name="organisation_rate_positive",
                violation_error_message=_("A rate is above zero."),
            ),
            models.CheckConstraint(
                condition=~Q(from_currency=F("to_currency")),
                name="organisation_rate_two",
                violation_error_message=_("A rate is between two different currencies."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_currency}/{self.to_currency} {self.valid_on}"

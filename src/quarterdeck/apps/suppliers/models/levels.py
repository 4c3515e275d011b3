"""Service levels as rules, and the records by which they are judged."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery.models import Task
from quarterdeck.apps.organisation.models import WorkCalendar
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.suppliers.choices import Source, Unit, Window
from quarterdeck.apps.suppliers.models.contracts import Contract, Obligation
from quarterdeck.apps.suppliers.models.suppliers import BY_INITIATIVE, backwards
from quarterdeck.kernel.records import Record

BY_CONTRACT = ("contract__supplier__unit__scope",)
BY_LEVEL = ("level__contract__supplier__unit__scope",)
_PERCENT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


class ServiceLevel(Record):
    """What share of cases is done within so much working time, judged over a window."""

    row_scope = BY_CONTRACT

    code = models.CharField(
        _("code"), max_length=20, unique=True, blank=True, help_text=_("Left empty, the next number is taken.")
    )
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="levels", verbose_name=_("contract"))
    name = models.CharField(_("name"), max_length=200, help_text=_("Such as: reinstatement within 5 days."))
    source = models.CharField(_("fed by"), max_length=11, choices=Source.choices, default=Source.RECORDS)
    allowance = models.PositiveIntegerField(
        _("within"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text=_("Of entered records. Tasks and obligations are due by their own dates."),
    )
    unit = models.CharField(_("counted in"), max_length=5, choices=Unit.choices, default=Unit.DAYS)
    calendar = models.ForeignKey(
        WorkCalendar,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="service_levels",
        verbose_name=_("calendar"),
        help_text=_("Left empty: that of the organisation."),
    )
    target = models.DecimalField(
        _("target, %"), max_digits=5, decimal_places=2, default=Decimal(95), validators=_PERCENT
    )
    window = models.CharField(_("judged over"), max_length=7, choices=Window.choices, default=Window.MONTH)
    cure_days = models.PositiveSmallIntegerField(
        _("cure period, working days"),
        default=10,
        validators=[MaxValueValidator(400)],
        help_text=_("From the notice until a remedy has to work."),
    )
    clause = models.CharField(_("clause"), max_length=100, blank=True, help_text=_("Of the contract."))
    starts_on = models.DateField(_("from"))
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("service level")
        verbose_name_plural = _("service levels")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Ask for the allowance where records are entered."""
        if self.source == Source.RECORDS and not self.allowance:
            raise ValidationError({"allowance": gettext("State within how long a case is to be done.")})


class CreditTier(Record):
    """Below this share of cases met, so much of the charge is given back."""

    row_scope = ("level__contract__supplier__unit__scope",)

    level = models.ForeignKey(ServiceLevel, models.CASCADE, related_name="tiers", verbose_name=_("service level"))
    below = models.DecimalField(_("met in less than, %"), max_digits=5, decimal_places=2, validators=_PERCENT)
    credit = models.DecimalField(_("credit, % of the charge"), max_digits=5, decimal_places=2, validators=_PERCENT)

    class Meta:
        ordering = ("level", "-below")
        verbose_name = _("credit tier")
        verbose_name_plural = _("credit tiers")
        constraints = [
            models.UniqueConstraint(
                fields=("level", "below"),
                name="suppliers_tier_once",
                violation_error_message=_("The level has a credit below this share already."),
            )
        ]

    def __str__(self) -> str:
        return gettext("below %(below)s %%: %(credit)s %%") % {"below": self.below, "credit": self.credit}


class ServiceRecord(Record):
    """One case by which a service level is judged: asked for, done, how well.

    `kept`, `due_at`, `breaks_at` and `decided_on` follow from the level's clock when it is written: a case not ended is
    missed from `breaks_at` on, without being written again.
    """

    row_scope = (*BY_LEVEL, *BY_INITIATIVE)

    level = models.ForeignKey(ServiceLevel, models.PROTECT, related_name="records", verbose_name=_("service level"))
    reference = models.CharField(
        _("reference"), max_length=60, blank=True, help_text=_("Its number, unique within the level.")
    )
    subject = models.CharField(_("what"), max_length=300)
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, null=True, blank=True, related_name="service_records", verbose_name=_("initiative")
    )
    started_at = models.DateTimeField(_("asked for"))
    ended_at = models.DateTimeField(_("done"), null=True, blank=True)
    promised_at = models.DateTimeField(
        _("promised for"), null=True, blank=True, help_text=_("Left empty: what the level allows.")
    )
    in_full = models.BooleanField(_("in full"), null=True, blank=True)
    right_first_time = models.BooleanField(_("right first time"), null=True, blank=True)
    as_agreed = models.BooleanField(_("charged as agreed"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    source = models.CharField(
        _("source"), max_length=11, choices=Source.choices, default=Source.RECORDS, editable=False
    )
    task = models.ForeignKey(
        Task,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="service_records",
        verbose_name=_("task"),
    )
    obligation = models.ForeignKey(
        Obligation,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="service_records",
        verbose_name=_("obligation"),
    )
    due_at = models.DateTimeField(_("due"), null=True, editable=False)
    breaks_at = models.DateTimeField(_("missed from"), null=True, editable=False)
    kept = models.BooleanField(_("kept"), null=True, editable=False)
    decided_on = models.DateField(_("decided on"), null=True, editable=False)

    class Meta:
        ordering = ("-started_at", "-pk")
        verbose_name = _("service record")
        verbose_name_plural = _("service records")
        constraints = [
            models.UniqueConstraint(
                fields=("level", "reference"),
                name="suppliers_record_once",
                violation_error_message=_("The level has a record of this reference already."),
            )
        ]
        indexes = [models.Index(fields=("level", "decided_on"), name="suppliers_record_decided")]

    def __str__(self) -> str:
        return self.subject

    def clean(self) -> None:
        """Refuse an end before the start, and what is entered beside what plans or obligations feed."""
        if self._by_hand_beside():
            fed = self.level.get_source_display()
            raise ValidationError({"level": gettext("It is fed by: %(source)s.") % {"source": fed.lower()}})
        if backwards(self.started_at, self.ended_at):
            raise ValidationError({"ended_at": gettext("It is done after it was asked for.")})

    def _by_hand_beside(self) -> bool:
        if not self.level_id or self.source != Source.RECORDS or self.level.source == Source.RECORDS:
            return False
        stored = ServiceRecord.objects.filter(pk=self.pk).values_list("level", flat=True).first() if self.pk else None
        return stored != self.level_id


class ServicePause(Record):
    """A time for which a case is excused: the clock stands."""

    row_scope = tuple(f"record__{path}" for path in ServiceRecord.row_scope)

    record = models.ForeignKey(ServiceRecord, models.CASCADE, related_name="pauses", verbose_name=_("service record"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"), null=True, blank=True, help_text=_("Left empty: it lasts."))
    reason = models.CharField(_("why excused"), max_length=200)

    class Meta:
        ordering = ("record", "starts_at")
        verbose_name = _("excused time")
        verbose_name_plural = _("excused times")

    def __str__(self) -> str:
        return self.reason

    def clean(self) -> None:
        """Refuse an end before the start."""
        if backwards(self.starts_at, self.ends_at):
            raise ValidationError({"ends_at": gettext("It ends after it starts.")})

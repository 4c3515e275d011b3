"""Status reports, and packs made of many projects at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.organisation.models import Currency, Period
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.records import Record

#: Amounts of a report, as of a snapshot.
AMOUNTS = ("budget", "bac", "pv", "ev", "ac", "committed", "eac")


def _amount(label: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(label, max_digits=22, decimal_places=4, null=True, blank=True, editable=False)


class StatusReport(Record):
    """What was reported of an initiative for a period: facts filled in by the system, narrative by who reports.

    `facts` holds health, indices, milestones and findings as plain values; the amounts have fields of their own. All is
    filled in when the report is begun, again when it is submitted, and never after: a report says for ever what it said
    when it was handed in. `previous` is the published report with which it is compared, which stands for ever too.
    """

    class State(models.TextChoices):
        """Where a report stands."""

        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("To review")
        PUBLISHED = "published", _("Published")

        @classmethod
        def tones(cls) -> dict[str, str]:
            """Return the badge tone of each value."""
            return {cls.DRAFT: "grey", cls.SUBMITTED: "blue", cls.PUBLISHED: "green"}

    row_scope = ("initiative__scope", "initiative__unit__scope")
    field_classes = dict.fromkeys(AMOUNTS, "money")
    currency_field = "currency"

    initiative = models.ForeignKey(
        Initiative, models.PROTECT, related_name="status_reports", verbose_name=_("initiative")
    )
    period = models.ForeignKey(Period, models.PROTECT, related_name="+", verbose_name=_("period"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    due_on = models.DateField(_("due"), null=True, blank=True, help_text=_("Left empty: some days after the period."))
    summary = models.TextField(_("summary"), blank=True, help_text=_("How it stands and why, in three sentences."))
    achieved = models.TextField(_("achieved"), blank=True)
    next_steps = models.TextField(_("next steps"), blank=True)
    decisions = models.TextField(
        _("decisions asked"), blank=True, help_text=_("Who is to decide what, until when. Left empty: none.")
    )
    facts = models.JSONField(_("facts"), default=dict, blank=True, editable=False)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("currency")
    )
    budget = _amount(_("budget"))
    bac = _amount(_("budget at completion"))
    pv = _amount(_("planned value"))
    ev = _amount(_("earned value"))
    ac = _amount(_("actual cost"))
    committed = _amount(_("committed"))
    eac = _amount(_("estimate at completion"))
    previous = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("compared with"),
    )
    facts_on = models.DateField(_("facts of"), null=True, blank=True, editable=False)
    health = models.CharField(_("health"), max_length=6, blank=True, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("submitted by"),
    )
    returned_reason = models.TextField(_("sent back because"), blank=True, editable=False)
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-period__starts_on", "initiative__code")
        verbose_name = _("status report")
        verbose_name_plural = _("status reports")
        constraints = [
            models.UniqueConstraint(
                fields=("initiative", "period"),
                name="reporting_report_once",
                violation_error_message=_("There is a report for this period already."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_at__isnull=False), name="reporting_report_submitted"
            ),
        ]
        indexes = [models.Index(fields=("state", "due_on"), name="reporting_report_due")]

    def __str__(self) -> str:
        names = [self._meta.get_field(name) for name in ("initiative", "period")]
        known = [field.get_cached_value(self, default=None) for field in names if isinstance(field, models.ForeignKey)]
        parts = [str(getattr(one, "name", one)) for one in known if one is not None]
        return ", ".join(parts) if len(parts) == len(names) else str(self._meta.verbose_name).capitalize()

    def late_on(self, day: dt.date, submitted_on: dt.date | None) -> bool:
        """Tell whether it was handed in after its due day, `submitted_on`, or on a day is still not."""
        if self.due_on is None:
            return False
        return (submitted_on or day) > self.due_on


class BoardPack(models.Model):
    """A pack that somebody asked for: of which node, as of which day, in which form; and the file once it is made.

    Only whoever asked for it sees it, since it was made with the rights of that one.
    """

    class Form(models.TextChoices):
        """The file that is made."""

        PDF = "pdf", _("PDF document")
        PPTX = "pptx", _("PowerPoint")
        XLSX = "xlsx", _("Excel workbook")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="+")
    on = models.DateField()
    form = models.CharField(max_length=4, choices=Form.choices)
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(max_length=200, blank=True)
    content = models.BinaryField(null=True)
    size = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("board pack")
        verbose_name_plural = _("board packs")
        indexes = [models.Index(fields=("user", "-id"), name="reporting_pack_mine")]

    def __str__(self) -> str:
        return self.file_name or str(self._meta.verbose_name).capitalize()

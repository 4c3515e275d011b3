"""The manager's own word beside the assessment."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.reporting.choices import Colour
from quarterdeck.kernel.records import Record


class ManagerCall(Record):
    """How the manager sees an initiative where it differs from the assessment: beside it, never instead of it.

    The latest one stands from the day on which it was made to its last day.
    """

    row_scope = ("initiative__scope", "initiative__unit__scope")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="+", verbose_name=_("initiative"))
    colour = models.CharField(_("own call"), max_length=5, choices=Colour.choices)
    reason = models.TextField(_("reason"), help_text=_("What the assessment does not know."))
    expires_on = models.DateField(_("stands until"), help_text=_("After this day the call counts no more."))

    class Meta:
        ordering = ("-expires_on", "-pk")
        verbose_name = _("manager’s call")
        verbose_name_plural = _("managers’ calls")
        indexes = [models.Index(fields=("expires_on",), name="reporting_call_expires")]

    def __str__(self) -> str:
        return f"{self.initiative}: {self.get_colour_display()}"

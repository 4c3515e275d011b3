"""What a project hands over, who accepts it, and by when."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery.choices import DeliverableState
from quarterdeck.apps.delivery.models.tasks import Task
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.records import Record


class Deliverable(Record):
    """A product of a project. Its due date is that of its milestone, and so follows the plan."""

    row_scope = ("initiative__scope", "initiative__unit__scope")

    initiative = models.ForeignKey(
        Initiative,
        models.PROTECT,
        related_name="deliverables",
        verbose_name=_("project"),
        limit_choices_to={"kind": Kind.PROJECT},
    )
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    criteria = models.TextField(_("quality criteria"), blank=True, help_text=_("By which it is accepted."))
    acceptor = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="deliverables_to_accept",
        verbose_name=_("accepted by"),
        help_text=_("Left empty: whoever may change it."),
    )
    milestone = models.ForeignKey(
        Task,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="deliverables",
        verbose_name=_("due with"),
        help_text=_("A milestone or task of the project’s plan; its finish is the due date."),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=DeliverableState.choices, default=DeliverableState.PLANNED, editable=False
    )
    submitted_on = models.DateField(_("submitted"), null=True, editable=False)
    accepted_on = models.DateField(_("accepted"), null=True, editable=False)
    reason = models.TextField(_("why rejected"), blank=True, editable=False)

    class Meta:
        ordering = ("initiative__code", "code")
        verbose_name, verbose_name_plural = _("deliverable"), _("deliverables")
        constraints = [
            models.UniqueConstraint(
                fields=("initiative", "code"),
                name="delivery_deliverable_code",
                violation_error_message=_("The project has a deliverable of this code already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse a milestone of another project."""
        if self.milestone is not None and self.milestone.plan.initiative_id != self.initiative_id:
            raise ValidationError({"milestone": gettext("This is no task of the project’s plans.")})

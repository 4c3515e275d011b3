"""What one project hands over to another: by when it is given, and by when it is needed."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.delivery.choices import InterfaceState, Side
from quarterdeck.apps.delivery.models.tasks import Task
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.choices import Kind
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.records import Record


class Interface(Record):
    """A promise between two projects. Where a task stands for a side, the date follows that side's plan.

    It is governed from both sides: whoever sees one project sees the promise, with the other's name and no more of it.
    """

    row_scope = ("giver__scope", "giver__unit__scope", "receiver__scope", "receiver__unit__scope")

    code = models.CharField(
        _("code"), max_length=20, unique=True, blank=True, help_text=_("Left empty, the next number is taken.")
    )
    name = models.CharField(_("what is handed over"), max_length=200)
    description = models.TextField(_("conditions"), blank=True, help_text=_("By which it is accepted."))
    state = models.CharField(
        _("state"), max_length=10, choices=InterfaceState.choices, default=InterfaceState.PROPOSED, editable=False
    )
    asked_by = models.CharField(
        _("proposed by"), max_length=8, choices=Side.choices, default=Side.RECEIVER, editable=False
    )

    giver = models.ForeignKey(
        Initiative,
        models.PROTECT,
        related_name="interfaces_given",
        verbose_name=_("giver"),
        limit_choices_to={"kind": Kind.PROJECT},
    )
    giver_task = models.ForeignKey(
        Task,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="interfaces_given",
        verbose_name=_("given with"),
        help_text=_("A task of the giver’s plan; its finish is when it is given."),
    )
    gives_on = models.DateField(
        _("given by"), null=True, blank=True, help_text=_("Where no task of the giver’s plan says it.")
    )
    giver_owner = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="interfaces_to_give",
        verbose_name=_("owner, giving side"),
    )

    receiver = models.ForeignKey(
        Initiative,
        models.PROTECT,
        related_name="interfaces_received",
        verbose_name=_("receiver"),
        limit_choices_to={"kind": Kind.PROJECT},
    )
    receiver_task = models.ForeignKey(
        Task,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="interfaces_received",
        verbose_name=_("needed for"),
        help_text=_("A task of the receiver’s plan; its start is when it is needed."),
    )
    needed_on = models.DateField(
        _("needed by"), null=True, blank=True, help_text=_("Where no task of the receiver’s plan says it.")
    )
    receiver_owner = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="interfaces_to_receive",
        verbose_name=_("owner, receiving side"),
    )

    agreed_on = models.DateField(_("agreed"), null=True, editable=False)
    delivered_on = models.DateField(_("delivered"), null=True, editable=False)
    accepted_on = models.DateField(_("accepted"), null=True, editable=False)
    reason = models.TextField(_("why returned"), blank=True, editable=False)

    class Meta:
        ordering = ("code",)
        verbose_name, verbose_name_plural = _("interface"), _("interfaces")
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=F("receiver")),
                name="delivery_interface_itself",
                violation_error_message=_("A project hands nothing over to itself."),
            )
        ]
        indexes = [models.Index(fields=("state",), name="delivery_interface_state")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse a task of another project than the one that it stands for."""
        for name, project in (("giver_task", self.giver_id), ("receiver_task", self.receiver_id)):
            task = getattr(self, name)
            if task is not None and task.plan.initiative_id != project:
                raise ValidationError({name: gettext("This is no task of the project’s plans.")})

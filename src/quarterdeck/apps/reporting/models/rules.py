"""The rules by which health is judged, as records."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quarterdeck.apps.reporting.choices import OF_DIMENSION, Dimension, Direction, Input, Tolerance
from quarterdeck.kernel.records import Record


class HealthRule(Record):
    """One look at one figure: green up to the amber limit, amber up to the red limit, red beyond.

    What ships stands in `catalogue`; a rule here takes the place of the one of the same figure that ships, or, out of
    use, sets it aside. Where the initiative has agreed the tolerance named, that is the red limit, and the amber limit
    keeps its share of it.
    """

    row_scope = ()

    dimension = models.CharField(_("dimension"), max_length=10, choices=Dimension.choices)
    input = models.CharField(_("figure"), max_length=20, choices=Input.choices)
    direction = models.CharField(_("good is"), max_length=8, choices=Direction.choices, default=Direction.AT_MOST)
    amber = models.FloatField(_("amber beyond"))
    red = models.FloatField(_("red beyond"))
    tolerance = models.CharField(
        _("tolerance that overrules"),
        max_length=4,
        choices=Tolerance.choices,
        blank=True,
        help_text=_("Where the initiative has it, it is the red limit; the amber limit keeps its share of it."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("dimension", "input")
        verbose_name = _("health rule")
        verbose_name_plural = _("health rules")
        constraints = [
            models.UniqueConstraint(
                fields=("input",),
                condition=models.Q(is_active=True),
                name="reporting_rule_input",
                violation_error_message=_("There is a rule for this figure already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_dimension_display()}: {self.get_input_display()}"

    def clean(self) -> None:
        """Refuse a figure of another dimension, and a red limit that comes before the amber one."""
        if self.dimension and self.input not in OF_DIMENSION.get(self.dimension, ()):
            raise ValidationError({"input": gettext("This figure belongs to another dimension.")})
        limits: list[float | None] = [self.amber, self.red]  # a form leaves out what it could not read
        amber, red = limits if self.direction == Direction.AT_MOST else reversed(limits)
        if amber is not None and red is not None and not amber <= red:
            raise ValidationError({"red": gettext("Red comes after amber. Swap the two limits.")})

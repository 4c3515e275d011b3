"""What the fields of this app may hold."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Colour(models.TextChoices):
    """How something stands; nothing at all is kept as "", not assessed."""

    GREEN = "green", _("Green")
    AMBER = "amber", _("Amber")
    RED = "red", _("Red")

    @classmethod
    def tones(cls) -> dict[str, str]:
        """Return the badge tone of each value."""
        return {cls.GREEN: "green", cls.AMBER: "amber", cls.RED: "red"}


class Dimension(models.TextChoices):
    """What is judged together, in the order in which it is shown."""

    TIME = "time", _("Time")
    COST = "cost", _("Cost")
    DATA = "data", _("Data")
    PARTS = "parts", _("Parts")


class Input(models.TextChoices):
    """What a rule may look at, each in its unit."""

    DAYS_LATE = "days_late", _("Finish after baseline, working days")
    DAYS_OVERDUE = "days_overdue", _("Open past the planned finish, working days")
    LEAST_FLOAT = "least_float", _("Least float, working days")
    SPI_T = "spi_t", _("Schedule performance in time, SPI(t)")
    OVER_BUDGET = "over_budget", _("Forecast over budget, %")
    CPI = "cpi", _("Cost performance, CPI")
    BOUND = "bound", _("Spent and committed, % of budget")
    ACCURACY = "accuracy", _("Facts in order, %")
    RED_SHARE = "red_share", _("Projects below that are red, %")
    OFF_SHARE = "off_share", _("Projects below that are amber or red, %")


#: The dimension to which an input belongs.
OF_DIMENSION: dict[str, tuple[str, ...]] = {
    Dimension.TIME: (Input.DAYS_LATE, Input.DAYS_OVERDUE, Input.LEAST_FLOAT, Input.SPI_T),
    Dimension.COST: (Input.OVER_BUDGET, Input.CPI, Input.BOUND),
    Dimension.DATA: (Input.ACCURACY,),
    Dimension.PARTS: (Input.RED_SHARE, Input.OFF_SHARE),
}


class Direction(models.TextChoices):
    """Which side of the limits is good."""

    AT_MOST = "at most", _("at most")
    AT_LEAST = "at least", _("at least")


class Tolerance(models.TextChoices):
    """Which tolerance of the initiative takes the place of the red limit, where one is agreed."""

    TIME = "time", _("time tolerance")
    COST = "cost", _("cost tolerance")

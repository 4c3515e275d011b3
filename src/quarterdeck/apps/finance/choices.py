"""Words of the app: kinds of cost, techniques of earned value, the ways to forecast the cost at completion."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from quarterdeck.engine.evm import CostForecast


class CostKind(models.TextChoices):
    """How the books take a cost."""

    CAPEX = "capex", _("Capital")
    OPEX = "opex", _("Operating")


class TechniqueKind(models.TextChoices):
    """How the value of a work package is due and earned."""

    PERCENT = "percent", _("Percent complete")
    ZERO_HUNDRED = "0/100", _("0/100")
    FIFTY_FIFTY = "50/50", _("50/50")
    SHARE = "share", _("Share at the start")
    UNITS = "units", _("Units complete")
    EFFORT = "effort", _("Level of effort")
    APPORTIONED = "apportioned", _("Apportioned")
    MILESTONES = "milestones", _("Weighted milestones")


class Forecast(models.TextChoices):
    """The eight estimates at completion, by what is taken of the performance so far."""

    PLAN = CostForecast.PLAN.name, _("To plan")
    CPI = CostForecast.CPI.name, _("At cost performance")
    SPI = CostForecast.SPI.name, _("At schedule performance")
    SPI_T = CostForecast.SPI_T.name, _("At schedule performance in time")
    SCI = CostForecast.SCI.name, _("At cost and schedule performance")
    SCI_T = CostForecast.SCI_T.name, _("At cost and schedule performance in time")
    CPI_SPI = CostForecast.CPI_SPI.name, _("Cost performance 80 %, schedule 20 %")
    CPI_SPI_T = CostForecast.CPI_SPI_T.name, _("Cost performance 80 %, schedule in time 20 %")


#: What is taken where nobody has chosen.
USUAL: Final = Forecast.CPI
#: How each is reckoned.
FORMULAS: Final[dict[str, str]] = {
    Forecast.PLAN: "AC + (BAC − EV)",
    Forecast.CPI: "AC + (BAC − EV) / CPI",
    Forecast.SPI: "AC + (BAC − EV) / SPI",
    Forecast.SPI_T: "AC + (BAC − EV) / SPI(t)",
    Forecast.SCI: "AC + (BAC − EV) / (CPI × SPI)",
    Forecast.SCI_T: "AC + (BAC − EV) / (CPI × SPI(t))",
    Forecast.CPI_SPI: "AC + (BAC − EV) / (0.8 CPI + 0.2 SPI)",
    Forecast.CPI_SPI_T: "AC + (BAC − EV) / (0.8 CPI + 0.2 SPI(t))",
}
#: Where ledger rows come from that an imported plan tells.
PLAN_FILE: Final = "plan file"
#: Where those come from that are typed in.
TYPED: Final = "entered"
#: How the reference of a reversal ends that an Undo has posted: what brought the row may bring it again.
TAKEN_BACK: Final = "-UNDO"

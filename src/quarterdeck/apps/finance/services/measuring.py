"""How value is earned, and which forecast is believed."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.finance.choices import Forecast
from quarterdeck.apps.finance.models import EacChoice, Technique
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.numbering.codes import next_code, reserve

#: How codes of earning techniques begin.
PREFIX = "EVT"


@transaction.atomic
def technique_save(record: Technique, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change how the value of a work package is earned; a new one is numbered."""
    record.code = record.code.strip().upper()
    if record.code:
        reserve(PREFIX, record.code)
    else:
        record.code = next_code(PREFIX)
    return records.save(record, actor=actor, note=note)


def forecast_choose(*, initiative: Initiative, forecast: str, reason: str, actor: Actor) -> EacChoice:
    """Choose the forecast that is believed of an initiative from now on. Raises ValidationError without a reason."""
    if forecast not in Forecast.values:
        raise ValidationError({"forecast": _("Choose one of the forecasts.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why this forecast is believed.")})
    made = EacChoice(initiative=initiative, forecast=forecast, reason=reason.strip())
    records.save(made, actor=actor)
    return made

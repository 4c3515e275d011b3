"""How far an exception has gone up, in words, wherever exceptions are listed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from quarterdeck.apps.pmo.choices import Rung
from quarterdeck.apps.pmo.selectors.ladder import Step, standing
from quarterdeck.kernel import clock
from quarterdeck.kernel.ui.components import date_text
from quarterdeck.kernel.watch.models import Finding

#: A rung in one word, as it stands in a narrow column.
SHORT = {Rung.DEPUTY: _l("deputy"), Rung.OWNER: _l("owner"), Rung.HEAD: _l("head"), Rung.SPONSOR: _l("sponsor")}


def words_of(step: Step, on: dt.date) -> str:
    """Return "with the head since 3 Nov", or that nobody is there to be told."""
    values = {"rung": SHORT[step.rung], "day": date_text(clock.local_date(step.at), on)}
    if step.name is None:
        return _("up to the %(rung)s since %(day)s, nobody told") % values
    return _("with the %(rung)s since %(day)s") % values


def escalation_marks(findings: Sequence[Finding], moment: dt.datetime) -> Mapping[int, str]:
    """Say of exceptions how far they have gone up by a moment."""
    steps = standing([finding.pk for finding in findings], moment)
    return {pk: words_of(step, clock.local_date(moment)) for pk, step in steps.items()}

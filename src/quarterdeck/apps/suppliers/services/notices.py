"""Drafts of notices of breach: the words of a template, filled in."""

from __future__ import annotations

import datetime as dt
import re

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from quarterdeck.apps.suppliers.choices import Window
from quarterdeck.apps.suppliers.models import BreachCase, NoticeTemplate, ServiceLevel
from quarterdeck.kernel.ui import components

_WORD = re.compile(r"\{(\w+)\}")


def standard(*, credit: bool) -> tuple[str, str]:
    """Return subject and text of the notice that is used until the organisation has a template."""
    subject = _("Notice of breach: {level}, {window}")
    body = _(
        "To {supplier}\n\n"
        "Under contract {contract}{clause} at least {target} of cases are to be kept: {level}. "
        "In {window} it was {achieved}: {met} of {cases} cases met, {missed} missed.\n\n"
        "{given}"
        "We ask you to say within 10 days how it came about, and to have a remedy working within {cure_days} working "
        "days of this notice.\n\n"
        "{owner}"
    )
    given = _("The contract provides for a service credit of {credit} of the charge.\n\n") if credit else ""
    return subject, body.replace("{given}", given)


def drafted(case: BreachCase, level: ServiceLevel, on: dt.date) -> tuple[str, str]:
    """Return subject and text of the notice of a case. No amounts of money: who may read it may not see those."""
    template = NoticeTemplate.objects.filter(is_default=True).first()
    subject, body = (template.subject, template.body) if template is not None else standard(credit=bool(case.credit))
    words = _words(case, level, on)

    def fill(text: str) -> str:
        return _WORD.sub(lambda found: words.get(found[1], found[0]), text)

    return fill(subject)[:200], fill(body)


def _words(case: BreachCase, level: ServiceLevel, on: dt.date) -> dict[str, str]:
    contract = level.contract
    return {
        "supplier": contract.supplier.name,
        "contract": f"{contract.number} {contract.name}",
        "level": level.name,
        "clause": _(", clause %(clause)s") % {"clause": level.clause} if level.clause else "",
        "target": percent(float(case.target)),
        "achieved": percent(float(case.achieved)),
        "window": window_text(case, level),
        "met": components.number(case.met),
        "cases": components.number(case.met + case.missed),
        "missed": components.number(case.missed),
        "credit": percent(float(case.credit)),
        "cure_days": components.number(level.cure_days),
        "owner": case.owner.name if case.owner is not None else "",
        "day": components.date_text(on),
    }


def percent(value: float) -> str:
    """Return a percentage with as many places as it needs, one at most."""
    places = 0 if abs(value - round(value)) < 0.05 else 1
    return f"{components.number(value, places)}%"


def window_text(case: BreachCase, level: ServiceLevel) -> str:
    """Return the window of a case in words: a month, a quarter, a year, or the day of a single case."""
    if level.window == Window.MONTH:
        return date_format(case.first_day, "F Y")
    if level.window == Window.QUARTER:
        return _("quarter %(number)d of %(year)d") % {
            "number": (case.first_day.month + 2) // 3,
            "year": case.first_day.year,
        }
    return str(case.first_day.year) if level.window == Window.YEAR else components.date_text(case.last_day)

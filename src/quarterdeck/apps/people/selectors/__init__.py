"""Reads over people: the public read surface of this app."""

from quarterdeck.apps.people.selectors.chart import ChartUnit, org_chart
from quarterdeck.apps.people.selectors.persons import absences_between, calendar_ids, rate_on, rates_on
from quarterdeck.apps.people.selectors.raci import RaciCell, RaciMatrix, RaciRole, RaciRow, raci_matrix
from quarterdeck.apps.people.selectors.roles import heads, held, holders, roles_of
from quarterdeck.apps.people.selectors.skills import current_qualifications, lacking, latest_qualifications

__all__ = [
    "ChartUnit",
    "RaciCell",
    "RaciMatrix",
    "RaciRole",
    "RaciRow",
    "absences_between",
    "calendar_ids",
    "current_qualifications",
    "heads",
    "held",
    "holders",
    "lacking",
    "latest_qualifications",
    "org_chart",
    "raci_matrix",
    "rate_on",
    "rates_on",
    "roles_of",
]

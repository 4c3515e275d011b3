"""Reads over people: the public read surface of this app."""

from quarterdeck.apps.people.selectors.chart import ChartTotals, ChartUnit, chart_totals, org_chart
from quarterdeck.apps.people.selectors.persons import absences_between, calendar_ids, rate_on, rates_on
from quarterdeck.apps.people.selectors.raci import (
    RaciCell,
    RaciMatrix,
    RaciNode,
    RaciRole,
    RaciRow,
    raci_matrix,
    raci_node,
    raci_nodes,
    roles_unlisted,
)
from quarterdeck.apps.people.selectors.roles import (
    answering_for,
    heads,
    held,
    held_by_leavers,
    holders,
    roles_of,
    without_manager,
)
from quarterdeck.apps.people.selectors.skills import (
    current_qualifications,
    expiring,
    lacking,
    latest_qualifications,
    unproven,
    with_evidence,
)

__all__ = [
    "ChartTotals",
    "ChartUnit",
    "RaciCell",
    "RaciMatrix",
    "RaciNode",
    "RaciRole",
    "RaciRow",
    "absences_between",
    "answering_for",
    "calendar_ids",
    "chart_totals",
    "current_qualifications",
    "expiring",
    "heads",
    "held",
    "held_by_leavers",
    "holders",
    "lacking",
    "latest_qualifications",
    "org_chart",
    "raci_matrix",
    "raci_node",
    "raci_nodes",
    "rate_on",
    "rates_on",
    "roles_of",
    "roles_unlisted",
    "unproven",
    "with_evidence",
    "without_manager",
]

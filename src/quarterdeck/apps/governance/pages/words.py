"""Small pieces that the pages of governance share: amounts, links to lists, lines of what is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from quarterdeck.apps.governance.choices import (
    LIVE_RISK,
    ActionState,
    AssumptionState,
    DecisionState,
    IssueState,
    RiskState,
    rag_of,
)
from quarterdeck.apps.governance.models import Action, Decision, Issue, Risk
from quarterdeck.apps.governance.selectors.raid import Part
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.registers import for_model
from quarterdeck.kernel.ui import components

#: Mark of an issue by its severity.
OF_SEVERITY: Final = {"1": "red", "2": "amber", "3": "green", "4": "green"}
#: How heavily an issue weighs beside risks, whose weight is their score.
_WEIGHTS: Final = {"1": 22, "2": 14, "3": 7, "4": 3}
STATES: Final[dict[str, Any]] = {
    "risks": RiskState,
    "issues": IssueState,
    "decisions": DecisionState,
    "actions": ActionState,
    "assumptions": AssumptionState,
}
#: What being late adds.
_LATE: Final = 8
NAMES: Final = {
    "risks": gettext_lazy("Risks"),
    "issues": gettext_lazy("Issues"),
    "decisions": gettext_lazy("Decisions wanted"),
    "actions": gettext_lazy("Actions"),
    "assumptions": gettext_lazy("Assumptions to show"),
}


@dataclass(frozen=True)
class Line:
    """One open record as a page lists it."""

    record: Any
    url: str
    mark: SafeString
    state: SafeString
    note: str
    owner: str
    day: dt.date | None
    late: bool
    weight: int
    kind: str


@dataclass(frozen=True)
class Block:
    """The open records of one register: what it is called, its first lines, its list."""

    key: str
    label: str
    total: int
    late: int
    lines: list[Line]
    href: str
    new: str


def amounts(sums: Mapping[str, Decimal], *, short: bool = True) -> str:
    """Return sums by currency, the largest first: "€3.1m + £40k"; "" for none."""
    largest = sorted(sums.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    return " + ".join(components.money_text(amount, code, short=short) for code, amount in largest)


def list_url(slug: str, scope: Scope | None, **params: str) -> str:
    """Return the address of a register's list at a node."""
    given = {**({"scope": str(scope.pk)} if scope is not None else {}), **params}
    return f"/{slug}/?{urlencode(given, safe=',.')}"


def live_url(scope: Scope | None, **params: str) -> str:
    """Return the address of the list of live risks at a node, narrowed further."""
    return list_url("risks", scope, **{"f.state": ",".join(LIVE_RISK)}, **params)


def weight_of(record: Any, late: bool) -> int:
    """Return how heavily an open record weighs among those of other kinds: a risk its score of 1 to 25, an issue 3 to
    22 by severity, a decision 10, an action 6, an assumption 3; 8 more for what is late.
    """
    if isinstance(record, Risk):
        weight = record.now[0] * record.now[1]
    elif isinstance(record, Issue):
        weight = _WEIGHTS[record.severity]
    else:
        weight = 10 if isinstance(record, Decision) else 6 if isinstance(record, Action) else 3
    return weight + (_LATE if late else 0)


def line_of(record: Any, part: Part, on: dt.date) -> Line:
    """Return an open record as a line."""
    day = getattr(record, part.kind.date)
    late = day is not None and day < on
    mark = components.icon({"decisions": "gavel", "actions": "square-check-big"}.get(part.kind.key, "puzzle"))
    note = ""
    if isinstance(record, Risk):
        score = record.now[0] * record.now[1]
        mark = components.rag(rag_of(score), quiet=True)
        note = f"{score} {record.now[0]}×{record.now[1]}"
    elif isinstance(record, Issue):
        mark = components.rag(OF_SEVERITY[record.severity], quiet=True)
        note = record.get_severity_display()
    register = for_model(type(record))
    url = register.url(record) if register is not None else ""
    colour = STATES[part.kind.key].tones().get(record.state, "")
    state = components.badge(record.get_state_display(), {"blue": "accent", "grey": ""}.get(colour, colour))
    owner = str(record.owner) if record.owner is not None else ""
    return Line(record, url, mark, state, note, owner, day, late, weight_of(record, late), part.kind.key)


def blocks_of(parts: list[Part], scope: Scope | None, on: dt.date) -> list[Block]:
    """Return what is open as blocks of lines."""
    found = []
    for part in parts:
        key = part.kind.key
        params = {"f.state": ",".join(part.kind.live)}
        lines = [line_of(one, part, on) for one in part.shown]
        href = list_url(key, scope, **params)
        found.append(Block(key, str(NAMES[key]), part.total, part.late, lines, href, f"/{key}/new/"))
    return found

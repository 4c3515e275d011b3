"""Every exception that the reader may see, in one list: what is wrong, who owns it, since when, what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import below
from quarterdeck.kernel.needs.order import due_text
from quarterdeck.kernel.watch.checks import Severity, checks
from quarterdeck.kernel.watch.functions import checks_serving, served_by
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.selectors import Remedy, remedy_of, visible_findings

MARKS = {Severity.HIGH: "red", Severity.MEDIUM: "amber", Severity.LOW: ""}
TABS: tuple[tuple[str, Promise], ...] = (
    ("open", gettext_lazy("Open")),
    ("mine", gettext_lazy("Mine")),
    ("unowned", gettext_lazy("Without owner")),
    ("overdue", gettext_lazy("Overdue")),
    ("put-off", gettext_lazy("Put off")),
)


@dataclass(frozen=True)
class Tab:
    """A part of the list with its count."""

    key: str
    label: str | Promise
    count: int


@dataclass(frozen=True)
class Line:
    """One exception as the list shows it. `age` counts calendar days; `due` is in words, empty without a date."""

    finding: Finding
    mark: str
    serves: str
    owner: str
    age: int
    due: str
    late: bool
    remedy: Remedy
    remark: str = ""


#: Says in words, by id, more of exceptions that the reader sees, such as how far they have gone up; at a moment.
Remarks = Callable[[Sequence[Finding], dt.datetime], Mapping[int, str]]
_remarks: dict[str, Remarks] = {}


def remark(function: Remarks) -> Remarks:
    """Enter what says more of exceptions wherever they are listed: by one query for all."""
    _remarks[f"{function.__module__}.{function.__qualname__}"] = function
    return function


def remarks(findings: Sequence[Finding], moment: dt.datetime) -> dict[int, str]:
    """Return what there is to say of some exceptions at a moment, by id; nothing to say: left out."""
    found: dict[int, list[str]] = {}
    for function in _remarks.values():
        for pk, words in function(findings, moment).items():
            found.setdefault(pk, []).append(words)
    return {pk: " ".join(words) for pk, words in found.items()}


def exceptions(
    actor: Actor,
    *,
    scope: Scope | None = None,
    severity: str = "",
    serves: str = "",
    moment: dt.datetime | None = None,
) -> QuerySet[Finding]:
    """Return the exceptions open now, or at a moment, that the actor may see below a node, worst first.

    `serves` narrows to the checks that serve one thing of the catalogue.
    """
    rows = visible_findings(actor)
    if scope is not None:
        rows = rows.filter(below((scope.path,), "scope__"))
    if moment is None:
        rows = rows.filter(closed_at__isnull=True)
    else:
        rows = rows.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=moment), opened_at__lte=moment)
    if severity in Severity.values:
        rows = rows.filter(severity=severity)
    if serves:
        rows = rows.filter(check_name__in=checks_serving(serves))
    return rows


def may_see(actor: Actor) -> bool:
    """Tell whether the actor may see some record that is looked at, and so what is wrong with it."""
    return any(actor.can("view", kind) for kind in {check.subject for check in checks.values()})


def _condition(tab: str, actor: Actor, on: dt.date) -> Q:
    put_off = Q(snoozed_until__gt=on)
    awake = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=on)
    return {
        "mine": awake & Q(owner=actor.user),
        "unowned": awake & Q(owner__isnull=True),
        "overdue": awake & Q(due_on__lt=on),
        "put-off": put_off,
    }.get(tab, awake)


def tabs(rows: QuerySet[Finding], actor: Actor, on: dt.date) -> list[Tab]:
    """Return the parts of the list with their counts, in one query."""
    counts = rows.order_by().aggregate(
        **{key.replace("-", "_"): Count("pk", filter=_condition(key, actor, on)) for key, _label in TABS}
    )
    return [Tab(key, label, counts[key.replace("-", "_")]) for key, label in TABS]


def part(rows: QuerySet[Finding], tab: str, actor: Actor, on: dt.date) -> QuerySet[Finding]:
    """Return one part of the list, worst first, with what a line shows."""
    found = rows.filter(_condition(tab, actor, on)).select_related("owner", "scope", "acknowledged_by")
    return found.order_by("rank", "due_on", "opened_at", "pk")


def lines(findings: Sequence[Finding], actor: Actor, on: dt.date) -> list[Line]:
    """Put exceptions into lines."""
    said = remarks(findings, clock.end_of(on) if on < actor.today else actor.now)
    return [
        Line(
            finding=finding,
            mark=MARKS[Severity(finding.severity)],
            serves=_words(finding),
            owner=_("you") if finding.owner is not None and finding.owner == actor.user else str(finding.owner or ""),
            age=max(0, (on - clock.local_date(finding.opened_at)).days),
            due=due_text(finding.due_on, on) if finding.due_on else "",
            late=finding.due_on is not None and finding.due_on < on,
            remedy=remedy_of(finding, actor),
            remark=said.get(finding.pk, ""),
        )
        for finding in findings
    ]


def _words(finding: Finding) -> str:
    """Return what a check serves by its title in the catalogue; where none has it, the name that the check gives."""
    served = served_by(finding.check_name)
    return str(served.title) if served is not None else finding.function

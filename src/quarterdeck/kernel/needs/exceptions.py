"""Every exception that the reader may see, in one list: what is wrong, who owns it, since when, what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import below
from quarterdeck.kernel.needs.order import due_text
from quarterdeck.kernel.ui.components import date_text
from quarterdeck.kernel.watch.checks import Severity, checks
from quarterdeck.kernel.watch.functions import checks_serving, served_all, served_by
from quarterdeck.kernel.watch.models import Finding, Stage
from quarterdeck.kernel.watch.selectors import Remedy, remedy_of, visible_findings
from quarterdeck.kernel.watch.stages import Stages

MARKS = {Severity.HIGH: "red", Severity.MEDIUM: "amber", Severity.LOW: ""}
TABS: tuple[tuple[str, Promise], ...] = (
    ("open", gettext_lazy("Open")),
    ("mine", gettext_lazy("Mine")),
    ("unowned", gettext_lazy("Without owner")),
    ("in-hand", gettext_lazy("In hand")),
    ("overdue", gettext_lazy("Overdue")),
    ("accepted", gettext_lazy("Accepted")),
    ("closed", gettext_lazy("Closed")),
)
#: For how many days what has closed is listed.
LOOK_BACK = 90
#: By what the list is ordered: of each name the terms, a minus descends. The age ascends from the youngest.
ORDERS: dict[str, tuple[str, ...]] = {
    "severity": ("rank", "due_on", "opened_at"),
    "record": ("label", "rank"),
    "owner": ("owner__name", "rank"),
    "age": ("-opened_at",),
    "due": ("due_on", "rank"),
}


@dataclass(frozen=True)
class Asked:
    """What of the list is wanted: one of the parts, narrowed, in an order. What is unknown is passed over."""

    tab: str = "open"
    severity: str = ""
    serves: str = ""
    stage: str = ""
    text: str = ""
    sort: str = ""

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Asked:
        """Read the parameters of an address."""
        known = {one.key for one in served_all()}
        tab, severity, serves = query.get("show", ""), query.get("severity", ""), query.get("serves", "")
        stage, sort = query.get("state", ""), query.get("sort", "")
        return cls(
            tab=tab if tab in dict(TABS) else "open",
            severity=severity if severity in Severity.values else "",
            serves=serves if serves in known else "",
            stage=stage if stage in Stage.values else "",
            text=query.get("q", "").replace("\x00", "").strip()[:100],
            sort=sort if sort.removeprefix("-") in ORDERS else "",
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
    stage: str = ""
    stage_key: str = ""
    tone: str = ""
    said: str = ""
    said_late: bool = False


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
    text: str = "",
    moment: dt.datetime | None = None,
    closed: bool = False,
) -> QuerySet[Finding]:
    """Return the exceptions open now, or at a moment, that the actor may see below a node, worst first.

    `serves` narrows to the checks that serve one thing of the catalogue, `text` to records and owners named so.
    `closed` returns instead those that had closed by then, not longer ago than is looked back.
    """
    rows = visible_findings(actor)
    if scope is not None:
        rows = rows.filter(below((scope.path,), "scope__"))
    if closed:
        end = moment or actor.now
        rows = rows.filter(closed_at__lte=end)
        if end.year > dt.MINYEAR:
            rows = rows.filter(closed_at__gt=end - dt.timedelta(days=LOOK_BACK))
    elif moment is None:
        rows = rows.filter(closed_at__isnull=True)
    else:
        rows = rows.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=moment), opened_at__lte=moment)
    if severity in Severity.values:
        rows = rows.filter(severity=severity)
    if serves:
        rows = rows.filter(check_name__in=checks_serving(serves))
    for word in text.split():
        rows = rows.filter(Q(label__icontains=word) | Q(owner__name__icontains=word))
    return rows


def wanted(asked: Asked, actor: Actor, on: Stages, scope: Scope | None = None) -> QuerySet[Finding]:
    """Return what is asked for of the exceptions below a node, in its order, with what a line shows."""
    rows = exceptions(
        actor,
        scope=scope,
        severity=asked.severity,
        serves=asked.serves,
        text=asked.text,
        moment=on.moment,
        closed=asked.tab == "closed",
    )
    if asked.stage:
        rows = rows.filter(on.condition(asked.stage))
    return part(rows, asked.tab, actor, on, asked.sort)


def may_see(actor: Actor) -> bool:
    """Tell whether the actor may see some record that is looked at, and so what is wrong with it."""
    return any(actor.can("view", kind) for kind in {check.subject for check in checks.values()})


def _condition(tab: str, actor: Actor, on: Stages) -> Q:
    return {
        "mine": on.awake & (Q(owner=actor.user) | on.held_by(actor.user)),
        "unowned": on.awake & Q(owner__isnull=True),
        "in-hand": on.condition(Stage.IN_HAND),
        "overdue": on.awake & Q(due_on__lt=on.on),
        "accepted": on.accepted,
        "closed": Q(closed_at__isnull=False),
    }.get(tab, on.awake)


def tabs(rows: QuerySet[Finding], actor: Actor, on: Stages, closed: QuerySet[Finding] | None = None) -> list[Tab]:
    """Return the parts of the list with their counts: of what is open in one query, of what has closed in another."""
    open_tabs = [(key, label) for key, label in TABS if key != "closed"]
    counts = rows.order_by().aggregate(
        **{key.replace("-", "_"): Count("pk", filter=_condition(key, actor, on)) for key, _label in open_tabs}
    )
    found = [Tab(key, label, counts[key.replace("-", "_")]) for key, label in open_tabs]
    if closed is not None:
        found.append(Tab("closed", dict(TABS)["closed"], closed.count()))
    return found


def part(rows: QuerySet[Finding], tab: str, actor: Actor, on: Stages, sort: str = "") -> QuerySet[Finding]:
    """Return one part of the list, worst first or as sorted, what is empty last, with what a line shows."""
    related = ("owner", "scope", "handling__acknowledged_by", "handling__hand_by", "handling__accepted_by")
    found = rows.filter(_condition(tab, actor, on)).select_related(*related)
    if not sort:
        return found.order_by(*(("-closed_at",) if tab == "closed" else ORDERS["severity"]), "pk")
    turned = sort.startswith("-")
    terms = []
    for name in ORDERS[sort.removeprefix("-")]:
        term = F(name.removeprefix("-"))
        down = name.startswith("-") != turned
        terms.append(term.desc(nulls_last=True) if down else term.asc(nulls_last=True))
    return found.order_by(*terms, "pk")


def lines(findings: Sequence[Finding], actor: Actor, on: Stages) -> list[Line]:
    """Put exceptions into lines."""
    day = on.on
    said = remarks(findings, on.moment or actor.now)
    found = []
    for finding in findings:
        stage, words, late = state_of(finding, on)
        closed = finding.closed_at if finding.closed_at is not None and _gone(finding, on, actor) else None
        found.append(
            Line(
                finding=finding,
                mark=MARKS[Severity(finding.severity)],
                serves=serves(finding),
                owner=_("you")
                if finding.owner is not None and finding.owner == actor.user
                else str(finding.owner or ""),
                age=max(0, ((clock.local_date(closed) if closed else day) - clock.local_date(finding.opened_at)).days),
                due=due_text(finding.due_on, day) if finding.due_on else "",
                late=finding.due_on is not None and finding.due_on < day,
                remedy=remedy_of(finding, actor),
                remark="" if closed or stage == Stage.ACCEPTED else said.get(finding.pk, ""),
                stage=_("Closed") if closed else str(stage.label),
                stage_key="closed" if closed else str(stage),
                tone="plain" if closed else Stage.tones()[stage],
                said=date_text(clock.local_date(closed), day) if closed else words,
                said_late=late and not closed,
            )
        )
    return found


def _gone(finding: Finding, on: Stages, actor: Actor) -> bool:
    return finding.closed_at is not None and finding.closed_at <= (on.moment or actor.now)


def state_of(finding: Finding, on: Stages) -> tuple[Stage, str, bool]:
    """Return the state of an exception, what was said with it in words, and whether a promise is past its day."""
    handling, stage, day = on.of(finding), on.stage(finding), on.on
    if handling is None or stage == Stage.FOUND:
        if handling is not None and handling.accepted_until is not None and handling.accepted_until <= day:
            return stage, _("was accepted until %(day)s") % {"day": date_text(handling.accepted_until, day)}, False
        return stage, "", False
    if stage == Stage.ACKNOWLEDGED:
        return stage, _("by %(name)s") % {"name": handling.acknowledged_by or _("somebody")}, False
    if stage == Stage.IN_HAND:
        values = {"name": handling.hand_by or _("nobody"), "day": date_text(handling.hand_until, day)}
        late = handling.hand_until is not None and handling.hand_until < day
        return stage, _("by %(day)s, %(name)s") % values, late
    values = {"day": date_text(handling.accepted_until, day), "reason": handling.reason}
    return stage, _("until %(day)s, “%(reason)s”") % values, False


def serves(finding: Finding) -> str:
    """Return what a check serves by its title in the catalogue; where none has it, the name that the check gives."""
    served = served_by(finding.check_name)
    return str(served.title) if served is not None else finding.function

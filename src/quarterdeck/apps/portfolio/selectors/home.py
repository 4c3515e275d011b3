"""What the home page of an initiative shows: its place, its parts, who holds what, what is wrong and what waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet, Window

from quarterdeck.apps.organisation.choices import Authority
from quarterdeck.apps.organisation.models import Office
from quarterdeck.apps.organisation.selectors import office_service_for
from quarterdeck.apps.people.models import Person, Role, RoleAssignment
from quarterdeck.apps.people.selectors.roles import held
from quarterdeck.apps.portfolio.choices import SPONSOR
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.selectors.roles import LEADING, Leads, manager_role
from quarterdeck.apps.portfolio.selectors.tree import Node, find, grow, tree_as_of
from quarterdeck.kernel.access.actor import LEVEL, Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import below, scopes_below, visible
from quarterdeck.kernel.approvals.models import Approval
from quarterdeck.kernel.approvals.models import State as ApprovalState
from quarterdeck.kernel.approvals.selectors import approvals_on
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.selectors import open_findings, visible_findings
from quarterdeck.kernel.watch.stages import stages

#: Findings listed on the page; the others are counted.
FINDINGS = 8


@dataclass(frozen=True)
class Place:
    """An initiative in its tree: what it is part of, topmost first, and its node with all below."""

    record: Initiative
    above: list[Initiative]
    node: Node


@dataclass(frozen=True)
class Served:
    """The office that serves an initiative, and the authority it has there ("" where none is stated)."""

    office: Office | None = None
    authority: str = ""


@dataclass
class Roles:
    """Who holds which role at an initiative, sponsor and manager of it and its parts, and the gaps."""

    held: list[RoleAssignment] = field(default_factory=list)
    leads: dict[int, Leads] = field(default_factory=dict)
    gaps: list[Role] = field(default_factory=list)


@dataclass(frozen=True)
class Findings:
    """The worst open findings at an initiative and below, and how many there are."""

    shown: Sequence[Finding]
    total: int = 0
    high: int = 0


def place_of(code: str, *, actor: Actor, on: dt.date, moment: dt.datetime | None = None) -> Place | None:
    """Return an initiative that the actor may see, in its tree; as known at a moment, or now in two queries."""
    if moment is not None:
        nodes = tree_as_of(moment, actor=actor, on=on)
        found = next((node for top in nodes for node in top.walk() if node.record.code == code), None)
        return None if found is None else Place(found.record, _above(nodes, found.record), found)
    rows = visible(Initiative.objects.all(), actor).select_related(
        "scope", "currency", "unit__scope", "office", "parent__scope"
    )
    record = rows.filter(code=code).first()
    if record is None:
        return None
    path = record.scope.path
    above = [path[:end] for end in range(LEVEL, len(path), LEVEL)]
    # Not the record itself, so that the page shows one state of it even when it changes between the queries.
    family = rows.filter(Q(scope__path__in=above) | below((path,), "scope__")).exclude(pk=record.pk)
    nodes = grow([record, *family], actor=actor, on=on)
    node = find(nodes, record.pk) or Node(record)
    return Place(record, _above(nodes, record), node)


def _above(nodes: list[Node], record: Initiative) -> list[Initiative]:
    known = {node.record.pk: node.record for top in nodes for node in top.walk()}
    found: list[Initiative] = []
    parent = known.get(record.parent_id or 0)
    while parent is not None:
        found.insert(0, parent)
        parent = known.get(parent.parent_id or 0)
    return found


def served_by(record: Initiative, *, on: dt.date) -> Served:
    """Return the office of an initiative with its authority; one query where it names none."""
    if record.office_id is not None and record.office is not None:
        return Served(record.office, str(Authority(record.office.authority).label) if record.office.authority else "")
    service = office_service_for(record.scope, on)
    if service is None:
        return Served()
    return Served(service.office, str(Authority(service.office.authority).label) if service.office.authority else "")


def roles_around(node: Node, *, on: dt.date) -> Roles:
    """Return the roles held at an initiative on a day, and the leading ones of its parts, in one query.

    A second one names the leading roles that nobody holds, where there are such.
    """
    record = node.record
    by_scope = {one.record.scope_id: one.record for one in node.walk()}
    rows = held(on).filter(Q(scope=record.scope_id) | Q(scope__in=list(by_scope), role__code__in=LEADING))
    found = Roles()
    at: dict[int, dict[str, Person]] = {}
    for row in rows.order_by("role__position", "role__name", "starts_on", "pk"):
        at.setdefault(row.scope_id, {}).setdefault(row.role.code, row.person)
        if row.scope_id == record.scope_id:
            found.held.append(row)
    found.held.sort(key=lambda row: row.role.code not in LEADING)
    for scope_id, one in by_scope.items():
        roles = at.get(scope_id, {})
        found.leads[one.pk] = Leads(roles.get(SPONSOR), roles.get(manager_role(one)))
    wanted = {SPONSOR, manager_role(record)} - at.get(record.scope_id, {}).keys()
    found.gaps = list(Role.objects.filter(code__in=wanted).order_by("position")) if wanted else []
    return found


def findings_below(scope: Scope, *, actor: Actor, moment: dt.datetime | None = None) -> Findings:
    """Return what is open at a node and below, worst first, in one query; at a moment, what was open then."""
    rows = open_findings(actor, scope=scope) if moment is None else _open_then(scope, actor, moment)
    counted = rows.annotate(
        total=Window(Count("pk")),
        high=Window(Count("pk", filter=Q(rank=0))),
    ).order_by("rank", F("due_on").asc(nulls_last=True), "opened_at", "pk")
    shown = list(counted[:FINDINGS])
    if not shown:
        return Findings([])
    return Findings(shown, vars(shown[0])["total"], vars(shown[0])["high"])


def _open_then(scope: Scope, actor: Actor, moment: dt.datetime) -> QuerySet[Finding]:
    known = visible_findings(actor).filter(opened_at__lte=moment, scope__in=scopes_below((scope.path,)).values("pk"))
    standing = Q(closed_at__isnull=True) | Q(closed_at__gt=moment)
    return known.filter(standing, stages(actor, moment).awake).select_related("owner", "scope", "handling")


def approvals_waiting(record: Initiative, *, actor: Actor, moment: dt.datetime | None = None) -> list[Approval]:
    """Return the approvals about an initiative that wait for answers, or waited at a moment."""
    rows = approvals_on(record, actor=actor)
    if moment is None:
        return list(rows.filter(state=ApprovalState.WAITING))
    undecided = Q(decided_at__isnull=True) | Q(decided_at__gt=moment)
    return list(rows.filter(undecided, requested_at__lte=moment))

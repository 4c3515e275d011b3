"""Findings, as far as the actor may see what they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import record_type, scopes_below
from quarterdeck.kernel.notifications.messages import Text
from quarterdeck.kernel.watch.checks import checks
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.stages import awake


def is_reference(kind: str) -> bool:
    """Tell whether records of a type belong to no node: whoever may view them anywhere sees them all."""
    return not getattr(apps.get_model(kind), "row_scope", ())


def untold(actor: Actor) -> Q:
    """Return the condition of findings that tell of fields of a sensitive class which is closed to the actor there."""
    names: dict[tuple[str, str], list[str]] = defaultdict(list)
    for known in checks.values():
        if known.tells[0]:
            names[known.tells].append(known.name)
    condition = Q(pk__in=())
    for (field_class, kind), of_class in names.items():
        openings = actor.openings(field_class, kind)
        if openings != ("",):
            open_ = Q(scope__in=scopes_below(openings).values("pk"))
            condition |= Q(check_name__in=of_class) & ~open_
    return condition


def tells(actor: Actor, check_name: str, paths: Iterable[str]) -> bool:
    """Tell whether the actor may read of what a check finds about a record that one of the paths governs."""
    known = checks.get(check_name)
    return known is not None and (not known.tells[0] or actor.sees(*known.tells, paths))


def by_paths(actor: Actor, action: str, kinds: Iterable[str]) -> dict[tuple[str, ...], list[str]]:
    """Return the kinds of records on which an actor may do something, by the paths at and below which that is.

    Most rights are given for all kinds alike: a condition by group stays short however many kinds there are.
    """
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for kind in kinds:
        if paths := actor.paths(action, kind):
            found[paths].append(kind)
    return found


def visible_findings(actor: Actor) -> QuerySet[Finding]:
    """Return the findings, open or closed, about records that the actor may see at their nodes, and the actor's own."""
    kinds = sorted({check.subject for check in checks.values()})
    condition = Q(pk__in=())
    for paths, there in by_paths(actor, "view", kinds).items():
        if paths == ("",):
            condition |= Q(record_type__in=there)
            continue
        reference = [kind for kind in there if is_reference(kind)]
        placed = [kind for kind in there if not is_reference(kind)]
        condition |= Q(record_type__in=reference, scope__isnull=True)
        condition |= Q(record_type__in=placed, scope__in=scopes_below(paths).values("pk"))
    condition &= ~untold(actor)
    if actor.user is not None and actor.limits is None:
        condition |= Q(owner=actor.user)
    return Finding.objects.filter(condition)


def open_findings(actor: Actor, *, scope: Scope | None = None, accepted: bool = False) -> QuerySet[Finding]:
    """Return the open findings that the actor may see, worst first, below `scope`; `accepted` adds those lived with."""
    found = visible_findings(actor).filter(closed_at__isnull=True).select_related("owner", "scope", "handling")
    if scope is not None:
        found = found.filter(scope__in=scopes_below((scope.path,)).values("pk"))
    if not accepted:
        found = found.filter(awake(actor.today))
    return found


def findings_on(record: models.Model, *, actor: Actor) -> QuerySet[Finding]:
    """Return the open findings about one record that the actor may see."""
    return open_findings(actor, accepted=True).filter(record_type=record_type(record), record_id=record.pk)


@dataclass(frozen=True)
class Remedy:
    """What the actor can do about a finding, and where: put it right, or look at the record."""

    label: Text
    url: str
    mends: bool


def remedy_of(finding: Finding, actor: Actor) -> Remedy:
    """Return what the actor may do about a finding; its node must be at hand."""
    known = checks.get(finding.check_name)
    path = finding.scope.path if finding.scope is not None else None
    if known is not None and not actor.read_only:
        action, kind = known.needs
        if actor.can(action, kind, path) if path is not None else actor.can_everywhere(action, kind):
            return Remedy(known.remedy, finding.url or finding.address, mends=True)
    return Remedy(_("Open"), finding.address, mends=False)

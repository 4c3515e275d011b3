"""Evaluate one check: look at the facts in one query, write the differences in a few statements."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import record_type
from quarterdeck.kernel.notifications.messages import pack, source
from quarterdeck.kernel.watch.checks import Check, Fact, Severity
from quarterdeck.kernel.watch.models import Evaluation, Finding

#: Rows per statement.
BATCH = 500
RANKS = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2}
#: What a fact states, and what is written again when it states something else.
STATED = (
    "severity",
    "rank",
    "label",
    "url",
    "message",
    "values",
    "scope_id",
    "owner_id",
    "due_on",
    "cost_of_waiting",
)
Identity = tuple[str, int, str]


@dataclass(frozen=True)
class Outcome:
    """How many facts stand, and how many findings were opened, reopened, changed and closed."""

    facts: int = 0
    opened: int = 0
    reopened: int = 0
    changed: int = 0
    closed: int = 0


def evaluate(check: Check, *, actor: Actor, ids: set[int] | None = None) -> Outcome:
    """Evaluate a check for the subjects with these ids, or as a whole, and bring its findings up to date.

    Doing it again changes nothing. Raises what the check's function raises, and TypeError for a fact about something
    else than its subject; then nothing is written.
    """
    began = time.monotonic()
    with transaction.atomic():
        _turn(check, actor)
        facts = {_identity(check, fact): fact for fact in check.find(now=actor.now, ids=ids)}
        if ids is not None:
            facts = {identity: fact for identity, fact in facts.items() if identity[1] in ids}
        outcome = _settle(check, facts, ids, actor)
        if ids is None:
            Evaluation.objects.filter(check_name=check.name).update(
                at=actor.now, facts=len(facts), seconds=time.monotonic() - began
            )
    return outcome


def _turn(check: Check, actor: Actor) -> None:
    """Wait until nobody else evaluates this check: two at once could each miss what the other wrote."""
    Evaluation.objects.get_or_create(check_name=check.name, defaults={"at": actor.now, "facts": 0, "seconds": 0.0})
    Evaluation.objects.select_for_update().get(check_name=check.name)


def _identity(check: Check, fact: Fact) -> Identity:
    kind = record_type(fact.record)
    if kind != check.subject:
        raise TypeError(f"The check {check.name} states a fact about {kind}; its subject is {check.subject}.")
    return kind, fact.record.pk, fact.key


def _settle(check: Check, facts: dict[Identity, Fact], ids: set[int] | None, actor: Actor) -> Outcome:
    known = {(f.record_type, f.record_id, f.key): f for f in _stored(check, facts, ids)}
    scopes = _scopes(fact.record for fact in facts.values())
    fresh: list[Finding] = []
    differing: list[Finding] = []
    standing: list[int] = []
    reopened = 0
    for identity, fact in facts.items():
        stated = _stated(check, fact, scopes)
        finding = known.pop(identity, None)
        if finding is None:
            fresh.append(_opened(check, identity, stated, actor))
            continue
        standing.append(finding.pk)
        if finding.closed_at is not None:
            _reopen(finding, actor)
            reopened += 1
        elif all(getattr(finding, name) == value for name, value in stated.items()):
            continue
        for name, value in stated.items():
            setattr(finding, name, value)
        differing.append(finding)
    gone = [finding.pk for finding in known.values() if finding.closed_at is None]
    _write(fresh, differing, standing, gone, actor)
    return Outcome(len(facts), len(fresh), reopened, len(differing) - reopened, len(gone))


def _stored(check: Check, facts: dict[Identity, Fact], ids: set[int] | None) -> list[Finding]:
    """Return what is open of the part looked at, and what is closed but found again."""
    mine = Finding.objects.filter(check_name=check.name)
    found = {finding.pk: finding for finding in _narrowed(mine.filter(closed_at__isnull=True), ids)}
    pks = {pk for _type, pk, _key in facts}
    for finding in _narrowed(mine.filter(closed_at__isnull=False), pks):
        if (finding.record_type, finding.record_id, finding.key) in facts:
            found[finding.pk] = finding
    return list(found.values())


def _narrowed(findings: models.QuerySet[Finding], ids: set[int] | None) -> Iterable[Finding]:
    if ids is None:
        yield from findings
        return
    wanted = sorted(ids)
    for start in range(0, len(wanted), BATCH):
        yield from findings.filter(record_id__in=wanted[start : start + BATCH])


def _scopes(records: Iterable[models.Model]) -> dict[tuple[str, int], int | None]:
    """Return the node that governs each record, by one query per model and batch."""
    wanted: dict[type[models.Model], list[int]] = defaultdict(list)
    for record in records:
        wanted[type(record)].append(record.pk)
    found: dict[tuple[str, int], int | None] = {}
    for model, pks in wanted.items():
        paths: tuple[str, ...] = getattr(model, "row_scope", ())
        if not paths:
            continue
        for start in range(0, len(pks), BATCH):
            rows = model._default_manager.filter(pk__in=pks[start : start + BATCH]).values_list("pk", *paths)
            for pk, *scopes in rows:
                found[record_type(model), pk] = next((scope for scope in scopes if scope is not None), None)
    return found


def _stated(check: Check, fact: Fact, scopes: dict[tuple[str, int], int | None]) -> dict[str, Any]:
    return {
        "severity": str(check.severity),
        "rank": RANKS[check.severity],
        "label": str(fact.record)[:300],
        "url": fact.url,
        "message": source(fact.message)[:300],
        "values": pack(fact.values),
        "scope_id": scopes.get((record_type(fact.record), fact.record.pk)),
        "owner_id": fact.owner_user.pk if fact.owner_user else None,
        "due_on": fact.due_on,
        "cost_of_waiting": fact.cost_of_waiting,
    }


def _opened(check: Check, identity: Identity, stated: dict[str, Any], actor: Actor) -> Finding:
    kind, pk, key = identity
    seen = {"first_seen": actor.now, "opened_at": actor.now, "last_seen": actor.now}
    return Finding(check_name=check.name, record_type=kind, record_id=pk, key=key, **seen, **stated)


def _reopen(finding: Finding, actor: Actor) -> None:
    """Open again: what people said about the earlier time does not hold for this one."""
    finding.closed_at, finding.opened_at = None, actor.now
    finding.reopened += 1
    finding.handling = None


def _write(fresh: list[Finding], differing: list[Finding], standing: list[int], gone: list[int], actor: Actor) -> None:
    Finding.objects.bulk_create(fresh, batch_size=BATCH)
    fields = [
        *(name.removesuffix("_id") for name in STATED),
        *("closed_at", "opened_at", "reopened", "handling"),
    ]
    if differing:
        Finding.objects.bulk_update(differing, fields, batch_size=BATCH)
    for start in range(0, len(standing), BATCH):
        Finding.objects.filter(pk__in=standing[start : start + BATCH]).update(last_seen=actor.now)
    for start in range(0, len(gone), BATCH):
        Finding.objects.filter(pk__in=gone[start : start + BATCH]).update(closed_at=actor.now)

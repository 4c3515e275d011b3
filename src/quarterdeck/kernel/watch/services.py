"""What people say of exceptions: seen, in hand with someone by a day, lived with until a day, or taken back.

The right to it is no role's: it is the owner's, and whoever's may change the record that the exception is about.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.pointers import model_of
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.notifications.kinds import Channel, kind
from quarterdeck.kernel.notifications.messages import pack, render, source
from quarterdeck.kernel.notifications.services import notify
from quarterdeck.kernel.records.beside import note_beside_many
from quarterdeck.kernel.watch.checks import Severity
from quarterdeck.kernel.watch.models import Finding, Handling, Stage
from quarterdeck.kernel.watch.selectors import open_findings, visible_findings
from quarterdeck.kernel.watch.stages import stages

#: Days for which an exception can be accepted at most, by its severity, and within which it is to be put right.
LIMIT = {Severity.HIGH: 90, Severity.MEDIUM: 180, Severity.LOW: 365}
SOONEST = 365
#: The name under which the history of the record keeps what was said of its exceptions, and what can be said.
BESIDE = "findings"
SEEN, TAKEN, LATER, AGAIN = "seen", "taken", "later", "again"

IN_HAND = kind(
    "watch.in_hand",
    title=gettext_lazy("Exceptions given to me"),
    message=gettext_lazy("%(actor)s put in your hands, to be put right by %(until)s: %(record)s"),
    channel=Channel.DIGEST,
)
REOPENED = kind(
    "watch.acceptance_ended",
    title=gettext_lazy("Accepted exceptions open again"),
    message=gettext_lazy("Accepted until today, open again: %(record)s"),
    channel=Channel.DIGEST,
)


class Verb(models.TextChoices):
    """What can be said of an exception."""

    ACKNOWLEDGE = "acknowledge", gettext_lazy("Acknowledge")
    TAKE = "take", gettext_lazy("Take in hand")
    ACCEPT = "accept", gettext_lazy("Accept")
    BACK = "back", gettext_lazy("Take back")


#: What can be said in which state.
OFFERED: dict[Stage, tuple[Verb, ...]] = {
    Stage.FOUND: (Verb.ACKNOWLEDGE, Verb.TAKE, Verb.ACCEPT),
    Stage.ACKNOWLEDGED: (Verb.TAKE, Verb.ACCEPT, Verb.BACK),
    Stage.IN_HAND: (Verb.TAKE, Verb.ACCEPT, Verb.BACK),
    Stage.ACCEPTED: (Verb.ACCEPT, Verb.BACK),
}


@dataclass(frozen=True)
class Said:
    """One thing said: `by` and `until` of what is taken in hand, `until` and `reason` of what is accepted."""

    verb: Verb
    by: User | None = None
    until: dt.date | None = None
    reason: str = ""


def may_handle(finding: Finding, *, actor: Actor) -> bool:
    """Tell whether the actor may speak for a finding: its owner, or whoever may change the record that it is about."""
    if actor.read_only or actor.user is None:
        return False
    if actor.limits is None and finding.owner_id == actor.user.pk:
        return True
    if finding.scope is None:
        return actor.can_everywhere("change", finding.record_type)
    return actor.can("change", finding.record_type, finding.scope.path)


def offered(finding: Finding, *, actor: Actor) -> tuple[Verb, ...]:
    """Return what the actor may say of a finding now; its node and handling must be at hand."""
    if not finding.is_open or not may_handle(finding, actor=actor):
        return ()
    return OFFERED[stages(actor).stage(finding)]


def refusals(findings: Iterable[Finding], said: Said, *, actor: Actor) -> dict[int, str]:
    """Return why something cannot be said of some findings, by their ids; nothing stands against it: left out."""
    rows = list(findings)
    shared = _shared(said, actor)
    unseen: set[int] = set()
    if said.verb == Verb.TAKE and said.by is not None and said.by != actor.user:
        theirs = visible_findings(Actor(user=said.by, now=actor.now)).filter(pk__in=[row.pk for row in rows])
        unseen = {row.pk for row in rows} - set(theirs.values_list("pk", flat=True))
    found = {row.pk: shared or _refusal(row, said, actor, unseen) for row in rows}
    return {pk: text for pk, text in found.items() if text}


def _shared(said: Said, actor: Actor) -> str:
    """Return what stands against something whatever it is said of."""
    if said.verb == Verb.TAKE:
        if said.by is None or not said.by.is_active:
            return _("Say who takes it in hand.")
        if said.until is None or not actor.today <= said.until <= actor.today + dt.timedelta(days=SOONEST):
            return _("Choose a day from today on and within a year.")
    if said.verb == Verb.ACCEPT:
        if not said.reason.strip():
            return _("Say why it can be lived with.")
        if said.until is None or said.until <= actor.today:
            return _("Choose a day after today.")
    return ""


def _refusal(finding: Finding, said: Said, actor: Actor, unseen: set[int]) -> str:
    if not finding.is_open:
        return _("It is closed.")
    if not may_handle(finding, actor=actor):
        return _("Only the owner, or someone who may change the record, can do this.")
    stage = stages(actor).stage(finding)
    if said.verb not in OFFERED[stage]:
        return _("It is %(state)s; that cannot be done now.") % {"state": str(stage.label).lower()}
    if finding.pk in unseen:
        return _("%(name)s may not see it.") % {"name": said.by}
    limit = LIMIT[Severity(finding.severity)]
    if said.verb == Verb.ACCEPT and said.until is not None and said.until > actor.today + dt.timedelta(days=limit):
        words = {"severity": finding.get_severity_display().lower(), "days": limit}
        return _("Of %(severity)s severity it can be accepted for %(days)s days at most.") % words
    return ""


@transaction.atomic
def say(*, findings: Sequence[Finding], said: Said, actor: Actor) -> uuid.UUID:
    """Say something of open exceptions, of all or of none; return the batch by which Undo takes it back.

    The history of each record tells it too. Raises AccessDenied for what the actor does not see or may not speak for,
    ValidationError for what cannot be said.
    """
    rows = open_findings(actor, accepted=True).select_for_update(of=("self",))
    found = list(rows.filter(pk__in={row.pk for row in findings}).order_by("pk"))
    if len(found) != len({row.pk for row in findings}) or not all(may_handle(row, actor=actor) for row in found):
        raise AccessDenied(_("Only the owner, or someone who may change the record, can do this."))
    if against := refusals(found, said, actor=actor):
        raise ValidationError(sorted(set(against.values())))
    batch: uuid.UUID = actor.batch or uuid.uuid4()
    acting = replace(actor.by(actor.via, batch), unlimited=True)
    handlings = _handlings(found, actor)
    for handling in handlings:
        _set(handling, said, actor)
    records.save_many(handlings, actor=acting, note=said.reason.strip())
    _note(found, _told(said), actor)
    if said.verb == Verb.TAKE and said.by is not None and said.until is not None:
        _tell(IN_HAND, said.by, found, actor, until=said.until)
    return batch


def _handlings(findings: Sequence[Finding], actor: Actor) -> list[Handling]:
    """Return the handling of each, begun where nothing was said yet.

    It is begun by Quarterdeck in an act of its own: what a person says changes it, and Undo takes that back.
    """
    fresh = [row for row in findings if row.handling is None]
    begun = [Handling(finding=row) for row in fresh]
    records.save_many(begun, actor=Actor.system(now=actor.now))
    for row, handling in zip(fresh, begun, strict=True):
        row.handling = handling
    Finding.objects.bulk_update(fresh, ["handling"], batch_size=500)
    # As stored: what was begun has its version and node from there.
    return list(Handling.objects.select_related("finding").filter(pk__in=[row.handling_id for row in findings]))


def _set(handling: Handling, said: Said, actor: Actor) -> None:
    if said.verb != Verb.BACK and handling.acknowledged_at is None:
        handling.acknowledged_by, handling.acknowledged_at = actor.user, actor.now
    if said.verb == Verb.ACKNOWLEDGE:
        handling.stage = Stage.ACKNOWLEDGED
    elif said.verb == Verb.TAKE:
        handling.stage, handling.hand_by, handling.hand_until = Stage.IN_HAND, said.by, said.until
    elif said.verb == Verb.ACCEPT:
        handling.stage, handling.reason = Stage.ACCEPTED, said.reason.strip()[:300]
        handling.accepted_by, handling.accepted_at, handling.accepted_until = actor.user, actor.now, said.until
    else:
        handling.stage, handling.reason = Stage.FOUND, ""
        handling.acknowledged_by = handling.hand_by = handling.accepted_by = None
        handling.acknowledged_at = handling.accepted_at = None
        handling.hand_until = handling.accepted_until = None


def _told(said: Said) -> dict[str, str]:
    if said.verb == Verb.TAKE and said.until is not None:
        return {"said": TAKEN, "who": str(said.by), "until": said.until.isoformat()}
    if said.verb == Verb.ACCEPT and said.until is not None:
        return {"said": LATER, "until": said.until.isoformat(), "reason": said.reason.strip()[:300]}
    return {"said": SEEN if said.verb == Verb.ACKNOWLEDGE else AGAIN}


def _note(findings: Sequence[Finding], told: Mapping[str, str], actor: Actor) -> None:
    """Leave in the history of the records what was said of their exceptions."""
    of_type: dict[str, list[Finding]] = defaultdict(list)
    for row in findings:
        of_type[row.record_type].append(row)
    for kind_, rows in of_type.items():
        model = model_of(kind_)
        # A record may be named by what it refers to.
        named = [field.name for field in model._meta.concrete_fields if field.many_to_one] if model else []
        known = model._default_manager.select_related(*named) if model else None
        stored: Mapping[int, Any] = known.in_bulk([row.record_id for row in rows]) if known is not None else {}
        by_record: dict[int, list[dict[str, str]]] = defaultdict(list)
        for row in rows:
            if row.record_id in stored:
                by_record[row.record_id].append({"check": row.check_name, "title": source(row.title), **told})
        note_beside_many([(stored[pk], {BESIDE: words}) for pk, words in by_record.items()], actor=actor)


def _tell(what: Any, user: User, findings: Sequence[Finding], actor: Actor, until: dt.date | None = None) -> None:
    first, more = findings[0], len(findings) - 1
    label = _("%(record)s and %(n)s more") % {"record": first.label, "n": more} if more else first.label
    values = {"record": label, **({"until": until} if until else {})}
    notify([user], kind=what, actor=actor, values=values, url="/exceptions/?show=mine" if more else first.page)


def written(record: Handling, *, actor: Actor, note: str = "") -> Any:
    """Set a handling back, as Undo does. Raises ValidationError once the exception closed, AccessDenied."""
    finding = Finding.objects.select_related("scope").filter(handling=record.pk).first()
    if finding is None or not finding.is_open:
        raise ValidationError(_("The exception has closed meanwhile."))
    if not actor.unlimited and not may_handle(finding, actor=actor):
        raise AccessDenied(_("Only the owner, or someone who may change the record, can do this."))
    change = records.save(record, actor=replace(actor, unlimited=True), note=note)
    _note([finding], {"said": AGAIN}, actor)
    return change


@transaction.atomic
def reopen_accepted(*, actor: Actor) -> int:
    """Open again what was accepted until today or before, and tell those who own it; return how many."""
    over = Handling.objects.filter(stage=Stage.ACCEPTED, accepted_until__lte=actor.today)
    rows = Finding.objects.filter(closed_at__isnull=True, handling__in=over)
    found = list(rows.select_related("owner", "scope", "handling__accepted_by").order_by("rank", "due_on", "pk"))
    handlings = [row.handling for row in found if row.handling is not None]
    for handling in handlings:
        handling.stage = Stage.FOUND
    records.save_many(handlings, actor=actor, note=_("The time for which it was accepted is over."))
    told: dict[User, list[Finding]] = defaultdict(list)
    for row in found:
        user = row.owner or (row.handling.accepted_by if row.handling is not None else None)
        if user is not None:
            told[user].append(row)
    for user, theirs in told.items():
        seen = set(visible_findings(Actor(user=user, now=actor.now)).filter(handling__in=handlings).values_list("pk"))
        if may_see := [row for row in theirs if (row.pk,) in seen]:
            _tell(REOPENED, user, may_see, actor)
    return len(found)


def acknowledge(*, finding: Finding, actor: Actor) -> uuid.UUID:
    """Say that it is seen; see `say`."""
    return say(findings=[finding], said=Said(Verb.ACKNOWLEDGE), actor=actor)


def take_in_hand(*, finding: Finding, by: User, until: dt.date, actor: Actor) -> uuid.UUID:
    """Say who puts it right, by when; see `say`."""
    return say(findings=[finding], said=Said(Verb.TAKE, by=by, until=until), actor=actor)


def accept(*, finding: Finding, until: dt.date, reason: str, actor: Actor) -> uuid.UUID:
    """Say that it is lived with until a day, for a reason; see `say`."""
    return say(findings=[finding], said=Said(Verb.ACCEPT, until=until, reason=reason), actor=actor)


def take_back(*, finding: Finding, actor: Actor) -> uuid.UUID:
    """Say that what was said does not hold any more; see `say`."""
    return say(findings=[finding], said=Said(Verb.BACK), actor=actor)


def said_in_words(told: Mapping[str, str]) -> str:
    """Return in words, as they go on after who said it, what the history keeps of what was said about a finding."""
    values = {"title": render(told["title"], {})}
    if told["said"] in (LATER, TAKEN):
        day = {"until": dt.date.fromisoformat(told["until"])}
        if told["said"] == TAKEN:
            return render(
                _("put in the hands of %(who)s until %(until)s: %(title)s"), pack({**values, **day, "who": told["who"]})
            )
        return render(
            _("accepted until %(until)s: %(title)s, “%(reason)s”"), pack({**values, **day, "reason": told["reason"]})
        )
    texts = {SEEN: _("acknowledged: %(title)s"), AGAIN: _("took back what was said of: %(title)s")}
    return texts[told["said"]] % values

"""What people say about a finding: seen, or later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.pointers import model_of
from quarterdeck.kernel.access.policy import AccessDenied
from quarterdeck.kernel.notifications.messages import pack, render, source
from quarterdeck.kernel.records.beside import note_beside
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.selectors import open_findings

#: Days for which a finding can be put off at most.
LONGEST = 365
#: The name under which the history keeps what was said of findings, and what can be said.
BESIDE = "findings"
SEEN, LATER, AGAIN = "seen", "later", "again"


def may_handle(finding: Finding, *, actor: Actor) -> bool:
    """Tell whether the actor may speak for a finding: its owner, or whoever may change the record that it is about."""
    if actor.read_only or actor.user is None:
        return False
    if actor.limits is None and finding.owner_id == actor.user.pk:
        return True
    if finding.scope is None:
        return actor.can_everywhere("change", finding.record_type)
    return actor.can("change", finding.record_type, finding.scope.path)


def _handled(finding: Finding, actor: Actor) -> Finding:
    found = open_findings(actor, put_off=True).select_for_update(of=("self",)).filter(pk=finding.pk).first()
    if found is None or not may_handle(found, actor=actor):
        raise AccessDenied(_("Only the owner, or someone who may change the record, can do this."))
    return found


def _note(finding: Finding, said: str, actor: Actor, **more: str) -> None:
    """Leave in the history of the record what was said about its finding."""
    model = model_of(finding.record_type)
    record = model._default_manager.filter(pk=finding.record_id).first() if model is not None else None
    if record is not None:
        told = {"check": finding.check_name, "title": source(finding.title), "said": said, **more}
        note_beside(record, actor=actor, before={}, after={BESIDE: [told]})


@transaction.atomic
def acknowledge(*, finding: Finding, actor: Actor) -> Finding:
    """Say that it is seen and being dealt with; the record's history tells it. Raises AccessDenied."""
    found = _handled(finding, actor)
    found.acknowledged_by, found.acknowledged_at = actor.user, actor.now
    found.save(update_fields=["acknowledged_by", "acknowledged_at"])
    _note(found, SEEN, actor)
    return found


@transaction.atomic
def snooze(*, finding: Finding, until: dt.date, reason: str, actor: Actor) -> Finding:
    """Put it off until a date, for a reason; the record's history tells both.

    Raises AccessDenied, or ValidationError for a bad date or no reason.
    """
    errors: dict[str, str] = {}
    if not actor.today < until <= actor.today + dt.timedelta(days=LONGEST):
        errors["until"] = _("Choose a date after today and within a year.")
    if not reason.strip():
        errors["reason"] = _("Say why this can wait.")
    if errors:
        raise ValidationError(errors)
    found = _handled(finding, actor)
    found.snoozed_until, found.snoozed_by, found.reason = until, actor.user, reason.strip()[:300]
    found.save(update_fields=["snoozed_until", "snoozed_by", "reason"])
    _note(found, LATER, actor, until=until.isoformat(), reason=found.reason)
    return found


@transaction.atomic
def wake(*, finding: Finding, actor: Actor) -> Finding:
    """Show a finding that was put off again; the record's history tells it. Raises AccessDenied."""
    found = _handled(finding, actor)
    put_off = found.snoozed_until is not None
    found.snoozed_until, found.snoozed_by, found.reason = None, None, ""
    found.save(update_fields=["snoozed_until", "snoozed_by", "reason"])
    if put_off:
        _note(found, AGAIN, actor)
    return found


def said_in_words(told: Mapping[str, str]) -> str:
    """Return in words, as they go on after who said it, what the history keeps of what was said about a finding."""
    title = render(told["title"], {})
    if told["said"] == LATER:
        values = {"title": title, "until": dt.date.fromisoformat(told["until"]), "reason": told["reason"]}
        return render(_("put off until %(until)s: %(title)s, “%(reason)s”"), pack(values))
    texts = {SEEN: _("took on: %(title)s"), AGAIN: _("took up again: %(title)s")}
    return texts[told["said"]] % {"title": title}

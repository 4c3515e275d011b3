"""What the kernel itself contributes: findings, approvals, mentions, and what one has asked for."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.policy import below
from quarterdeck.kernel.approvals.models import State, Step
from quarterdeck.kernel.approvals.selectors import asked_by, waiting_for
from quarterdeck.kernel.approvals.services import decide, delegate
from quarterdeck.kernel.needs.forms import AcceptForm, DeclineForm, DelegateForm, TakeForm
from quarterdeck.kernel.needs.registry import Figure, Need, Source, Verb, Wait, glance, source, waits
from quarterdeck.kernel.notifications.closing import close
from quarterdeck.kernel.notifications.models import Notification
from quarterdeck.kernel.notifications.services import mark_read, of
from quarterdeck.kernel.ui.components import date_text
from quarterdeck.kernel.watch.checks import Severity, checks
from quarterdeck.kernel.watch.models import Finding, Stage
from quarterdeck.kernel.watch.selectors import by_paths, is_reference, remedy_of, untold, visible_findings
from quarterdeck.kernel.watch.services import Verb as Said
from quarterdeck.kernel.watch.services import accept, acknowledge, offered, take_in_hand
from quarterdeck.kernel.watch.stages import awake

#: The kind of notification by which the house tells those whom a comment mentions.
MENTION = "comments.mention"


def _seen(*, row: Finding, actor: Actor) -> uuid.UUID:
    return acknowledge(finding=row, actor=actor)


def _take(*, row: Finding, actor: Actor, until: dt.date) -> uuid.UUID:
    assert actor.user is not None
    return take_in_hand(finding=row, by=actor.user, until=until, actor=actor)


def _accept(*, row: Finding, actor: Actor, until: dt.date, reason: str) -> uuid.UUID:
    return accept(finding=row, until=until, reason=reason, actor=actor)


#: What the landing page offers to say of an exception, in order.
_SAYING = {"seen": Said.ACKNOWLEDGE, "take": Said.TAKE, "accept": Said.ACCEPT}


@source
class Findings(Source[Finding]):
    """Exceptions that one owns, and those without an owner about what one may change."""

    name, label = "findings", _("Exceptions")
    verbs = {
        "seen": Verb("seen", _("Acknowledge"), _seen, _("%(title)s: acknowledged."), icon="check"),
        "take": Verb("take", _("Take in hand"), _take, _("%(title)s: in hand."), TakeForm, "user-round-check"),
        "accept": Verb("accept", _("Accept"), _accept, _("%(title)s: accepted."), AcceptForm, "hourglass"),
    }

    def rows(self, actor: Actor) -> QuerySet[Finding]:
        """Return the open findings, not accepted, that are the actor's: owned, in hand, or nobody's and his to mend."""
        if actor.user is None:
            return Finding.objects.none()
        kinds = sorted({check.subject for check in checks.values()})
        everywhere = [kind for kind in kinds if is_reference(kind) and actor.can_everywhere("change", kind)]
        may = Q(record_type__in=everywhere, scope__isnull=True)
        for paths, there in by_paths(actor, "change", [kind for kind in kinds if not is_reference(kind)]).items():
            may |= Q(record_type__in=there) & below(paths, "scope__")
        mine = Q(owner=actor.user) | (Q(owner__isnull=True) & may & ~untold(actor))
        given = Q(handling__stage=Stage.IN_HAND, handling__hand_by=actor.user)
        rows = visible_findings(actor).filter(given) | Finding.objects.filter(mine)
        rows = rows.filter(awake(actor.today), closed_at__isnull=True)
        related = ("owner", "scope", "handling__acknowledged_by", "handling__hand_by")
        return rows.select_related(*related).order_by("rank", "due_on", "opened_at", "pk")

    def need(self, row: Finding, actor: Actor) -> Need:
        """Say what is wrong with what."""
        day = date_text(clock.local_date(row.opened_at), actor.today)
        reason = [row.text]
        handling = row.handling
        stage = handling.stage_on(actor.today) if handling is not None else Stage.FOUND
        if handling is not None and stage == Stage.IN_HAND:
            until = date_text(handling.hand_until, actor.today)
            reason.append(_t("In hand with %(name)s until %(day)s.") % {"name": handling.hand_by, "day": until})
        elif handling is not None and stage == Stage.ACKNOWLEDGED:
            reason.append(_t("Acknowledged by %(name)s.") % {"name": handling.acknowledged_by})
        else:
            reason.append(_t("Found %(day)s.") % {"day": day})
        owner = _t("you") if row.owner_id == (actor.user.pk if actor.user else 0) else _t("no owner")
        path = row.scope.path if row.scope else ""
        open_to = actor.sees("money", row.record_type, (path,))
        may_say = offered(row, actor=actor)
        verbs = tuple(name for name, verb in _SAYING.items() if verb in may_say and stage != Stage.IN_HAND)
        remedy = remedy_of(row, actor)
        return Need(
            title=f"{row.label}: {_within(str(row.title))}",
            kind=_("Exception"),
            reason=" ".join(reason),
            url=row.address,
            icon="triangle-alert",
            since=row.opened_at,
            owner=owner,
            due_on=row.due_on,
            severity=row.severity,
            cost_per_day=row.cost_of_waiting if open_to else None,
            verbs=verbs,
            open_label=remedy.label,
            opens=remedy.mends or stage == Stage.FOUND,
            path=path,
            fix=remedy.url,
        )


def _within(title: str) -> str:
    """Return a title as it goes on after a colon."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def _approve(*, row: Step, actor: Actor) -> None:
    decide(step=row, approve=True, actor=actor)


def _decline(*, row: Step, actor: Actor, note: str) -> None:
    decide(step=row, approve=False, note=note, actor=actor)


def _delegate(*, row: Step, actor: Actor, email: str, note: str = "") -> None:
    to = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if to is None:
        raise ValidationError({"email": _t("Nobody signs in with this address.")})
    delegate(step=row, to=to, note=note, actor=actor)


@source
class Approvals(Source[Step]):
    """Decisions asked of one."""

    name, label = "approvals", _("Approvals")
    verbs = {
        "approve": Verb("approve", _("Approve"), _approve, _("%(title)s: approved."), icon="check"),
        "decline": Verb("decline", _("Decline"), _decline, _("%(title)s: declined."), DeclineForm, "x"),
        "delegate": Verb("delegate", _("Delegate"), _delegate, _("%(title)s: passed on."), DelegateForm, "forward"),
    }

    def rows(self, actor: Actor) -> QuerySet[Step]:
        """Return the steps that wait for the actor."""
        return waiting_for(actor)

    def need(self, row: Step, actor: Actor) -> Need:
        """Say who asks for what, and since when."""
        approval = row.approval
        asked = str(approval.requested_by) if approval.requested_by else _t("Quarterdeck")
        day = date_text(clock.local_date(approval.requested_at), actor.today)
        reason = [_t("%(name)s asked %(day)s.") % {"name": asked, "day": day}]
        if row.delegated_from is not None:
            reason.append(_t("Passed on by %(name)s.") % {"name": row.delegated_from})
        if approval.cost_text:
            reason.append(approval.cost_text)
        elif approval.record_label and approval.record_label not in approval.title:
            reason.insert(0, f"{approval.record_label}.")
        return Need(
            title=approval.title,
            kind=_("Approval"),
            reason=" ".join(reason),
            url=approval.page,
            icon="gavel",
            since=approval.requested_at,
            owner=asked,
            due_on=approval.due_on,
            severity="",
            holds_up=1,
            verbs=("approve", "decline", "delegate"),
            open_label=_("Review"),
            path=approval.scope.path if approval.scope else "",
        )


def _read(*, row: Notification, actor: Actor) -> None:
    mark_read(row, actor=actor)


@source
class Mentions(Source[Notification]):
    """Comments that address one, until they are read."""

    name, label = "mentions", _("Mentions")
    verbs = {"done": Verb("done", _("Done"), _read, _("%(title)s: done."), icon="check")}

    def rows(self, actor: Actor) -> QuerySet[Notification]:
        """Return the unread mentions of the actor, latest first."""
        return of(actor).filter(kind=MENTION, read_at__isnull=True).select_related("actor")

    def look(self, rows: Sequence[Notification], actor: Actor) -> None:
        """Find out which are about records that the actor may not see any more."""
        close(rows, actor)

    def need(self, row: Notification, actor: Actor) -> Need:
        """Say who writes what about which record, while one may see it."""
        who = str(row.actor) if row.actor else str(row.values.get("actor", ""))
        if row.closed:
            return Need(
                title=row.text,
                kind=_("Mention"),
                reason="",
                url="",
                icon="at-sign",
                since=row.created_at,
                owner=who,
                verbs=("done",),
            )
        return Need(
            title=str(row.values.get("record", "")),
            kind=_("Mention"),
            reason=f"{who}: “{row.values.get('excerpt', '')}”",
            url=row.url,
            icon="at-sign",
            since=row.created_at,
            owner=who,
            holds_up=1,
            verbs=("done",),
            open_label=_("Answer"),
            opens=True,
        )


@waits
def approvals_asked(actor: Actor) -> Iterable[Wait]:
    """What the actor asked for and nobody has decided yet."""
    for approval in asked_by(actor).filter(state=State.WAITING):
        people: list[Any] = [step.approver for step in approval.steps.all() if step.state == "waiting"]
        yield Wait(
            title=approval.title,
            who=", ".join(str(person) for person in people[:2]) + (" …" if len(people) > 2 else ""),
            since=clock.local_date(approval.requested_at),
            url=f"/approvals/{approval.pk}/",
            due_on=approval.due_on,
        )


def exceptions(actor: Actor, path: str) -> Iterable[Figure]:
    """Count the open exceptions below a node that the actor may see, by severity, without those accepted."""
    rows = visible_findings(actor).filter(awake(actor.today), closed_at__isnull=True)
    if path:
        rows = rows.filter(below((path,), "scope__"))
    counts = dict(rows.order_by().values_list("severity").annotate(Count("pk")))
    if counts:
        marks = (("red", counts.get(Severity.HIGH, 0)), ("amber", counts.get(Severity.MEDIUM, 0)))
        total = sum(counts.values())
        yield Figure(_("Open exceptions"), "", _t("of %(total)d") % {"total": total}, "/exceptions/", states=marks)


glance(exceptions, order=10)

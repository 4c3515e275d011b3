"""Endpoints that no register expresses: exceptions, which the checks find, and what people say of them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.needs import exceptions
from quarterdeck.kernel.needs.exceptions import Asked, Line
from quarterdeck.kernel.ui.request import actor_of
from quarterdeck.kernel.watch.hands import hands
from quarterdeck.kernel.watch.models import Finding
from quarterdeck.kernel.watch.selectors import open_findings, visible_findings
from quarterdeck.kernel.watch.services import Said, Verb, say
from quarterdeck.kernel.watch.stages import Stages, stages

router = Router(tags=["Exceptions"])
RELATED = ("owner", "scope", "handling__acknowledged_by", "handling__hand_by", "handling__accepted_by")
#: Exceptions in one answer, and of which something is said at once.
MOST = 500


class ExceptionOut(Schema):
    """One exception as it stands."""

    id: int
    check: str
    title: str
    text: str
    record_type: str
    record_id: int
    record: str
    node: str | None
    serves: str
    severity: str
    owner: str | None
    state: str = Field(description="One of: found, acknowledged, in_hand, accepted, closed.")
    in_hand_with: str | None
    put_right_by: dt.date | None
    accepted_until: dt.date | None
    reason: str
    open_since: dt.date
    age: int
    due_on: dt.date | None
    closed_on: dt.date | None


class ExceptionPage(Schema):
    """A part of the list, and how many there are."""

    count: int
    items: list[ExceptionOut]


class ExceptionQuery(Schema):
    """What of the list is wanted."""

    show: str = Field("open", description="One of: open, mine, unowned, in-hand, overdue, accepted, closed.")
    severity: str = Field("", description="One of: high, medium, low.")
    serves: str = Field("", description="The function that the checks serve.")
    state: str = Field("", description="One of: found, acknowledged, in_hand, accepted.")
    q: str = Field("", description="Words in the names of records and owners.")
    sort: str = Field("", description="One of: severity, record, owner, age, due; a minus descends.")
    limit: int = Field(100, ge=1, le=MOST)
    offset: int = Field(0, ge=0, le=10_000_000)
    as_of: dt.date | None = Field(None, description="A past date: the exceptions as they were known at its end.")


class SaidIn(Schema):
    """What is said, and of which exceptions: of all of them or of none."""

    ids: list[int] = Field(min_length=1, max_length=MOST)
    verb: str = Field(description="One of: acknowledge, take, accept, back.")
    by: str | None = Field(None, description="E-mail address of who takes it in hand; left out: the caller.")
    until: dt.date | None = Field(None, description="By when it is put right, or on which day it is open again.")
    reason: str = Field("", max_length=300, description="Why it is accepted.")


def _moment(as_of: dt.date | None, actor: Actor) -> dt.datetime | None:
    if as_of is not None and as_of > actor.today:
        raise ValidationError({"as_of": _("There are no exceptions of days to come.")})
    return clock.end_of(as_of) if as_of is not None and as_of < actor.today else None


def _out(line: Line, on: Stages) -> dict[str, Any]:
    finding, said = line.finding, on.of(line.finding)
    in_hand, accepted = line.stage_key == "in_hand", line.stage_key == "accepted"
    closed = finding.closed_at if line.stage_key == "closed" else None
    return {
        "id": finding.pk,
        "check": finding.check_name,
        "title": str(finding.title),
        "text": finding.text,
        "record_type": finding.record_type,
        "record_id": finding.record_id,
        "record": finding.label,
        "node": finding.scope.label if finding.scope is not None else None,
        "serves": line.serves,
        "severity": finding.severity,
        "owner": finding.owner.name if finding.owner is not None else None,
        "state": line.stage_key,
        "in_hand_with": said.hand_by.name if said is not None and said.hand_by is not None and in_hand else None,
        "put_right_by": said.hand_until if said is not None and in_hand else None,
        "accepted_until": said.accepted_until if said is not None and accepted else None,
        "reason": said.reason if said is not None and accepted else "",
        "open_since": clock.local_date(finding.opened_at),
        "age": line.age,
        "due_on": finding.due_on,
        "closed_on": clock.local_date(closed) if closed is not None else None,
    }


def _told(rows: list[Finding], actor: Actor, on: Stages) -> list[dict[str, Any]]:
    return [_out(line, on) for line in exceptions.lines(rows, actor, on)]


@router.get("/exceptions", response={200: ExceptionPage}, operation_id="exceptions_list", summary="List exceptions")
def exceptions_list(request: HttpRequest, params: Annotated[ExceptionQuery, Query()]) -> Any:
    """Return the exceptions that the caller may see; 404 to whoever may see no record and owns no exception."""
    actor = actor_of(request)
    if not exceptions.may_see(actor) and not visible_findings(actor).exists():
        raise Http404
    on = stages(actor, _moment(params.as_of, actor))
    asked = Asked.parse({**params.dict(exclude={"limit", "offset", "as_of"}), "q": params.q})
    rows = exceptions.wanted(asked, actor, on)
    part = list(rows[params.offset : params.offset + params.limit])
    return {"count": rows.order_by().count(), "items": _told(part, actor, on)}


@router.get(
    "/exceptions/{int:pk}", response={200: ExceptionOut}, operation_id="exceptions_get", summary="Read an exception"
)
def exceptions_get(request: HttpRequest, pk: int) -> Any:
    """Return one exception, open or closed."""
    actor = actor_of(request)
    found = visible_findings(actor).select_related(*RELATED).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    [told] = _told([found], actor, stages(actor))
    return told


@router.post(
    "/exceptions/say",
    response={200: list[ExceptionOut]},
    operation_id="exceptions_say",
    summary="Say something of exceptions",
)
def exceptions_say(request: HttpRequest, payload: SaidIn) -> Any:
    """Acknowledge exceptions, take them in hand, accept them or take back what was said."""
    actor = actor_of(request)
    if payload.verb not in Verb.values:
        raise ValidationError({"verb": _("Choose one of: %(verbs)s.") % {"verbs": ", ".join(Verb.values)}})
    ids = [pk for pk in set(payload.ids) if 0 < pk < 2**63]
    rows = list(open_findings(actor, accepted=True).filter(pk__in=ids))
    if len(rows) != len(set(payload.ids)):
        raise Http404
    reason = payload.reason.replace("\x00", "")
    said = Said(Verb(payload.verb), by=_by(payload, rows, actor), until=payload.until, reason=reason)
    say(findings=rows, said=said, actor=actor)
    after = visible_findings(actor).filter(pk__in=ids).select_related(*RELATED).order_by("pk")
    return _told(list(after), actor, stages(actor))


def _by(payload: SaidIn, rows: list[Finding], actor: Actor) -> User | None:
    """Return who is to take it in hand, among those who are offered for it."""
    if payload.verb != Verb.TAKE:
        return None
    if payload.by is None:
        return actor.user
    found = hands(rows, actor).filter(email=payload.by.replace("\x00", "").strip().lower()).first()
    if found is None:
        raise ValidationError({"by": _("Nobody with this address can be given it.")})
    return found

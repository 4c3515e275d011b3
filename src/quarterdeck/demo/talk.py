"""What people say and ask around the records: comments, links, approvals, papers."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial

from quarterdeck.demo.content import talk as facts
from quarterdeck.demo.papers import paper
from quarterdeck.demo.world import World
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.approvals import Step, decide, request_approval
from quarterdeck.kernel.comments.services import comment_add
from quarterdeck.kernel.files.services import content_attach
from quarterdeck.kernel.links.services import link_add
from quarterdeck.kernel.notifications.services import mark_all_read

MENTION = re.compile(r"\{(\w+)\}")
CODE = re.compile(r"\[\[([^\]]+)\]\]")
#: What is older than this has been read.
READ = dt.timedelta(days=9)
#: Initiatives whose mandate is kept with them.
MANDATES = (
    "Harbour Line Extension",
    "Harbour Line Signalling",
    "Lift Bridge Strengthening",
    "Electric Bus Transition",
    "Account Back Office",
    "Cyber Security Baseline",
)


def plan(world: World) -> None:
    """Put what is said on the timeline, each after the record that it is about exists."""
    tell = world.timeline.add
    for remark in facts.REMARKS:
        tell(remark.at, partial(_say, world, remark))
    for number, link in enumerate(facts.LINKS):
        tell(-0.48 + 0.004 * number, partial(_link, world, link))
    for question in facts.QUESTIONS:
        tell(question.asked, partial(_ask, world, question))
    for name in MANDATES:
        tell(-3.9, partial(_mandate, world, name))


def settle(world: World) -> None:
    """Have everybody read what they were told more than some days ago."""
    for user in world.users.values():
        mark_all_read(actor=Actor(user=user, now=world.timeline.now), up_to=world.timeline.now - READ)


def _say(world: World, remark: facts.Remark, now: dt.datetime) -> None:
    text = MENTION.sub(lambda found: _mention(world, found[1]), remark.text)
    text = CODE.sub(lambda found: world.initiatives[found[1]].code, text)
    comment_add(record=world.initiatives[remark.about], body=text, actor=world.actor(remark.by, now))


def _mention(world: World, key: str) -> str:
    user = world.users[key]
    return f"@[{user.name}](user:{user.pk})"


def _link(world: World, link: tuple[str, str, str, str], now: dt.datetime) -> None:
    source, kind, target, note = link
    link_add(
        source=world.initiatives[source],
        target=world.initiatives[target],
        kind=kind,
        actor=world.actor("vandongen", now),
        note=note,
    )


def _ask(world: World, question: facts.Question, now: dt.datetime) -> None:
    record = world.initiatives[question.about]
    actor = world.actor(question.by, now)
    approval = request_approval(
        kind=question.kind,
        subject=record,
        title=f"{record.name}: {question.title[0].lower()}{question.title[1:]}",
        approvers=[world.users[key] for key in question.of],
        actor=actor,
        scope=record.scope,
        due_on=world.day(question.due),
        note=question.note,
        cost=question.cost,
    )
    if question.answer is not None:
        approve, at, note = question.answer
        later = max(world.timeline.moment(at), now + dt.timedelta(hours=3))
        for key in question.of:
            step = Step.objects.get(approval=approval, approver=world.users[key])
            decide(step=step, approve=approve, note=note, actor=world.actor(key, later))


def _mandate(world: World, name: str, now: dt.datetime) -> None:
    record = world.initiatives[name]
    lines = (
        f"{record.code} {record.name}",
        "",
        "Purpose",
        record.purpose,
        "",
        f"Owning function: {record.unit.name}",
        f"Planned from {record.planned_start} to {record.planned_finish}",
        f"Tolerances: {record.time_tolerance} working days, {record.cost_tolerance} % of cost",
        "",
        "Approved by the portfolio board.",
    )
    content_attach(
        record=record, name=f"Mandate {record.code}.pdf", chunks=[paper(lines)], actor=world.actor("lombardi", now)
    )

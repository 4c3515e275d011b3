"""Risks, issues, assumptions, decisions and actions of the running projects, entered by those who work there."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any, Final

from quarterdeck.apps.delivery.models import Task
from quarterdeck.apps.governance import services
from quarterdeck.apps.governance.models import Action, Assumption, Decision, Issue, Risk, RiskTask
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.demo.content import raid as content
from quarterdeck.demo.content import risks
from quarterdeck.demo.portfolio import projects
from quarterdeck.demo.world import World
from quarterdeck.kernel.access.actor import Actor

THOUSAND: Final = Decimal(1000)
#: How long after it was noted a risk is assessed anew, in months.
ASSESSED: Final = 1.1
LATELY: Final = -0.5
#: When risks are looked at again at the earliest, unless theirs is overdue.
NEXT: Final = 0.15
SOURCES: Final[dict[str, Any]] = {"risk": Risk, "issue": Issue, "decision": Decision, "assumption": Assumption}


def plan(world: World) -> None:
    """Put the registers of governance on the timeline."""
    tell = world.timeline.add
    for number, hazard in enumerate(risks.HAZARDS):
        tell(hazard.at, partial(_note, world, hazard, number))
        if hazard.now is not None:
            # One in three was assessed anew within the last month.
            at = LATELY if number % 3 == 0 else hazard.at + ASSESSED
            tell(min(at, -0.1), partial(_assess, world, hazard))
    for happened in content.HAPPENED:
        tell(happened[1], partial(_happen, world, happened))
    for name, at, title, question, answered in content.ESCALATED:
        tell(at, partial(_escalate, world, name, title, question))
        if answered is not None:
            tell(answered[0], partial(_answer, world, (name, title, *answered[1:])))
    for issue in content.ISSUES:
        tell(issue[1], partial(_issue, world, issue))
    for assumption in content.ASSUMPTIONS:
        tell(assumption[1], partial(_assume, world, assumption))
    for decision in content.DECISIONS:
        tell(decision[1], partial(_decide, world, decision))
    for action in content.ACTIONS:
        tell(action[1], partial(_act, world, action))


_MANAGERS: dict[str, str] = {}


def _manager(world: World, name: str, now: dt.datetime) -> Actor:
    if not _MANAGERS:
        _MANAGERS.update({project.name: project.manager for project in projects()})
    return world.actor(world.now_in_charge(_MANAGERS[name]), now)


def _at(world: World, name: str) -> Initiative:
    return world.initiatives[name]


def _who(world: World, key: str) -> Any:
    return world.people[world.now_in_charge(key)]


def _risk(world: World, name: str, title: str) -> Risk:
    return Risk.objects.select_related("initiative__parent").get(initiative=_at(world, name), title=title)


def _note(world: World, hazard: risks.Hazard, number: int, now: dt.datetime) -> None:
    actor, record = _manager(world, hazard.project, now), _at(world, hazard.project)
    after = hazard.after or (None, None)
    risk = Risk(
        title=hazard.title,
        initiative=record,
        kind=hazard.kind,
        category=hazard.category,
        cause=hazard.cause,
        event=hazard.event,
        effect=hazard.effect,
        owner=_who(world, hazard.owner),
        probability=hazard.before[0],
        impact=hazard.before[1],
        probability_target=after[0],
        impact_target=after[1],
        cost=THOUSAND * hazard.cost,
        days=hazard.days or None,
        near_on=None if hazard.near is None else world.day(hazard.near),
        response_kind=hazard.answer,
        response=hazard.response,
        review_on=world.day(hazard.review or NEXT + number * 7 % 11 * 0.09),
    )
    services.risk_save(risk, actor=actor)
    task = Task.objects.filter(plan__initiative=record, plan__is_current=True, is_summary=False, done__lt=100)
    hit = task.filter(duration__gt=0).order_by("position").first() if hazard.days else None
    if hit is not None:
        services.risk_task_save(RiskTask(risk=risk, task=hit), actor=actor)


def _assess(world: World, hazard: risks.Hazard, now: dt.datetime) -> None:
    risk = _risk(world, hazard.project, hazard.title)
    if risk.is_live and hazard.now is not None:
        risk.probability_now, risk.impact_now = hazard.now
        services.risk_save(risk, actor=_manager(world, hazard.project, now), note="Assessed anew with the response.")


def _happen(world: World, told: Any, now: dt.datetime) -> None:
    name, _, title, what, by = told
    actor, risk = _manager(world, name, now), _risk(world, name, title)
    issue = services.risk_occur(record=risk, actor=actor, note=what, due_on=world.day(by))
    services.issue_start(record=issue, actor=actor)


def _escalate(world: World, name: str, title: str, question: str, now: dt.datetime) -> None:
    services.escalate(record=_risk(world, name, title), question=question, actor=_manager(world, name, now))


def _answer(world: World, told: Any, now: dt.datetime) -> None:
    name, title, who, text = told
    services.answer(record=_risk(world, name, title), answer=text, actor=world.actor(world.now_in_charge(who), now))


def _issue(world: World, told: Any, now: dt.datetime) -> None:
    name, _, owner, title, severity, category, what, effect, by, resolution = told
    actor = _manager(world, name, now)
    issue = Issue(
        title=title,
        initiative=_at(world, name),
        severity=severity,
        category=category,
        description=what,
        effect=effect,
        owner=_who(world, owner),
        due_on=world.day(by),
    )
    services.issue_save(issue, actor=actor)
    if resolution:
        services.issue_resolve(record=issue, resolution=resolution, actor=actor)


def _assume(world: World, told: Any, now: dt.datetime) -> None:
    name, _, owner, title, basis, if_wrong, by, shown = told
    record = Assumption(
        title=title,
        initiative=_at(world, name),
        basis=basis,
        if_wrong=if_wrong,
        owner=_who(world, owner),
        due_on=world.day(by),
    )
    services.assumption_save(record, actor=_manager(world, name, now))
    if shown is not None:
        later = _manager(world, name, max(now, world.timeline.moment(shown[0])))
        verb = services.assumption_confirm if shown[1] else services.assumption_refute
        verb(record=record, finding=shown[2], actor=later)


def _decide(world: World, told: Any, now: dt.datetime) -> None:
    name, _, owner, title, question, options, by, made = told
    record = Decision(
        title=title,
        initiative=_at(world, name),
        question=question,
        options=options,
        owner=_who(world, owner),
        due_on=world.day(by),
    )
    services.decision_save(record, actor=_manager(world, name, now))
    if made is not None:
        later = _manager(world, name, max(now, world.timeline.moment(made[0])))
        services.decision_record(record=record, outcome=made[1], reason=made[2], actor=later)


def _act(world: World, told: Any, now: dt.datetime) -> None:
    name, _, owner, title, by, source, done = told
    actor, record = _manager(world, name, now), _at(world, name)
    action = Action(title=title, initiative=record, owner=_who(world, owner), due_on=world.day(by))
    if source is not None:
        known = SOURCES[source[0]].objects.filter(initiative=record, title=source[1]).first()
        setattr(action, source[0], known)
    services.action_save(action, actor=actor)
    if done is not None:
        later = _manager(world, name, max(now, world.timeline.moment(done[0])))
        services.action_done(record=action, outcome=done[1], actor=later)

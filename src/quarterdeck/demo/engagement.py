"""Stakeholders of the demo's projects, the contacts held with them, and concerns with their clocks."""

from __future__ import annotations

import datetime as dt
import math
from functools import partial
from typing import Any, Final

from quarterdeck.apps.engagement import services
from quarterdeck.apps.engagement.models import Communication, Concern, Stakeholder
from quarterdeck.demo.content import engagement as content
from quarterdeck.demo.portfolio import projects
from quarterdeck.demo.timeline import MONTH
from quarterdeck.demo.world import World
from quarterdeck.kernel.access.actor import Actor

#: Of the contacts held, as many of the last ones are written down one by one.
WRITTEN: Final = 3


def plan(world: World) -> None:
    """Put stakeholders, contacts and concerns on the timeline."""
    tell = world.timeline.add
    for stake in content.STAKES:
        tell(stake.at, partial(_meet, world, stake))
        if stake.contact is not None:
            subject, _channel, interval, first, _missed = stake.contact
            for number in _written(stake.contact):
                tell(first + _rhythm(interval) * number, partial(_speak, world, stake, subject, number))
    for told in content.CONCERNS:
        tell(told[1], partial(_hear, world, told))


def _acting(world: World, name: str, owner: str, now: dt.datetime) -> Actor:
    """Return who writes it down: the manager of the project, of a programme its owner."""
    managers = {project.name: project.manager for project in projects()}
    return world.actor(world.now_in_charge(managers.get(name, owner)), now)


def _rhythm(interval: str) -> float:
    return {"weekly": 7 / MONTH, "fortnightly": 14 / MONTH, "monthly": 1.0, "quarterly": 3.0, "yearly": 12.0}[interval]


def _written(contact: tuple[str, str, str, float, int]) -> range:
    """Return the numbers of the contacts that are written down: the last ones before the present that were held."""
    _subject, _channel, interval, first, missed = contact
    held = math.ceil(-first / _rhythm(interval)) - missed
    return range(max(0, held - WRITTEN), held)


def _meet(world: World, stake: content.Stake, now: dt.datetime) -> None:
    actor = _acting(world, stake.project, stake.owner, now)
    record = Stakeholder(
        name=stake.name,
        organisation=stake.body,
        initiative=world.initiatives[stake.project],
        group=stake.group,
        side=stake.side,
        influence=stake.standing[0],
        interest=stake.standing[1],
        attitude=stake.attitude[0],
        wanted=stake.attitude[1],
        needs=stake.needs,
        approach=stake.approach,
        owner=world.people[world.now_in_charge(stake.owner)],
    )
    services.stakeholder_save(record, actor=actor)
    if stake.contact is not None:
        subject, channel, interval, first, _missed = stake.contact
        plan_ = Communication(
            subject=subject,
            stakeholder=record,
            channel=channel,
            interval=interval,
            next_on=world.day(first + _rhythm(interval) * _written(stake.contact).start),
            owner=record.owner,
        )
        services.communication_save(plan_, actor=actor)


def _speak(world: World, stake: content.Stake, subject: str, number: int, now: dt.datetime) -> None:
    record = Communication.objects.get(stakeholder__name=stake.name, subject=subject)
    actor = _acting(world, stake.project, stake.owner, now)
    said = ("As planned; nothing new.", "Questions on dates, answered.", "Asks for a longer notice.")[number % 3]
    services.contact_log(record=record, summary=said, actor=actor)


def _hear(world: World, told: Any, now: dt.datetime) -> None:
    name, _, group, who, title, what, owner, acknowledged, redress, ended = told
    actor = _acting(world, name, owner, now)
    record = Concern(
        title=title,
        initiative=world.initiatives[name],
        group=group,
        raised_by=who,
        description=what,
        owner=world.people[world.now_in_charge(owner)],
        received_on=actor.today,
    )
    services.concern_save(record, actor=actor)
    if acknowledged:
        services.concern_acknowledge(record=record, actor=actor)
    if redress is not None:
        later = actor.at(max(now, world.timeline.moment(redress[0])))
        services.concern_answer(record=record, redress=redress[1], actor=later)
    if ended is not None:
        later = actor.at(max(now, world.timeline.moment(ended[0])))
        services.concern_close(record=record, agreed=ended[1], closing=ended[2], actor=later)

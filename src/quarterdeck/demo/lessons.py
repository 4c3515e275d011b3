"""Lessons of the demo's finished projects, and what later ones did with them. Times are months from now."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, Final

from quarterdeck.apps.knowledge import services
from quarterdeck.apps.knowledge.models import Lesson, LessonUse
from quarterdeck.demo.world import World

#: project, months, who, title, kind, topic, context, what happened, recommendation, uses (project, done, reason)
LESSONS: Final[tuple[tuple[Any, ...], ...]] = (
    ("Weststraat Junction Renewal", -24.0, "albrecht", "Two spare weekends in every possession plan", "repeat", "site",
     "Work in the city in short possessions.", "Rain stopped welding for 17 shifts; two spare weekends saved the date.",
     "Plan a tenth of the possessions as spare, and give them back a week before.",
     (("Depot Throat Realignment", "applied", "Two of nineteen nights are spare."),
      ("Switch Heating Renewal", "not_applied", "No possession is needed: heaters are changed under traffic."))),
    ("Zuidplein Crossover Replacement", -8.5, "albrecht", "Open the foundation before the design", "avoid", "technical",
     "Old foundations that are known from drawings only.", "The foundation was deeper than drawn: design was redone.",
     "Dig two trial pits before outline design is agreed.",
     (("Oude Haven Noise Reduction", "applied", "Three pits in the curve."),)),
    ("Overhead Line Renewal, Section 2", -10.0, "steiner", "Buy copper before the tender closes", "avoid", "contracts",
     "Long lead items of one maker.", "Copper came five weeks late because it was ordered after the award.",
     "Order what takes longer than the tender by an option of your own.",
     (("Overhead Line Renewal, Section 3", "applied", "Wire is in store since spring."),
      ("Substation Veerhaven Renewal", "not_applied", "Switchgear is made to order; nobody stores it."))),
    ("First 40 Electric Buses", -8.0, "lehtonen", "Drivers choose the seat", "repeat", "people",
     "Equipment that people use all day.", "Six drivers tried three seats; complaints fell to nil.",
     "Let users choose between what all fits the budget.",
     (("Second 60 Electric Buses", "applied", "Mirrors and seats tried by eight drivers."),)),
    ("Substation Oostpoort Renewal", -16.0, "boateng", "Soil class before the permit", "avoid", "planning",
     "Digging where industry stood.", "A permit for class A was asked for and the soil was class B.",
     "Sample the soil before the permit is asked for.", ()),
)  # fmt: skip


def plan(world: World) -> None:
    """Put lessons on the timeline, each when its project had ended, and what was done with them."""
    for told in LESSONS:
        world.timeline.add(told[1], partial(_learn, world, told))
        for number, use in enumerate(told[9]):
            world.timeline.add(-2.6 + 0.2 * number, partial(_use, world, told[3], use))


def _learn(world: World, told: tuple[Any, ...], now: dt.datetime) -> None:
    name, _, who, title, kind, topic, context, happened, recommendation, _uses = told
    actor = world.actor("vandongen", now)
    record = Lesson(
        title=title,
        initiative=world.initiatives[name],
        kind=kind,
        topic=topic,
        context=context,
        happened=happened,
        recommendation=recommendation,
        owner=world.people[world.now_in_charge(who)],
        review_on=world.day(3.5),
    )
    services.lesson_save(record, actor=actor)
    services.lesson_publish(record=record, actor=actor)


def _use(world: World, title: str, use: tuple[str, str, str], now: dt.datetime) -> None:
    name, done, reason = use
    record = LessonUse(
        lesson=Lesson.objects.get(title=title), initiative=world.initiatives[name], use=done, reason=reason
    )
    services.use_save(record, actor=world.actor("vandongen", now))

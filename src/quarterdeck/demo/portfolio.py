"""The portfolio: every initiative from its first idea to today, with the people who direct and run it."""

from __future__ import annotations

import datetime as dt
import zlib
from decimal import Decimal
from functools import partial

from quarterdeck.apps.people.models import RoleAssignment
from quarterdeck.apps.people.services import role_assign, role_end
from quarterdeck.apps.portfolio import services
from quarterdeck.apps.portfolio.choices import MANAGERS, SPONSOR, Stage, stages_of
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.demo import setup
from quarterdeck.demo.content import infrastructure, organisation
from quarterdeck.demo.content import services as mobility
from quarterdeck.demo.content.initiatives import PORTFOLIOS, Portfolio, Programme, Project, Replan
from quarterdeck.demo.organisation import serve
from quarterdeck.demo.timeline import PRESENT, Story
from quarterdeck.demo.world import World
from quarterdeck.kernel.tags.services import set_tags

PROGRAMMES: tuple[Programme, ...] = (*infrastructure.PROGRAMMES, *mobility.PROGRAMMES)
#: Projects that stand in a portfolio without a programme: portfolio, sponsor, project.
ALONE: tuple[tuple[str, str, Project], ...] = (
    ("Capacity and Access", "tavares", infrastructure.STORM_SURGE),
    ("Zero-Emission Fleet", "sivertsen", mobility.FERRY_REFIT),
)
#: Who speaks on a project for those who will use its result.
SENIOR_USERS: dict[str, tuple[str, ...]] = {
    "Substation Veerhaven Renewal": ("adebayo",),
    "Harbour Line Tram Order": ("mulder", "brouwer"),
    "Harbour Line Signalling": ("brouwer",),
    "Depot Throat Realignment": ("mulder",),
    "Charging at Depot Zuid": ("nkemelu",),
    "Bank Card Validators on Buses": ("nkemelu",),
    "Mobile App Relaunch": ("figueiredo",),
    "Cyber Security Baseline": ("iyer",),
}
#: By how many stages a method has: after which part of the time each but the first begins.
PARTS: dict[int, tuple[float, ...]] = {
    4: (0.08, 0.22, 0.94),
    5: (0.10, 0.28, 0.76, 0.95),
    6: (0.07, 0.16, 0.34, 0.78, 0.95),
}
#: Portfolios are set up in the first weeks of the history.
FOUNDED = -37.3
#: An idea is written down this many months before its start, and approved this many.
IDEA, APPROVED = 3.6, 1.1
#: Projects of the pipeline that start later than this are not approved yet.
NOT_YET = 0.4
REVIEWS = (
    "Monthly review: finish confirmed, contingency unchanged.",
    "Quarterly review with the sponsor: dates hold, two risks closed.",
    "Monthly review: progress as planned; next stage on time.",
    "Review of resources: the team is complete for the next stage.",
    "Monthly review: cost to complete checked with finance.",
)
STEERING = (
    "Programme board: contingency adjusted after the quarterly risk review.",
    "Programme board: outlook of the projects taken over.",
    "Programme board: savings of closed work returned to the portfolio.",
    "Programme board: prices indexed, scope unchanged.",
)


def plan(world: World) -> None:
    """Put the life of every initiative on the timeline."""
    for portfolio in PORTFOLIOS:
        world.timeline.add(FOUNDED, partial(_portfolio, world, portfolio))
        for year, month in enumerate((-31, -25, -19, -13, -7, -0.7)):
            world.timeline.add(month, partial(_roll_on, world, portfolio.name, year))
    for programme in PROGRAMMES:
        _plan_programme(world, programme)
    for above, sponsor, project in ALONE:
        _plan_project(world, project, above, sponsor)


def projects() -> list[Project]:
    """Return every project of the demo."""
    return [project for programme in PROGRAMMES for project in programme.projects] + [row[2] for row in ALONE]


def _portfolio(world: World, facts: Portfolio, now: dt.datetime) -> None:
    actor = world.actor("vandongen", now)
    record = Initiative(
        name=facts.name,
        kind="portfolio",
        parent=world.initiatives.get(facts.above),
        unit=world.units[facts.unit],
        purpose=facts.purpose,
        priority="2",
        planned_start=world.day(-36),
        planned_finish=world.day(-2),
    )
    services.initiative_save(record, actor=actor)
    world.initiatives[facts.name] = record
    _assign(world, facts.sponsor, SPONSOR, record, now)
    _assign(world, "wasilewski", MANAGERS["portfolio"], record, now)
    services.initiative_activate(record=record, actor=actor, note="Portfolio board set up.")
    _serve(world, record, now)


def _plan_programme(world: World, facts: Programme) -> None:
    first = min(project.start for project in facts.projects)
    begun = max(first - IDEA - 0.6, FOUNDED + 0.3)
    world.timeline.add(begun, partial(_programme, world, facts))
    for project in facts.projects:
        _plan_project(world, project, facts.name, facts.sponsor)
    month = begun + 4
    while month < -1:
        world.timeline.add(month, partial(_steer, world, facts))
        month += world.chance.uniform(3.1, 4.6)
    world.timeline.add(-world.chance.uniform(0.1, 0.8), partial(_steer, world, facts))


def _programme(world: World, facts: Programme, now: dt.datetime) -> None:
    actor = world.actor("vandongen", now)
    first = min(project.start for project in facts.projects)
    # A project that lasts beyond its programme is one of the contradictions that the watch finds.
    last = max(project.finish for project in facts.projects if "short" not in project.faults)
    short = any("short" in project.faults for project in facts.projects)
    record = Initiative(
        name=facts.name,
        kind="programme",
        parent=world.initiatives[facts.above],
        unit=world.units[facts.unit],
        purpose=facts.purpose,
        method=facts.method,
        priority=facts.priority,
        planned_start=world.day(first - 1),
        planned_finish=world.day(5.5 if short else last + 2),
        currency=world.currencies[facts.projects[0].currency],
        budget=(Decimal(sum(project.budget for project in facts.projects)) * 1060).quantize(Decimal(100_000)),
        cost_tolerance=Decimal(5),
        time_tolerance=40,
    )
    services.initiative_save(record, actor=actor)
    world.initiatives[facts.name] = record
    _serve(world, record, now)
    _assign(world, world.now_in_charge(facts.sponsor), SPONSOR, record, now)
    _assign(world, facts.manager, MANAGERS["programme"], record, now)
    for key in facts.board:
        _assign(world, world.now_in_charge(key), "BOARD", record, now)
    services.initiative_activate(
        record=record, actor=world.actor(facts.manager, now), note="Programme mandate approved by the portfolio board."
    )
    record.stage = stages_of(facts.method)[2]
    services.initiative_save(record, actor=world.actor(facts.manager, now))


def _roll_on(world: World, name: str, number: int, now: dt.datetime) -> None:
    """Move a portfolio's horizon on by half a year, as its board does twice a year."""
    record = world.initiatives[name]
    record.planned_finish = world.day(34 + 6 * (number - 5))
    note = "Half-yearly review of the mix: horizon moved on, order of the pipeline confirmed."
    services.initiative_save(record, actor=world.actor("wasilewski", now), note=note)


def _steer(world: World, facts: Programme, now: dt.datetime) -> None:
    """Write what a programme board decides each quarter: money moves a little, dates hold."""
    record = world.initiatives[facts.name]
    if record.budget is not None:
        step = world.chance.choice((-2, -1, 1, 2, 3)) * Decimal("0.004")
        record.budget = (record.budget * (1 + step)).quantize(Decimal(10_000))
    note = world.chance.choice(STEERING)
    services.initiative_save(record, actor=world.actor(facts.manager, now), note=note)


def _serve(world: World, record: Initiative, now: dt.datetime) -> None:
    for office in organisation.OFFICES:
        if record.name in office.serves_initiatives and office.code in world.offices:
            serve(world, world.offices[office.code], record.scope_id, now)


def _assign(
    world: World, key: str, code: str, record: Initiative, now: dt.datetime, *, share: int | None = None
) -> None:
    actor = world.actor("vandongen", now)
    role_assign(
        person=world.people[key],
        role=world.roles[code],
        scope=record.scope,
        starts_on=actor.today,
        share=Decimal(share) if share else None,
        actor=actor,
    )


def _plan_project(world: World, facts: Project, above: str, sponsor: str) -> None:
    """Tell the story of one project: idea, approval, start, stages, changes of plan, and how it ends."""
    story = Story(world.timeline)
    idea = max(facts.start - IDEA, FOUNDED + 0.8)
    if facts.end == "pipeline":
        idea = min(idea, -0.5 - (facts.start % 1))
    story.at(idea, partial(_propose, world, facts, above))
    if facts.start > APPROVED + NOT_YET:
        return
    story.at(min(max(facts.start - APPROVED, idea + 0.2), -0.15), partial(_approve, world, facts, sponsor))
    if facts.end == "pipeline":
        return
    story.at(facts.start, partial(_start, world, facts))
    for moment, act in sorted(_course(world, facts), key=lambda row: row[0]):
        story.at(moment, act)
    if facts.end == "done":
        story.at(facts.finish, partial(_complete, world, facts))
        story.at(facts.finish + 0.5, partial(_release, world, facts))


def _course(world: World, facts: Project) -> list[tuple[float, partial[None]]]:
    """Return what happens between start and finish: stages, reviews, changes of plan, holds, cancellation."""
    until = facts.finish if facts.end == "done" else PRESENT
    if facts.cancelled:
        until = facts.cancelled[0]
    if facts.hold:
        until = facts.hold.at
    length = facts.finish - facts.start
    late = 1.4 if "late" in facts.faults else 1
    course: list[tuple[float, partial[None]]] = []
    stages = stages_of(facts.method)
    for part, stage in zip(PARTS[len(stages)], stages[1:], strict=True):
        moment = facts.start + length * min(part * late, 0.97)
        if moment < until - 0.1:
            course.append((moment, partial(_stage, world, facts, stage)))
    for change in facts.replans:
        course.append((change.at, partial(_replan, world, facts, change)))
    if facts.hold:
        course.append((facts.hold.at, partial(_hold, world, facts)))
    if facts.cancelled:
        course.append((facts.cancelled[0], partial(_cancel, world, facts)))
        course.append((facts.cancelled[0] + 0.4, partial(_release, world, facts)))
    if facts.end == "active":
        course += _recent(world, facts)
    return course


def _recent(world: World, facts: Project) -> list[tuple[float, partial[None]]]:
    """Return the reviews of a running project; one that nobody keeps has had none for months."""
    course: list[tuple[float, partial[None]]] = []
    stop = -3.6 if "stale" in facts.faults else -0.1
    month = facts.start + 2.2
    while month < stop - 1.2:
        course.append((month, partial(_review, world, facts)))
        month += world.chance.uniform(2.2, 3.4)
    if stop > -1:
        course.append((-world.chance.uniform(0.1, 0.62), partial(_review, world, facts)))
    if "no-finish" in facts.faults:
        course.append((-1.2, partial(_forget_finish, world, facts)))
    if "sponsor-gone" in facts.faults:
        course.append((-0.7, partial(_lose_sponsor, world, facts)))
    return course


def _propose(world: World, facts: Project, above: str, now: dt.datetime) -> None:
    first = Decimal(facts.budget) * 1000
    size = facts.budget * (1 if facts.currency != "SEK" else 0.09)
    record = Initiative(
        name=facts.name,
        kind="project",
        parent=world.initiatives[above],
        unit=world.units[facts.unit],
        purpose=facts.purpose,
        method=facts.method,
        priority=facts.priority,
        currency=world.currencies[facts.currency],
        budget=(first * Decimal("0.92")).quantize(Decimal(10000)) if facts.budget > 500 else first,
        planned_start=world.day(facts.start + (0.5 if facts.start < 0 else 0)),
        planned_finish=_weekday(world.day(facts.start + facts.months) + _spread(facts, 11)),
        time_tolerance=10 if size < 2000 else 20 if size < 10_000 else 30,
        cost_tolerance=Decimal(15 if size < 2000 else 10 if size < 10_000 else 5),
        custom=setup.values_of(world, facts),
    )
    services.initiative_save(record, actor=world.actor("lombardi", now))
    world.initiatives[facts.name] = record
    if facts.tags:
        set_tags(record, facts.tags, world.actor("lombardi", now))


def _approve(world: World, facts: Project, sponsor: str, now: dt.datetime) -> None:
    record = world.initiatives[facts.name]
    if "no-sponsor" not in facts.faults:
        _assign(world, world.now_in_charge(sponsor), SPONSOR, record, now)
    _assign(world, world.now_in_charge(facts.manager), MANAGERS["project"], record, now)
    for key in facts.team:
        _assign(world, key, "TEAM-MEMBER", record, now, share=world.chance.choice((20, 25, 30, 40)))
    for key in SENIOR_USERS.get(facts.name, ()):
        _assign(world, key, "SR-USER", record, now)
    record.budget = Decimal(facts.budget) * 1000
    record.planned_start = _weekday(world.day(facts.start) + _spread(facts, 4))
    services.initiative_save(
        record, actor=world.actor("vandongen", now), note="Business case approved by the portfolio board."
    )


def _manager(world: World, facts: Project, now: dt.datetime) -> str:
    return world.now_in_charge(facts.manager) if not _gone(world, facts, now) else "wasilewski"


def _gone(world: World, facts: Project, now: dt.datetime) -> bool:
    person = world.people[facts.manager]
    return person.ends_on is not None and person.ends_on < world.system(now).today and facts.manager not in world.heirs


def _start(world: World, facts: Project, now: dt.datetime) -> None:
    key = _manager(world, facts, now)
    services.initiative_activate(record=world.initiatives[facts.name], actor=world.actor(key, now))


def _save(world: World, facts: Project, now: dt.datetime, note: str = "") -> None:
    actor = world.actor(_manager(world, facts, now), now)
    if not actor.can("change", "portfolio.initiative", world.initiatives[facts.name].scope.path):
        actor = world.actor("lombardi", now)
    services.initiative_save(world.initiatives[facts.name], actor=actor, note=note)


def _stage(world: World, facts: Project, stage: Stage, now: dt.datetime) -> None:
    world.initiatives[facts.name].stage = stage
    _save(world, facts, now, f"Gate passed: {stage.label.lower()} may begin.")


def _replan(world: World, facts: Project, change: Replan, now: dt.datetime) -> None:
    record = world.initiatives[facts.name]
    if record.planned_finish is not None and record.budget is not None:
        record.planned_finish = _weekday(record.planned_finish + dt.timedelta(days=round(change.slip * 30.4)))
        record.budget = (record.budget * Decimal(str(change.factor))).quantize(Decimal(1000))
    _save(world, facts, now, change.reason)


def _review(world: World, facts: Project, now: dt.datetime) -> None:
    """Write what a monthly review changes: a few days on the finish, never enough to need the level above."""
    record = world.initiatives[facts.name]
    if record.planned_finish is not None:
        days = world.chance.choice((-4, -3, -1, 1, 2, 3, 5))
        # From a Friday, a day or two on end on the same Friday again; a review always changes something.
        moved = _weekday(record.planned_finish + dt.timedelta(days=days))
        record.planned_finish = moved if moved != record.planned_finish else moved - dt.timedelta(days=1)
    if record.time_tolerance is not None and record.planned_finish is None:
        record.time_tolerance += 1
    _save(world, facts, now, world.chance.choice(REVIEWS))


def _weekday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def _spread(facts: Project, most: int) -> dt.timedelta:
    """Return some days before or after, the same for a project always: plans do not all end on one day of the month."""
    return dt.timedelta(days=zlib.crc32(facts.name.encode()) % (2 * most + 1) - most)


def _forget_finish(world: World, facts: Project, now: dt.datetime) -> None:
    world.initiatives[facts.name].planned_finish = None
    _save(world, facts, now, "Supplier withdrew its programme; the new finish is not known yet.")


def _lose_sponsor(world: World, facts: Project, now: dt.datetime) -> None:
    row = RoleAssignment.objects.get(
        scope=world.initiatives[facts.name].scope, role__code=SPONSOR, ends_on__isnull=True
    )
    actor = world.actor("vandongen", now)
    role_end(record=row, ends_on=actor.today, actor=actor, note="Hands the project to the managing director, Humber.")


def _hold(world: World, facts: Project, now: dt.datetime) -> None:
    if facts.hold is not None:
        services.initiative_hold(
            record=world.initiatives[facts.name],
            reason=facts.hold.reason,
            review_on=world.day(facts.hold.review),
            actor=world.actor(_manager(world, facts, now), now),
        )


def _cancel(world: World, facts: Project, now: dt.datetime) -> None:
    if facts.cancelled is not None:
        actor = world.actor("vandongen", now)
        services.initiative_cancel(record=world.initiatives[facts.name], reason=facts.cancelled[1], actor=actor)


def _complete(world: World, facts: Project, now: dt.datetime) -> None:
    record = world.initiatives[facts.name]
    record.stage = stages_of(facts.method)[-1]
    _save(world, facts, now, "Products accepted; closure report written.")
    actor = world.actor(_manager(world, facts, now), now)
    services.initiative_complete(record=record, actor=actor, note="Closed by the board; lessons handed to the PMO.")


def _release(world: World, facts: Project, now: dt.datetime) -> None:
    """End the roles of a project that is over; history keeps who held them."""
    actor = world.actor("vandongen", now)
    scope = world.initiatives[facts.name].scope
    for row in RoleAssignment.objects.filter(scope=scope, ends_on__isnull=True).select_related(
        "role__access_role", "person", "scope"
    ):
        role_end(record=row, ends_on=actor.today, actor=actor)

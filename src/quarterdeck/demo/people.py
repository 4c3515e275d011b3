"""People: who joins, leaves and takes over, what they hold, can do, cost, and when they are away."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial

from quarterdeck.apps.people import services
from quarterdeck.apps.people.choices import UNIT_HEAD
from quarterdeck.apps.people.models import (
    Absence,
    CostRate,
    Person,
    PersonSkill,
    Qualification,
    QualificationType,
    RoleAssignment,
    Skill,
)
from quarterdeck.apps.people.services.skills import months_later
from quarterdeck.demo.content import people as facts
from quarterdeck.demo.content.organisation import UNITS
from quarterdeck.demo.organisation import BEGIN
from quarterdeck.demo.papers import paper
from quarterdeck.demo.personas import ADMINISTRATOR, DOMAIN, PERSONAS
from quarterdeck.demo.timeline import MONTH
from quarterdeck.demo.world import World
from quarterdeck.kernel import records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.models import AccessRole, Grant, Group
from quarterdeck.kernel.access.services import user_add
from quarterdeck.kernel.files.services import content_attach

#: Every wage round adds this much, in the first week of January.
RAISE = Decimal("1.034")
EVERYONE = "Everyone"


def plan(world: World) -> None:
    """Put the people's three years on the timeline: those of the beginning first, then who comes and goes."""
    tell = world.timeline.add
    tell(BEGIN, lambda now: _administrator(world, now))
    for person in facts.PEOPLE:
        tell(max(person.since, BEGIN), partial(_join, world, person))
    tell(BEGIN, lambda now: _admit(world, now))
    for key, role, unit, since in facts.STANDING_ROLES:
        tell(since, partial(hold, world, key, role, unit))
    for leaver, successor, at in facts.SUCCESSIONS:
        tell(at, partial(_succeed, world, leaver, successor))
    for key, at in facts.LEFT_WITH_ROLES.items():
        tell(at - 1.2, partial(_resign, world, key, world.day(at)))


def plan_development(world: World) -> None:
    """Put rates, skills, qualifications and absences on the timeline; everybody is there by then."""
    tell = world.timeline.add
    tell(BEGIN + 0.5, lambda now: _skills(world, now))
    tell(BEGIN + 0.5, lambda now: _qualification_types(world, now))
    for person in facts.PEOPLE:
        if person.rate:
            tell(max(person.since, BEGIN) + 0.6, partial(_rate, world, person))
            tell(max(person.since, BEGIN) + 1.1, partial(_able, world, person))
            _plan_qualifications(world, person)
            _plan_absences(world, person)
    for year in range(world.day(BEGIN).year + 1, world.timeline.today.year + 1):
        offset = (dt.date(year, 1, 6) - world.timeline.today).days / MONTH
        tell(offset, partial(_raise, world))
    for key, code, until in facts.EXPIRING:
        tell(-8, partial(_expiring, world, key, code, world.day(until)))


def email_of(person: facts.PersonFacts) -> str:
    """Return the address of someone of the group; a contact's lies in the employer's own reserved domain."""
    for persona in PERSONAS:
        if persona.key == person.key:
            return persona.email
    plain = person.name.lower().translate(str.maketrans("áéíóöıüłñ ", "aeiooiuln."))
    house = person.employer.split()[0].lower() + ".example" if person.employer else DOMAIN
    return f"{plain}@{house}"


def _administrator(world: World, now: dt.datetime) -> None:
    """Make the administrator and the group through which everyone sees who is who."""
    actor = world.system(now)
    user = user_add(
        email=ADMINISTRATOR.email,
        name="Service Desk",
        actor=actor,
        password=ADMINISTRATOR.password,
        is_administrator=True,
    )
    world.users["administrator"] = user
    everyone = Group(name=EVERYONE)
    records.save(everyone, actor=actor, many={"members": [user.pk]})
    directory = AccessRole.objects.get(name="Directory")
    scopes.scope_change(scope=scopes.root(), parent=None, kind="root", label=UNITS[0].name)
    records.save(Grant(group=everyone, role=directory, scope=scopes.root()), actor=actor)


def _admit(world: World, now: dt.datetime) -> None:
    """Make everybody who signs in a member of the group that sees the directory."""
    everyone = Group.objects.get(name=EVERYONE)
    records.save(everyone, actor=world.system(now), many={"members": [user.pk for user in world.users.values()]})


def _join(world: World, facts_of: facts.PersonFacts, now: dt.datetime) -> None:
    """Someone joins: a user where one signs in, the person, and the unit that he or she heads."""
    system = world.system(now)
    early = facts_of.since <= BEGIN
    actor = system if early else world.actor("vandongen", now)
    address = email_of(facts_of)
    if facts_of.signs_in:
        password = next((persona.password for persona in PERSONAS if persona.key == facts_of.key), None)
        user = user_add(email=address, name=facts_of.name, actor=system, password=password)
        world.users[facts_of.key] = user
        if not early:
            _admit(world, now)
    person = Person(
        name=facts_of.name,
        kind=facts_of.kind,
        email=address,
        phone=f"+31 10 555 {1000 + len(world.people) * 17:04d}",
        user=world.users.get(facts_of.key),
        unit=world.units[facts_of.unit],
        manager=world.people.get(facts_of.manager),
        job_title=facts_of.title,
        employer=facts_of.employer,
        location=facts_of.location,
        starts_on=world.day(facts_of.since),
    )
    services.person_save(person, actor=actor)
    world.people[facts_of.key] = person
    if facts_of.heads:
        hold(world, facts_of.key, UNIT_HEAD, facts_of.heads, now)


def hold(world: World, key: str, code: str, unit: str, now: dt.datetime) -> None:
    """Give a person a role at a unit, or at the whole organisation, from this day on."""
    actor = world.actor("vandongen", now) if world.has_head else world.system(now)
    scope = world.units[unit].scope if unit else scopes.root()
    services.role_assign(
        person=world.people[key], role=world.roles[code], scope=scope, starts_on=actor.today, actor=actor
    )
    world.has_head = world.has_head or code == "PMO-HEAD"


def _succeed(world: World, leaver: str, successor: str, now: dt.datetime) -> None:
    """Someone leaves in good order: each role that still stands passes to the successor on the next day."""
    actor = world.actor("vandongen", now)
    person = Person.objects.get(pk=world.people[leaver].pk)
    kept = list(
        RoleAssignment.objects.filter(person=person, ends_on__isnull=True).select_related("role__access_role", "scope")
    )
    heir = world.people[successor]
    note = f"{person.name} leaves; {heir.name} takes over."
    world.people[leaver] = services.person_leave(record=person, last_day=actor.today, actor=actor, note=note)
    for row in kept:
        services.role_assign(
            person=heir,
            role=row.role,
            scope=row.scope,
            starts_on=actor.today + dt.timedelta(days=1),
            actor=actor,
            note=note,
        )
    world.heirs[leaver] = successor


def _resign(world: World, key: str, last_day: dt.date, now: dt.datetime) -> None:
    """Someone resigns, and nobody thinks of the roles: the watch finds them once the last day has passed."""
    person = Person.objects.get(pk=world.people[key].pk)
    person.ends_on = last_day
    services.person_save(person, actor=world.actor("tanabe", now), note="Resigned; last day agreed with the unit.")
    world.people[key] = person


def _skills(world: World, now: dt.datetime) -> None:
    actor = world.actor("vandongen", now)
    for family, names in facts.SKILLS.items():
        above = Skill(name=family)
        services.skill_save(above, actor=actor)
        for name in names:
            services.skill_save(Skill(name=name, parent=above), actor=actor)


def _qualification_types(world: World, now: dt.datetime) -> None:
    rows = [
        QualificationType(
            code=row.code,
            name=row.name,
            kind=row.kind,
            issuer=row.issuer,
            valid_months=row.months,
            needs_evidence=row.evidence,
        )
        for row in facts.QUALIFICATIONS
    ]
    records.save_many(rows, actor=world.actor("vandongen", now))


def _rate(world: World, person: facts.PersonFacts, now: dt.datetime) -> None:
    currency = world.currencies["GBP" if person.location == facts.HULL else "EUR"]
    # The wage rounds since the first year are taken off, so that today's rate is the one of the facts.
    rate = Decimal(person.rate) * Decimal("0.91")
    row = CostRate(
        person=world.people[person.key],
        starts_on=world.day(max(person.since, BEGIN)),
        rate=rate.quantize(Decimal("0.5")),
        currency=currency,
    )
    records.save(row, actor=world.actor("balogun", now))


def _raise(world: World, now: dt.datetime) -> None:
    """Raise everybody's rate with the year, less for the rates that outsiders charge."""
    actor = world.actor("balogun", now)
    day = actor.today.replace(day=1)
    latest: dict[int, CostRate] = {}
    for row in (
        CostRate.objects.filter(starts_on__lt=day)
        .select_related("person", "currency")
        .order_by("starts_on", "person__code")
    ):
        latest[row.person_id] = row
    rows = [
        CostRate(
            person=row.person,
            starts_on=day,
            rate=(row.rate * (RAISE if row.person.kind == "staff" else Decimal("1.02"))).quantize(Decimal("0.01")),
            currency=row.currency,
        )
        for row in latest.values()
        if row.person.ends_on is None or row.person.ends_on >= day
    ]
    records.save_many(rows, actor=actor, note=f"Wage round {actor.today.year}")


def _able(world: World, person: facts.PersonFacts, now: dt.datetime) -> None:
    names = [name for family in facts.FITS[person.family] for name in facts.SKILLS[family]]
    chosen = world.chance.sample(names, k=min(len(names), world.chance.randint(2, 4)))
    skills = {skill.name: skill for skill in Skill.objects.filter(name__in=chosen)}
    actor = world.actor("tanabe" if person.key != "tanabe" else "vandongen", now)
    rows = [
        PersonSkill(
            person=world.people[person.key],
            skill=skills[name],
            level=world.chance.choice((2, 3, 3, 3, 4, 4, 5)),
            assessed_on=actor.today,
        )
        for name in chosen
    ]
    records.save_many(rows, actor=actor)


def _plan_qualifications(world: World, person: facts.PersonFacts) -> None:
    """Plan what the person obtains, and each renewal some weeks before it expires, so that it is current today."""
    special = {code for key, code, _until in facts.EXPIRING if key == person.key}
    for row in facts.QUALIFICATIONS:
        if person.family not in row.families or row.code in special or world.chance.random() < 0.25:
            continue
        # What was held before the history begins is entered in its first weeks, as issued in the year before.
        month = max(person.since, BEGIN) + world.chance.uniform(-9, 0.5)
        number = f"{row.code}-{world.chance.randint(20000, 89999)}"
        while month <= -0.2:
            told = max(month, person.since + 1.3, BEGIN + 1.3)
            world.timeline.add(told, partial(_obtain, world, person.key, (row.code, number), month))
            if row.months is None:
                break
            month += row.months - world.chance.uniform(2.6, 4)


def _obtain(world: World, key: str, what: tuple[str, str], month: float, now: dt.datetime) -> None:
    person = world.people[key]
    if person.has_left(world.day(month)):
        return
    code, number = what
    kind = QualificationType.objects.get(code=code)
    row = Qualification(person=person, type=kind, number=number, issued_on=world.day(month))
    services.qualification_save(row, actor=world.actor("tanabe", now))
    if kind.needs_evidence and (key, code) not in facts.UNPROVEN:
        prove(world, row, now)


def prove(world: World, row: Qualification, now: dt.datetime) -> None:
    """Attach the paper that shows a qualification."""
    lines = (row.type.issuer, "", f"{row.type.name}, number {row.number}", row.person.name, f"Issued {row.issued_on}")
    name = f"{row.type.code} {row.person.name}.pdf"
    content_attach(record=row, name=name, chunks=[paper(lines)], actor=world.actor("tanabe", now))


def _expiring(world: World, key: str, code: str, until: dt.date, now: dt.datetime) -> None:
    kind = QualificationType.objects.get(code=code)
    issued = months_later(until, -(kind.valid_months or 12)) + dt.timedelta(days=1)
    row = Qualification(
        person=world.people[key],
        type=kind,
        number=f"{code}-{world.chance.randint(20000, 89999)}",
        issued_on=issued,
        expires_on=until,
    )
    services.qualification_save(row, actor=world.actor("tanabe", now))
    if kind.needs_evidence:
        prove(world, row, now)


def _plan_absences(world: World, person: facts.PersonFacts) -> None:
    """Plan leave in summer and winter, now and then sickness or training, also some weeks ahead."""
    if person.kind not in ("staff", "contractor"):
        return
    end = person.until if person.until is not None else 7.0
    month = max(person.since, -15.0) + world.chance.uniform(1, 4)
    while month < min(end, facts.LEFT_WITH_ROLES.get(person.key, 99)) - 0.7:
        kind, days = world.chance.choice(
            (("leave", 11), ("leave", 4), ("leave", 14), ("training", 2), ("sickness", 3), ("leave", 7))
        )
        if month > 0 and kind == "sickness":
            kind = "leave"
        told = month - world.chance.uniform(0.5, 2) if kind != "sickness" else month
        world.timeline.add(min(told, -0.1), partial(_away, world, person.key, kind, (month, days)))
        month += world.chance.uniform(3.4, 6.2)


def _away(world: World, key: str, kind: str, span: tuple[float, int], now: dt.datetime) -> None:
    month, days = span
    first = world.day(month)
    row = Absence(
        person=world.people[key],
        kind=kind,
        starts_on=first,
        ends_on=first + dt.timedelta(days=days),
        approved=month < 1.5 or world.chance.random() < 0.6,
    )
    services.absence_save(row, actor=world.actor("tanabe", now))

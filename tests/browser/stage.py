"""The organisation that the journeys walk through: small, the same every time, sixty days old.

    QUARTERDECK_DATA_DIR=... python -m tests.browser.stage

fills the database of that folder through the services. The journeys run in another process and know what is here by
the constants below.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

PASSWORD: Final = "lanterns-on-the-quay"


@dataclass(frozen=True)
class Persona:
    """One who signs in."""

    email: str
    name: str


HEAD = Persona("marit.dongen@example.org", "Marit Dongen")
ANALYST = Persona("tunde.adebayo@example.org", "Tunde Adebayo")
MANAGER = Persona("leonie.hartwig@example.org", "Leonie Hartwig")
ADMINISTRATOR = Persona("vera.root@example.org", "Vera Root")
LOCKED = Persona("lou.locked@example.org", "Lou Locked")
PERSONAS: Final = (HEAD, ANALYST, MANAGER, ADMINISTRATOR, LOCKED)
#: Days ago: when everything was entered, and when something of it was changed.
ENTERED: Final = 60
CHANGED: Final = 10
#: (name, unit, job title, location), in the order of the list: by last name.
PEOPLE: Final = (
    ("Amara Adler", "RAIL", "Planner", "Harbour"),
    ("Ben Castillo", "RAIL", "Site engineer", "Harbour"),
    ("Chiara Dahl", "RAIL", "Cost engineer", "Depot"),
    ("Dmitri Ekman", "RAIL", "Signal designer", "Depot"),
    ("Elif Farouk", "RAIL", "Test lead", "Depot"),
    ("Grace Mbeki", "PORTS", "Crane engineer", "Quay"),
    ("Ivan Novak", "PORTS", "Scheduler", "Quay"),
    ("Jana Okafor", "PORTS", "Buyer", "Quay"),
)
#: (name, above, unit, budget, planned start and finish in days from today)
PROJECTS: Final = (
    ("Depot signalling", "Rail portfolio", "RAIL", 1_200_000, -30, 200),
    ("Platform doors", "Rail portfolio", "RAIL", 800_000, -20, 90),
    ("Track renewal", "Rail portfolio", "RAIL", 500_000, 20, 400),
    ("Quay crane", "Ports portfolio", "PORTS", 3_000_000, 10, 300),
)
#: What the state of Track renewal's budget was before it was changed.
FORMER_BUDGET: Final = 450_000


def build(now: dt.datetime) -> None:
    """Fill an empty database."""
    from quarterdeck.apps.organisation.models import Currency, Office, OfficeService, OrganisationUnit
    from quarterdeck.apps.organisation.services import currency_save, office_save, unit_save
    from quarterdeck.apps.people.models import Person, Role
    from quarterdeck.apps.people.services import install_catalogue, person_save, role_assign
    from quarterdeck.apps.portfolio.models import Initiative
    from quarterdeck.apps.portfolio.services import initiative_save
    from quarterdeck.kernel import records
    from quarterdeck.kernel.access import scopes
    from quarterdeck.kernel.access.actor import Actor
    from quarterdeck.kernel.access.models import AccessRole, Grant, User

    early = Actor.system(now=now - dt.timedelta(days=ENTERED))
    late = Actor.system(now=now - dt.timedelta(days=CHANGED))
    today = early.today + dt.timedelta(days=ENTERED)
    install_catalogue(early)
    euro = Currency(code="EUR", name="Euro", is_base=True)
    currency_save(euro, actor=early)

    units: dict[str, OrganisationUnit] = {}
    for code, name, kind, above in (
        ("TIDE", "Tideway Group", "enterprise", ""),
        ("RAIL", "Rail division", "division", "TIDE"),
        ("PORTS", "Ports division", "division", "TIDE"),
    ):
        units[code] = OrganisationUnit(code=code, name=name, kind=kind, parent=units.get(above))
        unit_save(units[code], actor=early)
    office = Office(code="PO", name="Portfolio office", authority="controlling", unit=units["TIDE"])
    office_save(office, actor=early)

    users = {
        one.email: User.objects.create_user(
            one.email, name=one.name, password=PASSWORD, is_administrator=one == ADMINISTRATOR
        )
        for one in PERSONAS
    }
    for persona, role_name in ((HEAD, "PMO head"), (ANALYST, "PMO analyst")):
        role = AccessRole.objects.get(name=role_name)
        records.save(Grant(user=users[persona.email], role=role, scope=scopes.root()), actor=early)

    tree: dict[str, Initiative] = {}
    for name, code in (("Rail portfolio", "RAIL"), ("Ports portfolio", "PORTS")):
        tree[name] = Initiative(name=name, kind="portfolio", unit=units[code], currency=euro)
        initiative_save(tree[name], actor=early)
        records.save(OfficeService(office=office, scope=tree[name].scope), actor=early)
    for name, above, code, budget, start, finish in PROJECTS:
        tree[name] = Initiative(
            name=name,
            kind="project",
            parent=tree[above],
            unit=units[code],
            currency=euro,
            purpose=f"{name} in service by the end of the year.",
            method="prince2",
            budget=Decimal(FORMER_BUDGET if name == "Track renewal" else budget),
            planned_start=today + dt.timedelta(days=start),
            planned_finish=today + dt.timedelta(days=finish),
        )
        initiative_save(tree[name], actor=early)

    for name, code, title, place in PEOPLE:
        person_save(Person(name=name, unit=units[code], job_title=title, location=place), actor=early)
    manager = Person(name=MANAGER.name, unit=units["PORTS"], job_title="Project manager", user=users[MANAGER.email])
    person_save(manager, actor=early)
    role_assign(
        person=manager,
        role=Role.objects.get(code="PM"),
        scope=tree["Depot signalling"].scope,
        starts_on=early.today,
        actor=early,
    )
    raised = Initiative.objects.get(name="Track renewal")
    raised.budget = Decimal(500_000)
    initiative_save(raised, actor=late, note="Longer possession")


def main() -> None:
    """Bring the database up to date and fill it as of now."""
    from quarterdeck.commands.common import keep_secret, migrate_database, start

    start()
    from django.conf import settings

    from quarterdeck.kernel import clock

    keep_secret(settings.SECRET_KEY_PATH)
    migrate_database()
    build(clock.now())


if __name__ == "__main__":
    main()

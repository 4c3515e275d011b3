"""A database as large as wanted, filled in bulk: a realistic tree with people, roles, rights and three years of
history.

Rows are written past the services, which take milliseconds each; what the services would have kept in step (paths of
the access nodes, the history) is written alike. The same count makes the same database.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction

from quarterdeck.apps.organisation.models import Currency, OrganisationUnit
from quarterdeck.apps.people.models import Person, Role, RoleAssignment
from quarterdeck.apps.people.services.persons import sorted_as
from quarterdeck.apps.portfolio.choices import MANAGERS, SPONSOR, STAGES, Kind, Method, Priority, State
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope, User
from quarterdeck.kernel.audit.models import Action, Change
from quarterdeck.kernel.audit.states import encode, state_of
from quarterdeck.kernel.search.index import rebuild

#: Top portfolios, whatever the number of rows: a reader of one sees one part in 25.
PORTFOLIOS = 25
#: Projects below a programme, and programmes below a portfolio.
PROJECTS, PROGRAMMES = 38, 10
YEARS = 3
CHUNK = 2000
_VERBS = [
    "Replace",
    "Renew",
    "Consolidate",
    "Migrate",
    "Harden",
    "Extend",
    "Retire",
    "Automate",
    "Relocate",
    "Standardise",
    "Certify",
    "Modernise",
]
_THINGS = [
    "billing platform",
    "core network",
    "data centre",
    "customer portal",
    "payroll",
    "warehouse control",
    "field tablets",
    "meter fleet",
    "identity service",
    "planning tool",
    "call centre",
    "rolling stock",
    "signal boxes",
    "archive",
    "treasury ledger",
    "spare parts store",
]
_PLACES = [
    "North",
    "South",
    "East",
    "West",
    "Harbour",
    "Valley",
    "Airport",
    "Lakeside",
    "Midtown",
    "Highlands",
    "Delta",
    "Plateau",
    "Coast",
    "Isles",
]
_GIVEN = [
    "Helen",
    "Omar",
    "Ingrid",
    "Mateo",
    "Aiko",
    "Priya",
    "Lars",
    "Chloe",
    "Samuel",
    "Noor",
    "Elena",
    "Tomas",
    "Wei",
    "Amara",
    "Jonas",
    "Leila",
    "Hugo",
    "Freya",
]
_FAMILY = [
    "Ashdown",
    "Berger",
    "Castell",
    "Dufour",
    "Eriksen",
    "Fontaine",
    "Grimaldi",
    "Hartmann",
    "Ivanova",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petrov",
    "Quintero",
    "Rossi",
    "Schneider",
    "Takeda",
    "Ueda",
    "Vargas",
    "Weston",
    "Yilmaz",
    "Zeller",
]


def fill(rows: int) -> None:
    """Write units, `rows` initiatives and as many persons, who hold what, users with rights, history, search index."""
    chance = random.Random(rows)
    now = clock.now()
    with transaction.atomic():
        root = Scope.objects.filter(parent__isnull=True).first()
        if root is None:
            root = Scope.objects.create(pk=1, kind="root", label="Whole organisation", path=_segment(1))
        units = _units(root)
        persons = _persons(rows, units, chance, now)
        initiatives = _initiatives(rows, root, units, chance, now)
        _assignments(initiatives, len(persons), chance)
        _users(root, units, initiatives)
        _history([*initiatives, *persons], chance, now)
        _reset_sequences()
    analyse()


def index() -> None:
    """Fill the index of the search over every kind of record."""
    rebuild()


def _segment(pk: int) -> str:
    return format(pk, "06x")


def _write(model: type[models.Model], rows: Iterable[Any]) -> None:
    waiting = iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        model._default_manager.bulk_create(chunk, batch_size=CHUNK)


def _units(root: Scope) -> list[OrganisationUnit]:
    """Write an enterprise of 8 divisions with 12 departments each, and return all."""
    first = (Scope.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    nodes: list[Scope] = []
    units: list[OrganisationUnit] = []

    def add(code: str, name: str, kind: str, above: OrganisationUnit | None) -> OrganisationUnit:
        node_above = above.scope if above else root
        pk = first + len(nodes)
        node = Scope(pk=pk, parent=node_above, kind="unit", label=name, path=node_above.path + _segment(pk))
        unit = OrganisationUnit(pk=len(units) + 1, code=code, name=name, kind=kind, parent=above, scope=node)
        nodes.append(node)
        units.append(unit)
        return unit

    top = add("ENT", "Enterprise", "enterprise", None)
    for d in range(8):
        division = add(f"DIV-{d}", f"{_PLACES[d]} Division", "division", top)
        for n in range(12):
            add(f"DEP-{d}-{n}", f"{_THINGS[n].capitalize()} {_PLACES[d]}", "department", division)
    _write(Scope, nodes)
    _write(OrganisationUnit, units)
    return units


def _persons(rows: int, units: list[OrganisationUnit], chance: random.Random, now: dt.datetime) -> list[Person]:
    found: list[Person] = []
    for n in range(1, rows + 1):
        name = f"{chance.choice(_GIVEN)} {chance.choice(_FAMILY)}"
        joined = _day(now, chance.randint(0, YEARS * 365))
        found.append(
            Person(
                pk=n,
                code=f"P-{n:06d}",
                name=name,
                sort_name=sorted_as(name),
                kind="staff" if chance.random() < 0.8 else "contractor",
                email=f"{name.lower().replace(' ', '.')}.{n}@example.org",
                phone=f"+44 20 7946 {n % 10000:04d}",
                unit=units[chance.randrange(9, len(units))],
                manager_id=max(1, n // 9) if n > 1 else None,
                job_title=chance.choice(("Engineer", "Analyst", "Planner", "Controller", "Buyer", "Team lead")),
                location=chance.choice(_PLACES),
                starts_on=joined,
                ends_on=joined + dt.timedelta(days=chance.randint(30, 900)) if chance.random() < 0.1 else None,
                created_at=now,
                updated_at=now - dt.timedelta(hours=chance.randint(1, 9000)),
            )
        )
    _write(Person, found)
    return found


def _initiatives(
    rows: int, root: Scope, units: list[OrganisationUnit], chance: random.Random, now: dt.datetime
) -> list[Initiative]:
    currencies = [Currency.objects.get_or_create(code=code, defaults={"name": code})[0] for code in ("EUR", "GBP")]
    first = (Scope.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    nodes: list[Scope] = []
    found: list[Initiative] = []
    below_one = 1 + PROGRAMMES * (1 + PROJECTS)

    def add(kind: Kind, above: Initiative | None) -> Initiative:
        node_above = above.scope if above else root
        pk = first + len(nodes)
        name = f"{chance.choice(_VERBS)} {chance.choice(_THINGS)} {chance.choice(_PLACES)}"
        node = Scope(pk=pk, parent=node_above, kind=kind, label=name, path=node_above.path + _segment(pk))
        made = _initiative(len(found) + 1, name, kind, above=above, chance=chance, now=now)
        made.scope, made.unit, made.currency = node, chance.choice(units[1:]), chance.choice(currencies)
        nodes.append(node)
        found.append(made)
        return made

    def fill_portfolio(portfolio: Initiative, most: int) -> None:
        until = min(rows, len(found) + most - 1)
        while len(found) < until:
            programme = add(Kind.PROGRAMME, portfolio)
            for _n in range(min(PROJECTS, until - len(found))):
                add(Kind.PROJECT, programme)

    each = rows // PORTFOLIOS
    for number in range(PORTFOLIOS):
        until = rows if number == PORTFOLIOS - 1 else (number + 1) * each
        top = add(Kind.PORTFOLIO, None)
        while len(found) < until:
            part = top if each <= below_one * 2 else add(Kind.PORTFOLIO, top)
            fill_portfolio(part, min(below_one, until - len(found) + 1))
    _write(Scope, nodes)
    _write(Initiative, found)
    return found


def _initiative(
    n: int, name: str, kind: Kind, *, above: Initiative | None, chance: random.Random, now: dt.datetime
) -> Initiative:
    """Return one initiative, unsaved, without node, unit and currency."""
    prefix = {"portfolio": "PF", "programme": "PG", "project": "PRJ"}[kind]
    start = _day(now, chance.randint(-180, YEARS * 365))
    finish = start + dt.timedelta(days=chance.randint(60, 900))
    state = chance.choices(list(State), weights=(15, 45, 5, 30, 5))[0]
    method = chance.choice([Method.PRINCE2, Method.PREDICTIVE, Method.AGILE, Method.HYBRID])
    return Initiative(
        pk=n,
        code=f"{prefix}-{n:06d}",
        name=name,
        kind=kind,
        parent=above,
        purpose=f"After it, {name.lower()} no longer stops work; the service desk has a fifth fewer calls a month.",
        state=state,
        state_since=start,
        stage=chance.choice(STAGES[method]),
        method=method,
        priority=chance.choice(list(Priority)),
        budget=Decimal(chance.randint(20, 9_000) * 1000) if chance.random() < 0.9 else None,
        planned_start=start,
        planned_finish=finish,
        actual_start=start if state in (State.ACTIVE, State.COMPLETED) else None,
        actual_finish=finish if state == State.COMPLETED else None,
        created_at=now,
        updated_at=now - dt.timedelta(hours=chance.randint(1, 9000)),
    )


def _day(now: dt.datetime, days_ago: int) -> dt.date:
    return now.date() - dt.timedelta(days=days_ago)


def _assignments(initiatives: list[Initiative], persons: int, chance: random.Random) -> None:
    """Give every initiative a sponsor and a manager, and every fifth a manager before."""
    codes = {SPONSOR: "Sponsor", **{code: code.replace("-", " ").title() for code in MANAGERS.values()}}
    roles = {code: Role.objects.get_or_create(code=code, defaults={"name": name})[0] for code, name in codes.items()}

    def each() -> Iterator[RoleAssignment]:
        for record in initiatives:
            start = record.planned_start or dt.date(2024, 1, 1)
            start = min(start, _day(clock.now(), 1))
            manager = roles[MANAGERS[record.kind]]
            held: list[tuple[Role, dt.date, dt.date | None]] = [(roles[SPONSOR], start, None), (manager, start, None)]
            if record.pk % 5 == 0:
                held.append((manager, start - dt.timedelta(days=90), start - dt.timedelta(days=1)))
            for role, since, until in held:
                yield RoleAssignment(
                    person_id=chance.randint(1, persons),
                    role=role,
                    scope_id=record.scope_id,
                    starts_on=since,
                    ends_on=until,
                )

    _write(RoleAssignment, each())


#: Users by name: rights, classes seen, and where: at the root, or at one portfolio and one division.
USERS: dict[str, tuple[list[str], list[str], str]] = {
    "reader": (["view"], ["money"], "one"),
    "manager": (["view", "add", "change"], ["money", "personal"], "one"),
    "organisation": (["view"], ["money", "personal"], "root"),
    "administrator": (["view"], [], "root"),
}


def _users(root: Scope, units: list[OrganisationUnit], initiatives: list[Initiative]) -> None:
    """Make the users who read: of one portfolio and one division, its manager, of everything, an administrator."""
    for name, (actions, sees, where) in USERS.items():
        user = User.objects.create_user(f"{name}@example.org", name=name, is_administrator=name == "administrator")
        role = AccessRole.objects.create(name=f"{name} of the benchmark", permissions={"*": actions}, sees=sees)
        nodes = [root] if where == "root" else [initiatives[0].scope, units[1].scope]
        for node in nodes:
            Grant.objects.create(user=user, role=role, scope=node)


def _history(found: list[Any], chance: random.Random, now: dt.datetime) -> None:
    """Write when each record was added and, of six in ten, one change later; in order of time, as it would be."""
    span = YEARS * 365 * 24 * 60
    moments: list[tuple[int, int, bool]] = []
    for place in range(len(found)):
        added = chance.randrange(span // 10, span)
        moments.append((added, place, True))
        if chance.random() < 0.6:
            moments.append((chance.randrange(0, added), place, False))
    moments.sort(key=lambda item: -item[0])
    user = User.objects.get(email="organisation@example.org")

    def each() -> Iterator[Change]:
        for minutes, place, adds in moments:
            record = found[place]
            state = state_of(record)
            before: dict[str, Any] = {} if adds else {"name": f"{record.name}, draft"}
            after = state if adds else {"name": encode(record.name)}
            yield Change(
                at=now - dt.timedelta(minutes=minutes),
                actor=user,
                actor_label=user.name,
                via="form",
                batch=uuid.UUID(int=chance.getrandbits(128)),
                action=Action.CREATE if adds else Action.CHANGE,
                record_type=record._meta.label_lower,
                record_id=record.pk,
                label=str(record)[:300],
                version=1 if adds else 2,
                before=before,
                after=after,
                state=state,
            )

    _write(Change, each())


def _reset_sequences() -> None:
    """Let PostgreSQL count on from the keys that were given."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Scope, OrganisationUnit, Person, Initiative]):
            cursor.execute(statement)


def analyse() -> None:
    """Tell the database how its rows are spread, as it finds out by itself in the long run."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

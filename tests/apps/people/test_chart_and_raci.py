from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.organisation.choices import UnitKind
from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people import selectors, services
from quarterdeck.apps.people.choices import PersonKind
from quarterdeck.apps.people.models import Activity, RaciEntry, Role
from quarterdeck.apps.people.selectors import ChartUnit, RaciRow
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import AccessDenied
from tests.apps.organisation.conftest import NOW, MakeActor, MakeUnit
from tests.apps.people.conftest import MakePerson

TODAY = NOW.date()
Roles = dict[str, Role]


def outline(units: tuple[ChartUnit, ...]) -> list[tuple[int, str, str, int, int]]:
    found = []
    for unit in units:
        head = unit.head.name if unit.head else ""
        found.append((unit.depth, unit.code, head, unit.people, unit.people_below))
        found += outline(unit.children)
    return found


@pytest.fixture
def staffed(
    person: MakePerson, catalogue: Roles, group: OrganisationUnit, build: OrganisationUnit, system: Actor
) -> None:
    chief = person("Carl Chief", unit=group)
    services.role_assign(person=chief, role=catalogue["UNIT-HEAD"], scope=group.scope, starts_on=TODAY, actor=system)
    person("Ann Networks")
    person("Ben Builder", unit=build)
    person("Con Tractor", unit=build, kind=PersonKind.CONTRACTOR)
    person("Cly Ent", unit=build, kind=PersonKind.CLIENT, employer="Acme")
    person("Old Hand", unit=build, ends_on=TODAY - dt.timedelta(days=1))


@pytest.mark.usefixtures("staffed")
def test_the_chart_shows_heads_and_counts(system: Actor, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):
        chart = selectors.org_chart(actor=system, on=TODAY)
    assert outline(chart) == [
        (0, "GROUP", "Carl Chief", 1, 4),
        (1, "NETWORKS", "", 1, 3),
        (2, "BUILD", "", 2, 2),
    ]
    assert chart[0].contractors_below == 1


@pytest.mark.usefixtures("staffed")
def test_the_chart_keeps_to_what_one_may_see(
    networks: OrganisationUnit, unit: MakeUnit, given: MakeActor, stranger: Actor
) -> None:
    unit("LATER", UnitKind.TEAM, networks)
    OrganisationUnit.objects.filter(code="LATER").update(starts_on=TODAY + dt.timedelta(days=1))
    local = given(networks.scope, {"organisation.*": ["view"]})
    assert outline(selectors.org_chart(actor=local, on=TODAY)) == [(0, "NETWORKS", "", 0, 0), (1, "BUILD", "", 0, 0)]
    assert selectors.org_chart(actor=stranger, on=TODAY) == ()


@pytest.fixture
def team(person: MakePerson, catalogue: Roles, project: Scope, system: Actor) -> None:
    for name, code in (("Sue Sponsor", "SPONSOR"), ("Pat Manager", "PM"), ("Tim Manager", "TEAM-MANAGER")):
        services.role_assign(person=person(name), role=catalogue[code], scope=project, starts_on=TODAY, actor=system)


def row_of(project: Scope, code: str) -> RaciRow:
    matrix = selectors.raci_matrix(project, TODAY)
    return next(row for row in matrix.rows if row.activity.code == code)


@pytest.mark.usefixtures("team")
def test_the_matrix_follows_the_standard(project: Scope, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):
        matrix = selectors.raci_matrix(project, TODAY)
    assert [(column.role.code, [p.name for p in column.people]) for column in matrix.roles] == [
        ("SPONSOR", ["Sue Sponsor"]),
        ("PM", ["Pat Manager"]),
        ("TEAM-MANAGER", ["Tim Manager"]),
    ]
    assert [cell.letter for cell in row_of(project, "CASE").cells] == ["A", "R", ""]
    assert [cell.letter for cell in row_of(project, "SCHEDULE").cells] == ["I", "A", "R"]
    # Held by nobody here: staffing (resource), money (finance), suppliers (commercial), acceptance (user), audit (PMO).
    assert [row.activity.code for row in matrix.rows if row.warning] == [
        "STAFFING",
        "MONEY",
        "SUPPLIER",
        "ACCEPT",
        "AUDIT",
    ]
    assert matrix.warnings == 5
    assert row_of(project, "ACCEPT").warning == "No role is accountable."


@pytest.mark.usefixtures("team")
def test_a_node_departs_from_the_standard(project: Scope, catalogue: Roles, system: Actor, person: MakePerson) -> None:
    money = Activity.objects.get(code="MONEY")

    def put(role: str, letter: str) -> None:
        services.raci_set(scope=project, activity=money, role=catalogue[role], letter=letter, actor=system)

    put("PM", "A")
    row = row_of(project, "MONEY")
    assert [(cell.letter, cell.standard, cell.own) for cell in row.cells][1] == ("A", "R", True)
    assert row.warning == ""
    put("FINANCE", "A")
    put("FINANCE", "C")
    assert RaciEntry.objects.count() == 2
    put("FINANCE", "A")  # back to the standard: nothing is kept
    assert RaciEntry.objects.count() == 1
    put("SPONSOR", "A")
    assert row_of(project, "MONEY").warning == "2 roles are accountable; one answers."
    put("SPONSOR", "I")
    put("PM", "")
    assert row_of(project, "MONEY").cells[1].letter == ""
    assert RaciEntry.objects.get().letter == "-"
    with pytest.raises(ValidationError, match="A part is R, A, C or I"):
        put("PM", "X")
    put("COMMERCIAL", "A")
    assert row_of(project, "MONEY").warning == "Nobody holds Commercial specialist here."
    put("COMMERCIAL", "")
    put("PM", "A")
    services.role_assign(
        person=person("Pam Second"), role=catalogue["PM"], scope=project, starts_on=TODAY, actor=system
    )
    assert row_of(project, "MONEY").warning == "2 people hold Project manager; one answers."


@pytest.mark.usefixtures("team")
def test_a_stranger_sets_no_responsibility(project: Scope, catalogue: Roles, stranger: Actor) -> None:
    activity = Activity.objects.get(code="RISK")
    with pytest.raises(AccessDenied):
        services.raci_set(scope=project, activity=activity, role=catalogue["PM"], letter="C", actor=stranger)
    assert not RaciEntry.objects.exists()

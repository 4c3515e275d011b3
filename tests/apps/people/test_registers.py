"""The registers of both apps over HTTP: what is theirs beyond what the contract suite checks of every register."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from quarterdeck.apps.organisation.models import FiscalCalendar, FiscalYear, OrganisationUnit, WorkCalendar
from quarterdeck.apps.people import services
from quarterdeck.apps.people.models import Person, Role, RoleAssignment
from quarterdeck.kernel import clock
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope, User
from quarterdeck.kernel.registers import spec
from tests.apps.people.conftest import MakePerson

Roles = dict[str, Role]
OURS = [
    "absences",
    "activities",
    "calendar-exceptions",
    "calendar-shifts",
    "cost-rates",
    "currencies",
    "exchange-rates",
    "fiscal-calendars",
    "fiscal-periods",
    "fiscal-years",
    "office-services",
    "offices",
    "people",
    "person-skills",
    "qualification-types",
    "qualifications",
    "raci-defaults",
    "raci-entries",
    "role-assignments",
    "roles",
    "skills",
    "units",
    "work-calendars",
]


def client_as(role: str, scope: Scope) -> Client:
    count = User.objects.count()
    user = User.objects.create_user(f"{count}@example.com", name=f"Somebody {count}")
    Grant.objects.create(user=user, role=AccessRole.objects.get(name=role), scope=scope)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def head(catalogue: Roles) -> Client:
    return client_as("PMO head", scopes.root())


@pytest.fixture
def outsider(catalogue: Roles) -> Client:
    """Someone with a reader's rights at a node that governs nothing here."""
    return client_as("Directory", scopes.scope_add(parent=scopes.root(), kind="project", label="Elsewhere"))


def test_every_register_of_ours_is_declared() -> None:
    declared = {
        found.slug for found in spec.all_registers() if found.record_type.split(".")[0] in {"organisation", "people"}
    }
    assert declared == set(OURS)


@pytest.mark.parametrize("slug", OURS)
def test_lists_and_forms_open(slug: str, head: Client, stranger: Actor) -> None:
    assert head.get(f"/{slug}/").status_code == 200
    assert head.get(f"/{slug}/new/").status_code == 200
    assert stranger.user is not None
    shut = Client()
    shut.force_login(stranger.user)
    assert shut.get(f"/{slug}/new/").status_code == 404


def test_a_unit_is_added_by_form_with_its_node(head: Client, networks: OrganisationUnit) -> None:
    fields = {"code": "LAB", "name": "Laboratory", "kind": "team", "parent": networks.pk}
    assert head.post("/units/new/", fields).status_code == 302
    lab = OrganisationUnit.objects.get(code="LAB")
    assert (lab.scope.label, lab.scope.parent) == ("Laboratory", networks.scope)
    answer = head.post("/units/new/", {**fields, "code": "TOP", "kind": "division", "parent": lab.pk})
    assert "A division is not part of a team." in answer.content.decode()


def test_a_person_is_added_and_leaves(
    head: Client, networks: OrganisationUnit, catalogue: Roles, project: Scope, system: Actor
) -> None:
    fields = {"name": "Ann New", "kind": "staff", "unit": networks.pk}
    assert head.post("/people/new/", fields).status_code == 302
    ann = Person.objects.get()
    assert (ann.code, ann.sort_name) == ("P-0001", "New, Ann")
    today = clock.local_date(clock.now())
    services.role_assign(person=ann, role=catalogue["PM"], scope=project, starts_on=today, actor=system)
    page = head.get("/people/P-0001/").content.decode()
    assert "Record leaving" in page
    assert "Project manager" in page
    last = today + dt.timedelta(days=30)
    assert head.post("/people/P-0001/do/leave/", {"act": "1", "last_day": last.isoformat()}).status_code == 302
    ann.refresh_from_db()
    assert (ann.ends_on, RoleAssignment.objects.get().ends_on) == (last, last)


def test_users_and_nodes_are_offered_to_those_who_may_give(
    head: Client, outsider: Client, person: MakePerson, project: Scope, networks: OrganisationUnit
) -> None:
    person("Ann Networks")
    assert "Somebody" in head.get("/people/options/user/?q=Somebody").content.decode()
    assert "Somebody" not in outsider.get("/people/options/user/?q=Somebody").content.decode()
    manager = client_as("Project manager", project)
    offered = manager.get("/role-assignments/options/scope/?q=").content.decode()
    assert "Ring 4" in offered
    assert "Networks" not in offered


def test_rates_are_hidden_from_those_without_the_right(
    head: Client, person: MakePerson, networks: OrganisationUnit
) -> None:
    ann = person("Ann Networks", phone="555 0142")
    reader = client_as("Reader", scopes.root())
    assert "555 0142" in head.get(f"/people/{ann.code}/").content.decode()
    assert "555 0142" not in reader.get(f"/people/{ann.code}/").content.decode()
    elsewhere = client_as("Reader", scopes.scope_add(parent=scopes.root(), kind="project", label="Other"))
    assert elsewhere.get(f"/people/{ann.code}/").status_code == 404


def test_fiscal_years_are_generated_and_a_calendar_adopted(head: Client, office_hours: WorkCalendar) -> None:
    assert (
        head.post(
            "/fiscal-calendars/new/",
            {
                "name": "Group",
                "start_month": 4,
                "scheme": "months",
                "prefix": "FY",
                "named_after": "ends",
                "week_start": 0,
                "year_end": "last",
            },
        ).status_code
        == 302
    )
    group = FiscalCalendar.objects.get()
    address = f"/fiscal-calendars/{group.pk}/do"
    assert head.post(f"{address}/generate/", {"act": "1", "first": 2026, "last": 2027}).status_code == 302
    assert [str(year) for year in FiscalYear.objects.all()] == ["FY26", "FY27"]
    refused = head.post(f"{address}/generate/", {"act": "1", "first": 2026, "last": 2070})
    assert "Generate 1 to 30 years" in refused.content.decode()
    night = WorkCalendar.objects.create(name="Night")
    assert head.post(f"/work-calendars/{night.pk}/do/adopt/").status_code == 302
    office_hours.refresh_from_db()
    night.refresh_from_db()
    assert (night.is_default, office_hours.is_default) == (True, False)
    assert head.post(f"/work-calendars/{night.pk}/do/adopt/").status_code == 404

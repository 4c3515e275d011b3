from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people import services
from quarterdeck.apps.people.models import Activity, RaciEntry, Role
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope, User
from tests.apps.organisation.conftest import NOW, MakeActor
from tests.apps.people.conftest import MakePerson

Roles = dict[str, Role]


def signed_in(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def team(person: MakePerson, catalogue: Roles, project: Scope, build: OrganisationUnit, system: Actor) -> None:
    pat = person("Pat Manager")
    for who, code, scope in (
        (pat, "PM", project),
        (person("Sue Sponsor"), "SPONSOR", project),
        (person("Una Head", unit=build), "UNIT-HEAD", build.scope),
    ):
        services.role_assign(person=who, role=catalogue[code], scope=scope, starts_on=NOW.date(), actor=system)


@pytest.fixture
def manager(team: None, project: Scope) -> Client:
    user = User.objects.create_user("manager@example.org", name="Max Manager")
    Grant.objects.create(user=user, role=AccessRole.objects.get(name="Project manager"), scope=project)
    Grant.objects.create(user=user, role=AccessRole.objects.get(name="Reader"), scope=scopes.root())
    return signed_in(user)


@pytest.mark.usefixtures("team")
def test_pages_are_shut_to_those_without_rights(stranger: Actor, project: Scope) -> None:
    client = signed_in(stranger.user)
    for address in ("/people/chart/", f"/people/raci/?at={project.pk}"):
        assert client.get(address).status_code == 404
        answer = Client().get(address)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_the_chart_page(manager: Client, django_assert_max_num_queries: Any) -> None:
    manager.get("/people/chart/")
    # Four for the chart; the rest are session, rights and frame.
    with django_assert_max_num_queries(14):
        page = manager.get("/people/chart/").content.decode()
    for expected in ("Una Head", "no head", "/units/BUILD/", "Group"):
        assert expected in page
    assert len(re.findall(r'class="org-row depth-', page)) == 3
    assert " style=" not in page


def test_the_matrix_is_read_and_set(manager: Client, project: Scope, django_assert_max_num_queries: Any) -> None:
    address = f"/people/raci/?at={project.pk}"
    manager.get(address)
    # Four for the matrix; the rest are session, rights and frame.
    with django_assert_max_num_queries(14):
        page = manager.get(address).content.decode()
    assert "No role is accountable." in page
    assert "Pat Manager" in page
    edit = manager.get(address + "&edit=1").content.decode()
    money, pm = Activity.objects.get(code="MONEY"), Role.objects.get(code="PM")
    assert f'name="part.{money.pk}.{pm.pk}.R"' in edit
    answer = manager.post(address, {f"part.{money.pk}.{pm.pk}.R": "A", f"part.{money.pk}.999.": ""}, follow=True)
    assert "1 responsibility set." in answer.content.decode()
    assert [(entry.activity, entry.role, entry.letter) for entry in RaciEntry.objects.all()] == [(money, pm, "A")]
    answer = manager.post(address, {f"part.{money.pk}.999.": "A"}, follow=True)
    assert "has been removed meanwhile" in answer.content.decode()
    finance = Role.objects.get(code="FINANCE")
    wider = manager.get(f"{address}&edit=1&role={finance.pk}").content.decode()
    assert f'name="part.{money.pk}.{finance.pk}.A"' in wider


def test_a_reader_sets_nothing(manager: Client, project: Scope, given: MakeActor) -> None:
    reader = signed_in(given(project, {"people.*": ["view"]}).user)
    address = f"/people/raci/?at={project.pk}"
    page = reader.get(address + "&edit=1").content.decode()
    assert "<select" not in page.split('id="raci-form"')[1]
    money, pm = Activity.objects.get(code="MONEY"), Role.objects.get(code="PM")
    assert reader.post(address, {f"part.{money.pk}.{pm.pk}.R": "A"}).status_code == 404
    assert not RaciEntry.objects.exists()


def test_without_a_node_those_with_roles_are_offered(manager: Client, given: MakeActor) -> None:
    page = manager.get("/people/raci/").content.decode()
    rows = [re.sub(r"(<[^>]+>)+", "|", row).strip("|") for row in re.findall(r"<tr><td.*?</tr>", page, re.S)]
    assert "Ring 4|project|2|2" in rows
    elsewhere = scopes.scope_add(parent=scopes.root(), kind="project", label="Other")
    page = signed_in(given(elsewhere, {"people.*": ["view"]}).user).get("/people/raci/").content.decode()
    assert "Ring 4" not in page
    assert "No roles held yet" in page


def test_the_matrix_of_a_record_leaves_the_node_picked_above_as_it_is(manager: Client, project: Scope) -> None:
    """Reading one project's responsibilities narrows nothing else, and leads back to where one came from."""
    page = manager.get(f"/people/raci/?at={project.pk}&next=/projects/PRJ-1/").content.decode()
    assert '<a href="/projects/PRJ-1/">Ring 4</a>' in page
    assert "Ring 4" not in manager.get("/people/raci/").content.decode().split("scope-pop")[0]
    elsewhere = manager.get(f"/people/raci/?at={project.pk}&next=https://evil.example/").content.decode()
    assert 'href="https://evil' not in elsewhere
    for wrong in ("999999", "x"):
        assert manager.get(f"/people/raci/?at={wrong}").status_code == 404

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people import selectors, services
from quarterdeck.apps.people.catalogue import ACTIVITIES, RIGHTS, ROLES
from quarterdeck.apps.people.models import Activity, RaciDefault, Role, RoleAssignment
from quarterdeck.kernel import records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope, User
from quarterdeck.kernel.access.policy import AccessDenied, visible
from tests.apps.organisation.conftest import NOW, MakeActor
from tests.apps.people.conftest import MakePerson

D = dt.date
TODAY = NOW.date()
Roles = dict[str, Role]


def test_the_catalogue_is_installed_once_and_left_alone(system: Actor) -> None:
    first = services.install_catalogue(system)
    assert (first.rights, first.roles, first.activities) == (len(RIGHTS), 27, 25)
    pm = Role.objects.get(code="PM")
    pm.purpose = "Ours"
    services.role_save(pm, actor=system)
    RaciDefault.objects.filter(activity__code="GATE", role__code="PM").delete()
    again = services.install_catalogue(system)
    assert (again.rights, again.roles, again.activities, again.parts) == (0, 0, 0, 0)
    assert Role.objects.get(code="PM").purpose == "Ours"
    assert RaciDefault.objects.count() == first.parts - 1


def test_every_shipped_role_says_what_it_is_for() -> None:
    for role in ROLES:
        texts = (role.purpose, role.responsibilities, role.authority, role.limits)
        assert all(len(str(text)) > 10 for text in texts), role.code
        assert str(role.responsibilities).count("\n") >= 3, role.code
        assert role.rights in RIGHTS, role.code
    assert len({role.code for role in ROLES}) == len({str(role.name) for role in ROLES}) == len(ROLES)


def test_every_shipped_activity_has_one_accountable_role() -> None:
    codes = {role.code for role in ROLES}
    for activity in ACTIVITIES:
        letters = list(activity.letters.values())
        assert letters.count("A") == 1, activity.code
        assert letters.count("R") >= 1, activity.code
        assert set(activity.letters) <= codes, activity.code
        assert len(letters) == sum(len(part.split()) - 1 for part in activity.parts.split(",")), activity.code


def test_no_shipped_right_administers_but_the_heads() -> None:
    granting = [key for key, entry in RIGHTS.items() if any(k.startswith(("access", "*")) for k in entry.permissions)]
    assert granting == ["head"]
    assert [key for key, entry in RIGHTS.items() if "personal" in entry.sees] == ["head", "resource_manager"]
    assert "money" in RIGHTS["finance"].sees
    assert RIGHTS["reader"].sees == []


def test_a_role_brings_its_rights_while_it_lasts(
    person: MakePerson, catalogue: Roles, networks: OrganisationUnit, system: Actor
) -> None:
    ann = person("Ann Reader", signs_in=True)
    reader = catalogue["UNIT-HEAD"]
    row = services.role_assign(
        person=ann, role=reader, scope=networks.scope, starts_on=D(2026, 3, 1), ends_on=D(2026, 3, 31), actor=system
    )
    grant = Grant.objects.get()
    assert (grant.user, grant.role.name, grant.scope) == (ann.user, "Reader", networks.scope)
    assert (grant.starts_on, grant.ends_on) == (D(2026, 3, 1), D(2026, 3, 31))
    assert (grant.origin_type, grant.origin_id) == ("people.roleassignment", row.pk)
    units = OrganisationUnit.objects.all()
    assert visible(units, Actor(user=ann.user, now=NOW)).exists()
    april = dt.datetime(2026, 4, 1, 9, tzinfo=dt.UTC)
    assert not visible(units, Actor(user=ann.user, now=april)).exists()
    services.role_end(record=row, ends_on=D(2026, 3, 15), actor=system)
    assert not visible(units, Actor(user=ann.user, now=NOW)).exists()
    services.assignment_remove(row, actor=system)
    assert not Grant.objects.exists()


def test_rights_follow_the_user_and_the_catalogue(
    person: MakePerson, catalogue: Roles, project: Scope, system: Actor
) -> None:
    ann = person("Ann Later")
    services.role_assign(person=ann, role=catalogue["PM"], scope=project, starts_on=D(2026, 1, 1), actor=system)
    assert not Grant.objects.exists()
    ann.user = User.objects.create_user("ann@example.org", name="Ann")
    services.person_save(ann, actor=system)
    assert Grant.objects.get().role.name == "Project manager"
    pm = catalogue["PM"]
    pm.access_role = AccessRole.objects.get(name="Reader")
    services.role_save(pm, actor=system)
    assert Grant.objects.get().role.name == "Reader"
    ann.user = None
    services.person_save(ann, actor=system)
    assert not Grant.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_undo_of_an_assignment_takes_its_rights_back(
    person: MakePerson, catalogue: Roles, project: Scope, system: Actor
) -> None:
    ann = person("Ann Undone", signs_in=True)
    act = system.by("form", uuid.uuid4())
    services.role_assign(person=ann, role=catalogue["PM"], scope=project, starts_on=TODAY, actor=act)
    assert Grant.objects.count() == 1
    records.undo(act.batch, actor=system)
    assert not RoleAssignment.objects.exists()
    assert not Grant.objects.exists()


@pytest.mark.parametrize(
    ("role", "node", "fields", "told"),
    [
        ("UNIT-HEAD", "project", {}, "Head of unit is held at: Units"),
        ("PM", "unit", {}, "Project manager is held at: Initiatives"),
        ("SPONSOR", "root", {}, "Executive sponsor is held at: Initiatives"),
        ("PM", "project", {"starts_on": D(2025, 12, 31)}, "Ann Guard joins on 1 Jan 2026"),
        ("PM", "project", {"starts_on": D(2027, 1, 1), "ends_on": None}, "Ann Guard left on 31 Dec 2026"),
        ("PM", "project", {"ends_on": None}, "Ann Guard leaves on 31 Dec 2026; end the assignment by then"),
        ("PM", "project", {"ends_on": D(2026, 1, 31)}, "ends on or after the day it starts"),
        ("PM", "project", {"share": 120}, "less than or equal to 100"),
    ],
)
@pytest.mark.usefixtures("project", "networks", "catalogue")
def test_assignments_that_cannot_be_are_refused(
    role: str, node: str, fields: dict[str, Any], told: str, person: MakePerson
) -> None:
    ann = person("Ann Guard", starts_on=D(2026, 1, 1), ends_on=D(2026, 12, 31))
    nodes = {"project": "Ring 4", "unit": "Networks", "root": "Whole organisation"}
    values = {"starts_on": TODAY, "ends_on": D(2026, 12, 31), **fields}
    with pytest.raises(ValidationError, match=told):
        services.role_assign(
            person=ann,
            role=Role.objects.get(code=role),
            scope=Scope.objects.get(label=nodes[node]),
            actor=Actor.system(now=NOW),
            **values,
        )
    assert not RoleAssignment.objects.exists()


def test_a_unit_has_one_head_at_a_time(
    person: MakePerson, catalogue: Roles, networks: OrganisationUnit, build: OrganisationUnit, system: Actor
) -> None:
    ann, bob = person("Ann Head"), person("Bob Head")
    head = catalogue["UNIT-HEAD"]
    give = services.role_assign
    first = give(person=ann, role=head, scope=networks.scope, starts_on=D(2026, 1, 1), actor=system)
    give(person=ann, role=head, scope=build.scope, starts_on=D(2026, 1, 1), actor=system)
    with pytest.raises(ValidationError, match="Head of unit has one holder at a time: Ann Head, from 1 Jan"):
        give(person=bob, role=head, scope=networks.scope, starts_on=D(2026, 6, 1), actor=system)
    with pytest.raises(ValidationError, match="Ann Head holds this role here already"):
        give(person=ann, role=head, scope=networks.scope, starts_on=D(2026, 6, 1), actor=system)
    services.role_end(record=first, ends_on=D(2026, 5, 31), actor=system)
    give(person=bob, role=head, scope=networks.scope, starts_on=D(2026, 6, 1), actor=system)
    assert selectors.heads(D(2026, 5, 31))[networks.scope_id] == ann
    assert selectors.heads(D(2026, 6, 1)) == {networks.scope_id: bob, build.scope_id: ann}


def test_a_role_out_of_use_is_not_given(person: MakePerson, catalogue: Roles, project: Scope, system: Actor) -> None:
    tools = catalogue["TOOLS"]
    tools.is_active = False
    services.role_save(tools, actor=system)
    with pytest.raises(ValidationError, match="“Tools specialist” is no longer in use"):
        services.role_assign(person=person("Ann"), role=tools, scope=project, starts_on=TODAY, actor=system)


def test_nobody_hands_out_more_than_he_has(
    person: MakePerson, catalogue: Roles, project: Scope, given: MakeActor, stranger: Actor
) -> None:
    networks = OrganisationUnit.objects.get(code="NETWORKS")
    ann = person("Ann Asked", signs_in=True)
    see = given(networks.scope, {"people.person": ["view"], "people.role": ["view"]})
    assert see.user is not None
    entry = AccessRole.objects.get(name="Project manager")
    Grant.objects.create(user=see.user, role=entry, scope=project)
    manager = Actor(user=see.user, now=NOW)
    give = services.role_assign
    give(person=ann, role=catalogue["TEAM-MEMBER"], scope=project, starts_on=TODAY, actor=manager)
    with pytest.raises(ValidationError, match="brings the rights of “PMO head”, which go beyond yours at Ring 4"):
        give(person=ann, role=catalogue["PMO-HEAD"], scope=project, starts_on=TODAY, actor=manager)
    with pytest.raises(AccessDenied):
        give(person=ann, role=catalogue["TEAM-MEMBER"], scope=scopes.root(), starts_on=TODAY, actor=stranger)
    elsewhere = scopes.scope_add(parent=scopes.root(), kind="project", label="Other")
    with pytest.raises(AccessDenied):
        give(person=ann, role=catalogue["TEAM-MEMBER"], scope=elsewhere, starts_on=TODAY, actor=manager)
    assert [str(grant.role) for grant in Grant.objects.filter(user=ann.user)] == ["Team member"]


def test_the_right_to_grant_is_no_right_to_give_more_than_one_has(
    person: MakePerson, catalogue: Roles, given: MakeActor
) -> None:
    """What the page of grants refuses, a role assignment does not give either."""
    keeper = given(
        scopes.root(),
        {"people.*": ["view"], "people.roleassignment": ["add", "change"], "access.grant": ["add", "change"]},
    )
    ann = person("Ann Asked", signs_in=True)
    root = scopes.root()
    with pytest.raises(ValidationError, match="go beyond yours"):
        services.role_assign(person=ann, role=catalogue["PMO-HEAD"], scope=root, starts_on=TODAY, actor=keeper)
    assert not Grant.objects.filter(user=ann.user).exists()


def test_a_change_of_a_roles_rights_asks_for_the_right_to_grant(catalogue: Roles, given: MakeActor) -> None:
    editor = given(scopes.root(), {"people.*": ["view", "add", "change"], "access.accessrole": ["view"]})
    pm = catalogue["PM"]
    pm.access_role = AccessRole.objects.get(name="PMO head")
    with pytest.raises(ValidationError, match="decide which rights a role brings"):
        services.role_save(pm, actor=editor)


def test_who_holds_what(
    person: MakePerson, catalogue: Roles, project: Scope, system: Actor, django_assert_num_queries: Any
) -> None:
    ann, bob = person("Ann Sponsor"), person("Bob Manager")
    for who, code in ((bob, "PM"), (ann, "SPONSOR")):
        services.role_assign(person=who, role=catalogue[code], scope=project, starts_on=TODAY, actor=system)
    with django_assert_num_queries(1):
        found = selectors.holders([project.pk], TODAY)
        assert [(row.role.code, row.person.name) for row in found[project.pk]] == [
            ("SPONSOR", "Ann Sponsor"),
            ("PM", "Bob Manager"),
        ]
    assert selectors.holders([project.pk], TODAY - dt.timedelta(days=1)) == {}
    assert list(selectors.holders([project.pk], TODAY, ["PM"])[project.pk]) == selectors.roles_of(bob, TODAY)
    assert Activity.objects.count() == 25

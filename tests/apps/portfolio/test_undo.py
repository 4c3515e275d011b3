"""Taking back what writers of units, initiatives, roles and absences guard: rules hold, nodes return."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.organisation.services import unit_remove, unit_save
from quarterdeck.apps.people.choices import AbsenceKind
from quarterdeck.apps.people.models import Absence, Role, RoleAssignment
from quarterdeck.apps.people.services import absence_save, assignment_remove, role_assign, role_end
from quarterdeck.apps.portfolio.events import InitiativeStateChanged
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.apps.portfolio.services import initiative_cancel, initiative_remove, initiative_save
from quarterdeck.kernel import events, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import AccessRole, Grant, Scope, User
from quarterdeck.kernel.audit.models import Action, Change
from quarterdeck.kernel.records import UndoRefused
from tests.apps.people.conftest import MakePerson
from tests.apps.portfolio.conftest import Make, day, signed_in

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def refused(batch: uuid.UUID, actor: Actor) -> str:
    known = Change.objects.count()
    with pytest.raises(UndoRefused) as error:
        records.undo(batch, actor=actor)
    assert Change.objects.count() == known
    return error.value.messages[0]


# -- for how long ------------------------------------------------------------------------------------------------------


def test_an_act_is_taken_back_within_a_quarter_of_an_hour(system: Actor, networks: OrganisationUnit) -> None:
    networks.purpose = "Fibre"
    change = records.save(networks, actor=system)
    assert change is not None
    assert refused(change.batch, system.at(system.now + 16 * MINUTE)) == (
        "It is too late to take this back. Change it again instead; the history shows what was."
    )
    (back,) = records.undo(change.batch, actor=system.at(system.now + 15 * MINUTE))
    assert back.after == {"purpose": ""}


def test_the_time_is_a_setting_and_an_imports_is_longer(
    system: Actor, networks: OrganisationUnit, settings: Any
) -> None:
    settings.UNDO_MINUTES = 1
    networks.purpose = "Fibre"
    change = records.save(networks, actor=system.by("import"))
    assert change is not None
    late = system.at(system.now + 24 * 60 * MINUTE)
    assert records.undo(change.batch, actor=late)[0].after == {"purpose": ""}
    networks.refresh_from_db()
    networks.purpose = "Copper"
    change = records.save(networks, actor=system)
    assert change is not None
    assert "too late" in refused(change.batch, system.at(system.now + 2 * MINUTE))


# -- the writer's rules ------------------------------------------------------------------------------------------------


def test_what_a_rule_forbids_by_now_stays(system: Actor, person: MakePerson) -> None:
    helen = person("Helen Ashdown")
    away = Absence(person=helen, kind=AbsenceKind.LEAVE, starts_on=day(1), ends_on=day(5))
    absence_save(away, actor=system)
    away.starts_on, away.ends_on = day(20), day(25)
    moved = absence_save(away, actor=system)
    absence_save(Absence(person=helen, kind=AbsenceKind.LEAVE, starts_on=day(4), ends_on=day(6)), actor=system)
    assert moved is not None
    text = refused(moved.batch, system)
    assert "stays as it is: Helen Ashdown is away from" in text
    assert Absence.objects.get(pk=away.pk).starts_on == day(20)


def test_what_a_rule_forbids_by_now_does_not_come_back(system: Actor, person: MakePerson) -> None:
    helen = person("Helen Ashdown")
    away = Absence(person=helen, kind=AbsenceKind.LEAVE, starts_on=day(1), ends_on=day(5))
    absence_save(away, actor=system)
    gone = records.delete(away, actor=system)
    absence_save(Absence(person=helen, kind=AbsenceKind.LEAVE, starts_on=day(4), ends_on=day(6)), actor=system)
    assert "cannot come back: Helen Ashdown is away from" in refused(gone.batch, system)
    assert Absence.objects.count() == 1


@pytest.fixture
def lender(system: Actor, spine: Initiative) -> tuple[Actor, Grant]:
    """One who may give the rights of project managers at a programme, and the grant by which they may."""
    role = AccessRole(name="All", permissions={"*": ["view", "add", "change", "delete"]}, sees=["money", "personal"])
    records.save(role, actor=system)
    user = User.objects.create_user("lena@example.org", name="Lena")
    grant = Grant(user=user, role=role, scope=spine.scope)
    records.save(grant, actor=system)
    return Actor(user=user, now=system.now), grant


def test_rights_do_not_come_back_by_one_who_may_not_give_them_any_more(
    system: Actor,
    lender: tuple[Actor, Grant],
    person: MakePerson,
    catalogue: dict[str, Role],
    backbone: Initiative,
) -> None:
    actor, grant = lender
    leonie = person("Leonie Hartwig", signs_in=True)
    held = role_assign(person=leonie, role=catalogue["PM"], scope=backbone.scope, starts_on=day(-60), actor=system)
    assert Grant.objects.filter(user=leonie.user).count() == 1
    batch = uuid.uuid4()
    role_end(record=held, ends_on=day(-1), actor=actor.by("form", batch))
    # Less than a project manager's rights is left to Lena: she could not give the role now, so neither by Undo.
    less = AccessRole(name="Roles only", permissions={"people.*": ["view", "add", "change", "delete"]})
    records.save(less, actor=system)
    grant.role = less
    records.save(grant, actor=system)
    weaker = Actor(user=actor.user, now=actor.now)
    assert "which go beyond yours" in refused(batch, weaker)
    assert RoleAssignment.objects.get(pk=held.pk).ends_on == day(-1)
    gone = assignment_remove(RoleAssignment.objects.get(pk=held.pk), actor=weaker)
    assert "which go beyond yours" in refused(gone.batch, weaker)
    assert not Grant.objects.filter(user=leonie.user).exists()


def test_a_state_turns_back_and_tells_so(
    system: Actor, backbone: Initiative, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[InitiativeStateChanged] = []
    events.subscribe(InitiativeStateChanged, heard.append)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            change = initiative_cancel(record=backbone, reason="Overtaken", actor=system)
            assert change is not None
            records.undo(change.batch, actor=system)
    finally:
        events.unsubscribe(InitiativeStateChanged, heard.append)
    stored = Initiative.objects.get(pk=backbone.pk)
    assert (stored.state, stored.state_reason) == ("pipeline", "")
    assert [(one.before, one.after) for one in heard] == [("pipeline", "cancelled"), ("cancelled", "pipeline")]


# -- nodes -------------------------------------------------------------------------------------------------------------


def offered(client: Client) -> set[str]:
    return {node["label"] for node in client.get("/scopes/").json()}


@pytest.fixture
def head(system: Actor, networks: OrganisationUnit) -> Client:
    """One who may everything everywhere."""
    role = AccessRole(name="Everything", permissions={"*": ["*"]})
    records.save(role, actor=system)
    user = User.objects.create_user("head@example.org", name="Head")
    records.save(Grant(user=user, role=role, scope=Scope.objects.get(parent=None)), actor=system)
    return signed_in(user)


def test_the_node_of_what_is_removed_is_offered_nowhere_until_undo(
    system: Actor, make: Make, top: Initiative, head: Client, networks: OrganisationUnit
) -> None:
    wrong = make("Entered twice", "programme", top)
    unit = OrganisationUnit(code="OLD", name="Old team", kind="team", parent=networks)
    unit_save(unit, actor=system)
    assert {"Entered twice", "Old team"} <= offered(head)
    places = {
        "/office-services/options/scope/": ("Entered twice", "Old team"),
        "/role-assignments/options/scope/": ("Entered twice", "Old team"),
    }
    for path, words in places.items():
        for word in words:
            assert word in head.get(path, {"q": word}).content.decode(), (path, word)

    gone = [initiative_remove(wrong, actor=system), unit_remove(unit, actor=system)]
    assert not {"Entered twice", "Old team"} & offered(head)
    for path, words in places.items():
        for word in words:
            assert f">{word}" not in head.get(path, {"q": word}).content.decode(), (path, word)
    page = head.get("/units/", {"scope": str(wrong.scope_id)}).content.decode()
    assert "Entered twice" not in page, "an old bookmark picks no removed node"
    assert head.get("/api/v1/units", {"scope": unit.scope_id}).status_code == 404
    assert Scope.objects.filter(pk__in=(wrong.scope_id, unit.scope_id), is_removed=True).count() == 2

    for change in gone:
        records.undo(change.batch, actor=system)
    assert {"Entered twice", "Old team"} <= offered(head)
    assert Initiative.objects.get(pk=wrong.pk).scope_id == wrong.scope_id
    assert Initiative.objects.get(pk=wrong.pk).code == wrong.code
    assert OrganisationUnit.objects.get(code="OLD").scope_id == unit.scope_id


def test_undo_of_an_add_takes_the_node_with_it(system: Actor, make: Make, top: Initiative) -> None:
    made = make("Entered twice", "programme", top)
    change = Change.objects.get(record_type="portfolio.initiative", record_id=made.pk, action=Action.CREATE)
    records.undo(change.batch, actor=system)
    assert Scope.objects.get(pk=made.scope_id).is_removed


def test_a_node_comes_back_to_where_its_owner_belongs_by_now(system: Actor, make: Make, top: Initiative) -> None:
    other = make("Other portfolio", "portfolio")
    programme = make("Northern", "programme", top)
    project = make("Entered twice", "project", programme)
    gone = initiative_remove(project, actor=system)
    programme.parent = other
    initiative_save(programme, actor=system)
    records.undo(gone.batch, actor=system)
    node = Scope.objects.get(pk=project.scope_id)
    programme.scope.refresh_from_db()
    assert node.path.startswith(programme.scope.path)
    assert programme.scope.path.startswith(Scope.objects.get(pk=other.scope_id).path)
    assert not node.is_removed


# -- the page ----------------------------------------------------------------------------------------------------------


def test_after_undo_of_an_add_one_is_at_the_list(head: Client, top: Initiative, networks: OrganisationUnit) -> None:
    form = {"name": "Mistake", "kind": "programme", "parent": top.pk, "unit": networks.pk, "priority": 3}
    answer = head.post("/initiatives/new/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    page = answer.headers["Location"]
    made = Initiative.objects.get(name="Mistake")
    batch = Change.objects.get(record_type="portfolio.initiative", record_id=made.pk).batch
    back = head.post(f"/undo/{batch}/", headers={"referer": f"http://testserver{page}?tab=all"})
    assert back.headers["Location"] == "/initiatives/"
    assert f"Undone: {made}." in head.get("/initiatives/").content.decode()
    assert head.get(page).status_code == 404

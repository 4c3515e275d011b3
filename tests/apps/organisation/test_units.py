from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.organisation import selectors, services
from quarterdeck.apps.organisation.choices import Authority, OfficeKind, Permanence, UnitKind
from quarterdeck.apps.organisation.models import Office, OfficeService, OrganisationUnit
from quarterdeck.kernel import records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import AccessDenied, visible
from tests.apps.organisation.conftest import NOW, MakeActor, MakeUnit


def paths(unit: OrganisationUnit) -> list[str]:
    unit.scope.refresh_from_db()
    return [Scope.objects.get(path=unit.scope.path[:end]).label for end in range(6, len(unit.scope.path) + 1, 6)]


def test_a_unit_owns_a_node_below_that_of_its_parent(build: OrganisationUnit) -> None:
    assert paths(build) == ["Whole organisation", "Group", "Networks", "Build"]
    assert build.scope.kind == "unit"


def test_renaming_and_moving_a_unit_moves_its_node_with_all_below(
    build: OrganisationUnit, networks: OrganisationUnit, group: OrganisationUnit, unit: MakeUnit, system: Actor
) -> None:
    crew = unit("CREW", UnitKind.TEAM, build)
    build.parent, build.name = group, "Build and splice"
    services.unit_save(build, actor=system)
    assert paths(crew) == ["Whole organisation", "Group", "Build and splice", "Crew"]


def test_a_unit_is_not_part_of_itself_nor_of_a_lower_kind(
    build: OrganisationUnit, networks: OrganisationUnit, unit: MakeUnit, system: Actor
) -> None:
    deep = unit("DEEP", UnitKind.DEPARTMENT, build)
    build.parent = deep
    with pytest.raises(ValidationError, match="“Build” cannot be part of itself"):
        services.unit_save(build, actor=system)
    team = unit("TEAM", UnitKind.TEAM, networks)
    with pytest.raises(ValidationError, match="A department is not part of a team"):
        unit("LOST", UnitKind.DEPARTMENT, team)
    assert not Scope.objects.filter(label="Lost").exists()


def test_a_refused_unit_leaves_no_node_behind(group: OrganisationUnit, unit: MakeUnit) -> None:
    before = Scope.objects.count()
    with pytest.raises(ValidationError, match="already exists"):
        unit("GROUP", UnitKind.ENTERPRISE)
    assert Scope.objects.count() == before


def test_an_actor_keeps_to_the_own_branch(
    networks: OrganisationUnit, group: OrganisationUnit, unit: MakeUnit, given: MakeActor, stranger: Actor
) -> None:
    support = unit("SUPPORT", UnitKind.DIVISION, group)
    editor = given(networks.scope, {"organisation.*": ["view", "add", "change"]})
    ours = OrganisationUnit(code="LAB", name="Lab", kind=UnitKind.TEAM, parent=networks)
    services.unit_save(ours, actor=editor)
    assert paths(ours)[-2:] == ["Networks", "Lab"]
    assert {row.code for row in visible(OrganisationUnit.objects.all(), editor)} == {"NETWORKS", "LAB"}
    ours.parent = support
    with pytest.raises(ValidationError, match="Choose one of those listed"):
        services.unit_save(ours, actor=editor)
    theirs = OrganisationUnit(code="THEIRS", name="Theirs", kind=UnitKind.TEAM)
    with pytest.raises(AccessDenied):
        services.unit_save(theirs, actor=editor)
    assert not visible(OrganisationUnit.objects.all(), stranger).exists()
    with pytest.raises(AccessDenied):
        services.unit_save(networks, actor=stranger)
    assert not OrganisationUnit.objects.filter(code="THEIRS").exists()


@pytest.mark.django_db(transaction=True)
def test_undo_of_a_move_moves_the_node_back() -> None:
    system = Actor.system(now=NOW)
    rows: dict[str, OrganisationUnit] = {}
    for code, kind in (("A", UnitKind.DIVISION), ("B", UnitKind.DIVISION), ("C", UnitKind.TEAM)):
        rows[code] = OrganisationUnit(code=code, name=code, kind=kind, parent=rows.get("A") if code == "C" else None)
        services.unit_save(rows[code], actor=system)
    act = system.by("form", uuid.uuid4())
    rows["C"].parent = rows["B"]
    services.unit_save(rows["C"], actor=act)
    assert paths(rows["C"]) == ["Whole organisation", "B", "C"]
    records.undo(act.batch, actor=system)
    assert paths(rows["C"]) == ["Whole organisation", "A", "C"]


def office(unit: OrganisationUnit, code: str, kind: str, actor: Actor, hub: Office | None = None) -> Office:
    row = Office(code=code, name=code, kind=kind, unit=unit, hub=hub, authority=Authority.CONTROLLING)
    services.office_save(row, actor=actor)
    return row


def test_the_office_of_the_nearest_node_decides(
    group: OrganisationUnit, networks: OrganisationUnit, build: OrganisationUnit, system: Actor, stranger: Actor
) -> None:
    central = office(group, "EPMO", OfficeKind.PORTFOLIO, system)
    local = office(networks, "NPO", OfficeKind.PROGRAMME, system, hub=central)
    for row, scope in ((central, group.scope), (local, networks.scope)):
        records.save(OfficeService(office=row, scope=scope), actor=system)
    today = NOW.date()
    answers = [selectors.office_service_for(node.scope, today) for node in (build, networks, group)]
    assert [answer.office.code if answer else None for answer in answers] == ["NPO", "NPO", "EPMO"]
    assert selectors.office_service_for(scopes.root(), today) is None
    local.ends_on = today - dt.timedelta(days=1)
    services.office_save(local, actor=system)
    late = selectors.office_service_for(build.scope, today)
    assert late is not None
    assert late.office.code == "EPMO"
    assert not visible(Office.objects.all(), stranger).exists()


def test_an_office_is_not_its_own_hub_and_a_temporary_one_ends(group: OrganisationUnit, system: Actor) -> None:
    hub = office(group, "HUB", OfficeKind.PORTFOLIO, system)
    spoke = office(group, "SPOKE", OfficeKind.PROJECT, system, hub=hub)
    hub.hub = spoke
    with pytest.raises(ValidationError, match="“HUB” cannot be its own hub"):
        services.office_save(hub, actor=system)
    passing = Office(code="IMO", name="Integration", unit=group, permanence=Permanence.TEMPORARY)
    with pytest.raises(ValidationError, match="states the day on which it ends"):
        services.office_save(passing, actor=system)

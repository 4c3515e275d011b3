"""The rules of the tree, the states with their guards, templates, and access nodes that follow."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from quarterdeck.apps.organisation.models import Office, OfficeService, OrganisationUnit
from quarterdeck.apps.people.models import Role
from quarterdeck.apps.portfolio import services
from quarterdeck.apps.portfolio.models import Initiative, InitiativeTemplate, TemplatePart, TemplateRole
from quarterdeck.apps.portfolio.selectors.roles import leads_of
from quarterdeck.apps.portfolio.selectors.tree import tree
from quarterdeck.kernel import records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import AccessDenied
from tests.apps.organisation.conftest import MakeActor
from tests.apps.people.conftest import MakePerson
from tests.apps.portfolio.conftest import TODAY, Lead, Make, day

EVERYTHING = {"*": ["*"]}


def path_of(record: Initiative) -> str:
    return Scope.objects.get(pk=record.scope_id).path


@pytest.mark.usefixtures("spine")
def test_what_may_stand_where(make: Make, top: Initiative, backbone: Initiative) -> None:
    for name, kind, parent, field in (
        ("Loose", "project", None, "parent"),
        ("Deep", "project", backbone, "parent"),
        ("Odd", "portfolio", backbone.parent, "parent"),
    ):
        with pytest.raises(ValidationError) as refused:
            make(name, kind, parent)
        assert field in refused.value.message_dict
    assert not Scope.objects.filter(label__in=("Loose", "Deep", "Odd")).exists()
    assert [(record.code, record.scope.kind) for record in (top, backbone)] == [
        ("PF-0001", "portfolio"),
        ("PRJ-0001", "project"),
    ]


@pytest.mark.usefixtures("backbone")
def test_what_has_parts_keeps_a_kind_that_may_have_them(make: Make, spine: Initiative, system: Actor) -> None:
    spine.kind = "project"
    with pytest.raises(ValidationError, match="parts that a project cannot have: project"):
        services.initiative_save(spine, actor=system)
    spine.refresh_from_db()
    inner = make("Inner", "programme", spine)
    with pytest.raises(ValidationError, match="cannot be part of itself"):
        services.initiative_move(record=spine, parent=inner, actor=system)


def test_a_move_takes_the_nodes_along(
    make: Make, spine: Initiative, backbone: Initiative, system: Actor, given: MakeActor
) -> None:
    top = spine.parent
    assert top is not None
    other = make("Renewals", "portfolio")
    reader = given(other.scope, {"portfolio.initiative": ["view"]})
    assert [node.record.name for node in tree(actor=reader)] == ["Renewals"]
    services.initiative_move(record=spine, parent=other, actor=system)
    assert path_of(spine).startswith(path_of(other))
    assert path_of(backbone).startswith(path_of(spine))
    assert not path_of(backbone).startswith(path_of(top))
    [renewals] = tree(actor=reader)
    assert [node.record.name for node in renewals.walk()] == ["Renewals", "Northern Spine", "Leeds Backbone"]


def test_a_move_needs_rights_at_the_new_place(
    make: Make, top: Initiative, backbone: Initiative, given: MakeActor
) -> None:
    other = make("Renewals", "portfolio")
    mine = given(top.scope, {"portfolio.initiative": ["view", "add", "change"]})
    with pytest.raises(AccessDenied):
        services.initiative_move(record=backbone, parent=other, actor=mine)
    backbone.refresh_from_db()
    assert backbone.parent is not None
    assert backbone.parent.name == "Northern Spine"


def test_a_stranger_does_nothing(backbone: Initiative, networks: OrganisationUnit, stranger: Actor) -> None:
    with pytest.raises(AccessDenied):
        services.initiative_save(Initiative(name="New", kind="portfolio", unit=networks), actor=stranger)
    for act in (services.initiative_activate, services.initiative_complete):
        backbone.refresh_from_db()
        with pytest.raises((AccessDenied, ValidationError)):
            act(record=backbone, actor=stranger)
    backbone.refresh_from_db()
    with pytest.raises(AccessDenied):
        services.initiative_cancel(record=backbone, reason="Not mine.", actor=stranger)
    assert Initiative.objects.get(pk=backbone.pk).state == "pipeline"
    assert tree(actor=stranger) == []


def test_a_start_needs_purpose_dates_sponsor_and_manager(
    make: Make, spine: Initiative, lead: Lead, system: Actor
) -> None:
    bare = make("Bare", parent=spine)
    with pytest.raises(ValidationError) as refused:
        services.initiative_activate(record=bare, actor=system)
    assert refused.value.messages == [
        "PRJ-0001 Bare cannot start without a purpose, planned start and finish, a sponsor, a manager."
    ]
    bare.refresh_from_db()
    bare.purpose, bare.method, bare.planned_start, bare.planned_finish = "Why.", "agile", day(0), day(30)
    services.initiative_save(bare, actor=system)
    lead("Sue Sponsor", "SPONSOR", bare)
    lead("Max Manager", "PROGRAMME-MANAGER", bare)
    with pytest.raises(ValidationError, match="cannot start without a manager"):
        services.initiative_activate(record=bare, actor=system)
    bare.refresh_from_db()
    lead("Pia Manager", "PM", bare)
    services.initiative_activate(record=bare, actor=system)
    bare.refresh_from_db()
    assert (bare.state, bare.actual_start, bare.stage) == ("active", TODAY, "feasibility")


def office(unit: OrganisationUnit, authority: str, actor: Actor, scope: Scope) -> None:
    made = Office(
        code="PMO", name=f"{authority} PMO", kind="project", authority=authority, permanence="permanent", unit=unit
    )
    records.save(made, actor=actor)
    records.save(OfficeService(office=made, scope=scope), actor=actor)


@pytest.mark.parametrize("authority", ["controlling", "supportive"])
def test_only_under_a_supportive_office_may_one_start_with_gaps(
    authority: str, make: Make, spine: Initiative, networks: OrganisationUnit, system: Actor
) -> None:
    office(networks, authority, system, spine.scope)
    bare = make("Bare", parent=spine, purpose="Why.", planned_start=day(0), planned_finish=day(9))
    if authority == "controlling":
        with pytest.raises(ValidationError, match="without a sponsor, a manager"):
            services.initiative_activate(record=bare, actor=system)
        return
    services.initiative_activate(record=bare, actor=system, note="Urgent.")
    bare.refresh_from_db()
    assert (bare.state, bare.state_reason) == ("active", "Urgent. Started without a sponsor, a manager.")


def test_hold_resume_complete_reopen_cancel(make: Make, spine: Initiative, backbone: Initiative, system: Actor) -> None:
    records.save(_set(backbone, state="active", actual_start=day(-30)), actor=system)
    with pytest.raises(ValidationError) as refused:
        services.initiative_hold(record=backbone, reason="Permits.", review_on=TODAY, actor=system)
    assert "review_on" in refused.value.message_dict
    services.initiative_hold(record=backbone, reason="Permits.", review_on=day(7), actor=system)
    assert (backbone.state, backbone.review_on, backbone.state_reason) == ("on_hold", day(7), "Permits.")
    services.initiative_resume(record=backbone, actor=system)
    assert (backbone.state, backbone.review_on) == ("active", None)
    with pytest.raises(ValidationError, match="cannot be in the future"):
        services.initiative_complete(record=backbone, finished_on=day(1), actor=system)
    records.save(_set(spine, state="active"), actor=system)
    with pytest.raises(ValidationError, match="Parts are still open: PRJ-0001"):
        services.initiative_complete(record=spine, actor=system)
    backbone.refresh_from_db()
    services.initiative_complete(record=backbone, finished_on=day(-1), actor=system)
    assert (backbone.state, backbone.actual_finish, backbone.stage) == ("completed", day(-1), "closure")
    with pytest.raises(ValidationError, match="Say why"):
        services.initiative_reopen(record=backbone, reason=" ", actor=system)
    services.initiative_reopen(record=backbone, reason="Snags.", actor=system)
    assert (backbone.state, backbone.actual_finish) == ("active", None)
    services.initiative_cancel(record=backbone, reason="Money.", actor=system)
    assert backbone.state == "cancelled"
    with pytest.raises(ValidationError, match="is cancelled; that cannot be done now"):
        services.initiative_activate(record=_complete(backbone), actor=system)


def _set(record: Initiative, **fields: object) -> Initiative:
    record.refresh_from_db()
    for name, value in fields.items():
        setattr(record, name, value)
    return record


def _complete(record: Initiative) -> Initiative:
    """Return a record to which nothing is lacking but its state: an office that asks for less."""
    support = Office.objects.create(
        code="SUP", name="Support", kind="project", authority="supportive", permanence="permanent", unit=record.unit
    )
    record.office = support
    return record


def test_the_state_is_not_typed_in(backbone: Initiative, system: Actor) -> None:
    backbone.state = "active"
    with pytest.raises(ValidationError) as refused:
        services.initiative_save(backbone, actor=system)
    assert "state" in refused.value.message_dict


def test_undo_of_a_rename_names_the_node_again(
    spine: Initiative, given: MakeActor, django_capture_on_commit_callbacks: Any
) -> None:
    actor = given(scopes.root(), EVERYTHING)
    batch = uuid.uuid4()
    spine.name = "Southern Spine"
    services.initiative_save(spine, actor=actor.by("form", batch))
    assert Scope.objects.get(pk=spine.scope_id).label == "Southern Spine"
    with django_capture_on_commit_callbacks(execute=True):
        records.undo(batch, actor=actor)
    assert Initiative.objects.get(pk=spine.pk).name == "Northern Spine"
    assert Scope.objects.get(pk=spine.scope_id).label == "Northern Spine"


def test_undo_of_a_move_puts_the_nodes_back(
    make: Make, spine: Initiative, backbone: Initiative, given: MakeActor, django_capture_on_commit_callbacks: Any
) -> None:
    top = spine.parent
    assert top is not None
    actor = given(scopes.root(), EVERYTHING)
    other, batch = make("Renewals", "portfolio"), uuid.uuid4()
    services.initiative_move(record=spine, parent=other, actor=actor.by("form", batch))
    with django_capture_on_commit_callbacks(execute=True):
        records.undo(batch, actor=actor)
    assert path_of(backbone).startswith(path_of(top))


def test_roll_up_of_projects_states_and_budgets(
    make: Make, spine: Initiative, backbone: Initiative, system: Actor, given: MakeActor
) -> None:
    gbp, top = backbone.currency, spine.parent
    assert top is not None
    make("Second", parent=spine, state="active", currency=gbp, budget=Decimal(500_000))
    make("Stopped", parent=spine, state="cancelled", currency=gbp, budget=Decimal(9_000_000))
    make("Direct", parent=top, state="completed")
    [node] = tree(actor=system)
    assert (node.projects, node.open_projects, node.late_projects) == (4, 2, 1)
    assert dict(node.by_state) == {"pipeline": 1, "active": 1, "cancelled": 1, "completed": 1}
    assert dict(node.budgets) == {"GBP": Decimal(2_500_000)}
    assert [(part.record.code, part.depth, part.projects) for part in node.parts] == [
        ("PG-0001", 1, 3),
        ("PRJ-0004", 1, 1),
    ]
    [closed] = tree(actor=given(top.scope, {"portfolio.initiative": ["view"]}))
    assert (closed.closed, dict(closed.budgets)) == (True, {})


@pytest.fixture
def template(catalogue: dict[str, Role], system: Actor) -> InitiativeTemplate:
    made = InitiativeTemplate(
        name="Route", kind="programme", method="prince2", length_days=100, time_tolerance=10, purpose="Connect."
    )
    records.save(made, actor=system)
    records.save(TemplateRole(template=made, role=catalogue["SPONSOR"], required=True), actor=system)
    records.save(TemplateRole(template=made, role=catalogue["PROGRAMME-MANAGER"]), actor=system)
    records.save(TemplatePart(template=made, name="Survey", length_days=20), actor=system)
    records.save(TemplatePart(template=made, name="Build", position=20, starts_after=20, length_days=80), actor=system)
    return made


def test_an_initiative_from_a_template(
    template: InitiativeTemplate, top: Initiative, person: MakePerson, catalogue: dict[str, Role], system: Actor
) -> None:
    sue = person("Sue Sponsor")
    given: dict[str, Any] = {"template": template, "name": "East", "parent": top, "unit": top.unit, "starts_on": day(0)}
    with pytest.raises(ValidationError, match="Name someone for: Executive sponsor"):
        services.initiative_from_template(**given, actor=system)
    assert not Initiative.objects.filter(name="East").exists()
    made = services.initiative_from_template(**given, people={catalogue["SPONSOR"].pk: sue}, actor=system)
    assert (made.code, made.method, made.planned_finish, made.time_tolerance) == ("PG-0001", "prince2", day(100), 10)
    assert [(part.name, part.planned_start, part.planned_finish) for part in made.children.all()] == [
        ("East: Survey", day(0), day(20)),
        ("East: Build", day(20), day(100)),
    ]
    leads = leads_of([made], on=TODAY)[made.pk]
    assert (leads.sponsor, leads.manager) == (sue, None)


def test_a_stranger_makes_nothing_from_a_template(
    template: InitiativeTemplate, top: Initiative, person: MakePerson, catalogue: dict[str, Role], stranger: Actor
) -> None:
    with pytest.raises(AccessDenied):
        services.initiative_from_template(
            template=template,
            name="East",
            parent=top,
            unit=top.unit,
            people={catalogue["SPONSOR"].pk: person("Sue Sponsor")},
            actor=stranger,
        )
    assert not Initiative.objects.filter(name__startswith="East").exists()

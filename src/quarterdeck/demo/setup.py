"""How the PMO has set the product up: fields of its own, shared views, templates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from quarterdeck.apps.people.models import Person
from quarterdeck.apps.portfolio.models import Initiative, InitiativeTemplate, TemplatePart, TemplateRole
from quarterdeck.demo.content.initiatives import Project
from quarterdeck.demo.world import World
from quarterdeck.kernel import records
from quarterdeck.kernel.fields.models import CustomField
from quarterdeck.kernel.fields.values import clean_values
from quarterdeck.kernel.registers import for_model
from quarterdeck.kernel.registers.params import Params
from quarterdeck.kernel.registers.saved_views import view_save

INITIATIVE = Initiative._meta.label_lower
OWN, REGION, NATIONAL, EUROPEAN, DEAL = (
    "Own funds",
    "State and region",
    "National grant",
    "European grant",
    "Acquisition",
)
FIELDS: tuple[dict[str, Any], ...] = (
    {
        "key": "funding",
        "label": "Funded by",
        "kind": "choice",
        "choices": [OWN, REGION, NATIONAL, EUROPEAN, DEAL],
        "help": "The largest source of money.",
    },
    {
        "key": "co2",
        "label": "CO2 avoided, t a year",
        "kind": "number",
        "help": "From the first full year on, as in the business case.",
    },
    {"key": "permit", "label": "Permit", "kind": "text", "help": "Reference of the leading permit."},
    {"key": "safety_case", "label": "Safety case needed", "kind": "yes_no"},
)
#: register's model, owner, name, list's state, shared
VIEWS: tuple[tuple[type, str, str, dict[str, str], bool], ...] = (
    (
        Initiative,
        "vandongen",
        "Board list",
        {
            "f.kind": "project",
            "f.state": "active,on_hold",
            "f.priority": "1,2",
            "sort": "priority,planned_finish",
            "cols": "name,code,state,stage,priority,sponsor,manager,budget,planned_finish",
        },
        True,
    ),
    (
        Initiative,
        "wasilewski",
        "Next to start",
        {
            "f.kind": "project",
            "f.state": "pipeline",
            "sort": "planned_start",
            "cols": "name,code,unit,budget,planned_start",
        },
        True,
    ),
    (
        Initiative,
        "lombardi",
        "By function",
        {"f.kind": "project", "f.state": "active", "group": "unit", "sort": "planned_finish"},
        True,
    ),
    (Initiative, "hartwig", "Harbour Line", {"q": "harbour", "f.state": "active", "sort": "planned_finish"}, False),
    (Person, "tanabe", "Contractors", {"f.kind": "contractor", "sort": "ends_on,name"}, True),
)


def plan(world: World) -> None:
    """Put the set-up on the timeline: fields first, since values come with the initiatives."""
    world.timeline.add(-37.5, lambda now: _fields(world, now))
    world.timeline.add(-37.0, lambda now: _templates(world, now))
    world.timeline.add(-4.2, lambda now: _views(world, now))


def values_of(world: World, facts: Project) -> dict[str, Any]:
    """Return the values of the PMO's own fields for a project."""
    funding = OWN
    if "harbour line" in facts.tags:
        funding = REGION
    elif "grant" in facts.tags:
        funding = NATIONAL
    elif "climate" in facts.tags:
        funding = EUROPEAN
    elif facts.method == "integration":
        funding = DEAL
    values: dict[str, Any] = {"funding": funding, "safety_case": bool({"possession", "safety case"} & set(facts.tags))}
    if "climate" in facts.tags:
        values["co2"] = round(facts.budget * world.chance.uniform(0.05, 0.14))
    if {"possession", "street works", "property", "heritage"} & set(facts.tags):
        values["permit"] = f"ZM-{world.chance.randint(11, 98)}/{world.chance.randint(1000, 9800)}"
    return clean_values(INITIATIVE, values)


def _fields(world: World, now: dt.datetime) -> None:
    for position, field in enumerate(FIELDS, 1):
        records.save(CustomField(record_type=INITIATIVE, position=position, **field), actor=world.system(now))


def _templates(world: World, now: dt.datetime) -> None:
    actor = world.actor("vandongen", now)
    works = InitiativeTemplate(
        name="Renewal works",
        purpose="State what fails today, and what passengers or staff notice when it is replaced.",
        method="predictive",
        length_days=420,
        time_tolerance=20,
        cost_tolerance=Decimal(10),
    )
    product = InitiativeTemplate(
        name="Digital product",
        purpose="State who does what differently, and how that is measured three months after launch.",
        method="agile",
        length_days=270,
        time_tolerance=15,
        cost_tolerance=Decimal(10),
    )
    programme = InitiativeTemplate(
        name="Integration of a company",
        kind="programme",
        purpose="State what the joined company keeps, what it takes over, and by when.",
        method="integration",
        length_days=730,
        time_tolerance=40,
        cost_tolerance=Decimal(5),
    )
    for template, roles in (
        (works, (("SPONSOR", True), ("PM", True), ("PLANNING", False), ("SR-USER", False))),
        (product, (("SPONSOR", True), ("PM", True), ("SR-USER", True), ("TEAM-MANAGER", False))),
        (programme, (("SPONSOR", True), ("PROGRAMME-MANAGER", True), ("CHANGE-MANAGER", False))),
    ):
        records.save(template, actor=actor)
        for code, required in roles:
            records.save(TemplateRole(template=template, role=world.roles[code], required=required), actor=actor)
    for place, (name, after, days) in enumerate(
        (("Day one", 0, 100), ("People and pay", 60, 240), ("Systems", 120, 420), ("Sites", 150, 500)), 1
    ):
        part = TemplatePart(
            template=programme,
            position=place * 10,
            name=name,
            method="integration",
            starts_after=after,
            length_days=days,
        )
        records.save(part, actor=actor)


def _views(world: World, now: dt.datetime) -> None:
    for model, owner, name, params, shared in VIEWS:
        register = for_model(model)
        if register is not None:
            view_save(
                register=register,
                actor=world.actor(owner, now),
                name=name,
                params=Params.parse(params),
                is_shared=shared,
            )

"""The access roles as shipped. None of them administers: that is an elevation, logged and limited in time."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VIEW = ["view"]
FILL = ["view", "add", "change"]
ALL = ["view", "add", "change", "delete"]
#: The apps of the domain; rights over access itself are always named apart.
APPS = (
    "organisation",
    "people",
    "portfolio",
    "delivery",
    "resources",
    "suppliers",
    "finance",
    "governance",
    "engagement",
    "knowledge",
    "pmo",
    "reporting",
    "automation",
)


@dataclass(frozen=True)
class RightsEntry:
    """An access role as shipped: what may be done to which records, and which sensitive fields are open."""

    name: str | Promise
    description: str | Promise
    permissions: dict[str, list[str]]
    sees: list[str] = field(default_factory=list)


def _apps(actions: list[str], *names: str) -> dict[str, list[str]]:
    return {f"{name}.*": actions for name in names or APPS}


_KNOWN = _apps(VIEW)

RIGHTS: dict[str, RightsEntry] = {
    "directory": RightsEntry(
        _("Directory"),
        _("Sees who is who: units, people, roles, calendars. For everyone who signs in."),
        {
            **_apps(VIEW, "organisation"),
            **dict.fromkeys(
                (
                    "people.person",
                    "people.role",
                    "people.roleassignment",
                    "people.skill",
                    "people.qualificationtype",
                    "people.activity",
                    "people.racidefault",
                ),
                VIEW,
            ),
        },
    ),
    "reader": RightsEntry(
        _("Reader"), _("Sees everything at the node but money and personal facts; changes nothing."), _KNOWN
    ),
    "board": RightsEntry(
        _("Board"),
        _("Sees everything at the node with its money; takes part in reviews and decisions."),
        {**_KNOWN, **_apps(FILL, "governance", "engagement")},
        ["money"],
    ),
    "member": RightsEntry(
        _("Team member"),
        _("Sees the node; reports progress, time, risks and lessons."),
        {
            **_apps(VIEW, "organisation", "people", "portfolio", "delivery", "engagement", "reporting"),
            **_apps(FILL, "governance", "knowledge"),
            # Progress alone: what else is changed of a task is a change of its plan.
            "delivery.task": ["view", "change"],
        },
    ),
    "project_manager": RightsEntry(
        _("Project manager"),
        _("Plans, runs and reports the node with its money; gives roles up to these rights."),
        {
            **_KNOWN,
            **_apps(["view", "change"], "portfolio"),
            **_apps(ALL, "delivery", "governance", "engagement"),
            **_apps(FILL, "resources", "suppliers", "finance", "knowledge", "reporting"),
            "people.roleassignment": ALL,
            "people.racientry": ALL,
        },
        ["money"],
    ),
    "programme_manager": RightsEntry(
        _("Programme manager"),
        _("As the project manager, and adds or removes projects below the node."),
        {
            **_KNOWN,
            **_apps(ALL, "portfolio", "delivery", "governance", "engagement", "suppliers", "resources", "knowledge"),
            **_apps(FILL, "finance", "reporting"),
            "people.roleassignment": ALL,
            "people.racientry": ALL,
        },
        ["money"],
    ),
    "analyst": RightsEntry(
        _("PMO analyst"),
        _("Keeps the registers of the node in order, with their money; removes nothing that others own."),
        {**_apps(FILL), **_apps(ALL, "knowledge", "pmo", "reporting"), "people.racientry": ALL},
        ["money"],
    ),
    "head": RightsEntry(
        _("PMO head"),
        _("Answers for the node: every register, money and personal facts, and who is granted what."),
        {**_apps(ALL), "access.grant": ALL, "access.group": ALL, "access.accessrole": VIEW},
        ["money", "personal"],
    ),
    "finance": RightsEntry(
        _("Finance partner"),
        _("Keeps budgets, actuals, rates and currencies; sees money everywhere at the node."),
        {
            **_KNOWN,
            **_apps(ALL, "finance"),
            "people.costrate": ALL,
            "organisation.currency": ALL,
            "organisation.exchangerate": ALL,
            "organisation.fiscalcalendar": ALL,
            "organisation.fiscalyear": ALL,
            "organisation.period": ALL,
        },
        ["money"],
    ),
    "resource_manager": RightsEntry(
        _("Resource manager"),
        _("Keeps people, skills, qualifications, absences and capacity; sees personal facts."),
        {
            **_KNOWN,
            **_apps(ALL, "resources"),
            **_apps(FILL, "people"),
            "people.absence": ALL,
            "people.personskill": ALL,
        },
        ["personal"],
    ),
    "specialist": RightsEntry(
        _("PMO specialist"),
        _("Keeps governance, engagement, knowledge and reports of the node; sees the rest."),
        {**_KNOWN, **_apps(ALL, "governance", "engagement", "knowledge", "reporting"), **_apps(FILL, "pmo")},
    ),
}

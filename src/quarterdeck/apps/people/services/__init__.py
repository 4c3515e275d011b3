"""The verbs of this app."""

from quarterdeck.apps.people.services.absences import absence_save
from quarterdeck.apps.people.services.catalogue import install_catalogue
from quarterdeck.apps.people.services.persons import person_leave, person_save, persons_save
from quarterdeck.apps.people.services.raci import raci_save, raci_set
from quarterdeck.apps.people.services.roles import (
    assignment_remove,
    assignment_save,
    role_assign,
    role_end,
    role_end_on,
    role_save,
)
from quarterdeck.apps.people.services.skills import qualification_save, skill_save

__all__ = [
    "absence_save",
    "assignment_remove",
    "assignment_save",
    "install_catalogue",
    "person_leave",
    "person_save",
    "persons_save",
    "qualification_save",
    "raci_save",
    "raci_set",
    "role_assign",
    "role_end",
    "role_end_on",
    "role_save",
    "skill_save",
]

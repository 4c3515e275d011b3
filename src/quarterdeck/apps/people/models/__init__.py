"""What is kept about people."""

from quarterdeck.apps.people.models.absences import Absence
from quarterdeck.apps.people.models.persons import CostRate, Person
from quarterdeck.apps.people.models.raci import Activity, RaciDefault, RaciEntry
from quarterdeck.apps.people.models.roles import Role, RoleAssignment
from quarterdeck.apps.people.models.skills import PersonSkill, Qualification, QualificationType, Skill

__all__ = [
    "Absence",
    "Activity",
    "CostRate",
    "Person",
    "PersonSkill",
    "Qualification",
    "QualificationType",
    "RaciDefault",
    "RaciEntry",
    "Role",
    "RoleAssignment",
    "Skill",
]

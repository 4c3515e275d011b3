"""What ships ready: rights, roles, standard activities and who has which part in them."""

from quarterdeck.apps.people.catalogue.activities import ACTIVITIES, ActivityEntry
from quarterdeck.apps.people.catalogue.rights import RIGHTS, RightsEntry
from quarterdeck.apps.people.catalogue.roles import ROLES
from quarterdeck.apps.people.catalogue.shape import RoleEntry

__all__ = ["ACTIVITIES", "RIGHTS", "ROLES", "ActivityEntry", "RightsEntry", "RoleEntry"]

"""People of the small organisation, with the shipped catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people import services
from quarterdeck.apps.people.models import Person, Role
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope, User

# The units and actors are those of the organisation's tests.
from tests.apps.organisation.conftest import (  # noqa: F401
    build,
    currencies,
    given,
    group,
    networks,
    office_hours,
    stranger,
    system,
    unit,
)

MakePerson = Callable[..., Person]


@pytest.fixture
def person(system: Actor, networks: OrganisationUnit) -> MakePerson:  # noqa: F811
    """Make a person, in Networks unless told otherwise; `signs_in` gives a user."""

    def make(name: str, *, signs_in: bool = False, **fields: Any) -> Person:
        row = Person(name=name, **{"unit": networks, **fields})
        if signs_in:
            address = f"{name.split(maxsplit=1)[0].lower()}@example.org"
            row.email, row.user = address, User.objects.create_user(address, name=name)
        services.person_save(row, actor=system)
        return row

    return make


@pytest.fixture
def catalogue(system: Actor) -> dict[str, Role]:  # noqa: F811
    services.install_catalogue(system)
    return {role.code: role for role in Role.objects.all()}


@pytest.fixture
def project(networks: OrganisationUnit) -> Scope:  # noqa: F811
    """A node as the portfolio will make them."""
    return scopes.scope_add(parent=scopes.root(), kind="project", label="Ring 4")

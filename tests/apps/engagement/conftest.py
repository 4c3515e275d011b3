"""Stakeholders of the portfolio's tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quarterdeck.apps.engagement import services
from quarterdeck.apps.engagement.models import Stakeholder
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel.access.actor import Actor

# The initiatives, people and actors are those of the other apps' tests.
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
from tests.apps.people.conftest import catalogue, person  # noqa: F401
from tests.apps.portfolio.conftest import backbone, lead, make, spine, top  # noqa: F401

MakeStakeholder = Callable[..., Stakeholder]


@pytest.fixture
def stakeholder(system: Actor, backbone: Initiative) -> MakeStakeholder:  # noqa: F811
    """Make a stakeholder of the backbone: influence 5, interest 4, neutral and wanted supportive unless told."""

    def made(name: str = "Port of Hull", **fields: Any) -> Stakeholder:
        usual: dict[str, Any] = {"initiative": backbone, "influence": 5, "interest": 4}
        record = Stakeholder(name=name, **{**usual, **fields})
        services.stakeholder_save(record, actor=system)
        return record

    return made

"""Risks of the portfolio's tests: of a backbone in a programme in a portfolio."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quarterdeck.apps.governance import services
from quarterdeck.apps.governance.models import Risk
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

MakeRisk = Callable[..., Risk]
ALL = {"*": ["view", "add", "change", "delete"]}


@pytest.fixture
def risk(system: Actor, backbone: Initiative) -> MakeRisk:  # noqa: F811
    """Make a risk of the backbone: 4 × 5, money 100,000 and no response, unless told otherwise."""

    def made(title: str = "Seabed licence", **fields: Any) -> Risk:
        usual: dict[str, Any] = {
            "initiative": backbone,
            "cause": "a clause",
            "event": "a ban",
            "effect": "a delay",
            "probability": 4,
            "impact": 5,
            "cost": 100_000,
        }
        record = Risk(title=title, **{**usual, **fields})
        services.risk_save(record, actor=system)
        return record

    return made

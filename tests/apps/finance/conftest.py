"""Projects of the cast's North with plans and money."""

from __future__ import annotations

import pytest

from quarterdeck.apps.portfolio.models import Initiative
from tests.apps.delivery.conftest import Shed, shed  # noqa: F401  the small plan serves here too
from tests.cast import Cast, assemble


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


@pytest.fixture
def project(cast: Cast) -> Initiative:
    return cast.north.make(Initiative)

from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.kernel.access.conftest import admin, amara, tree

__all__ = ["admin", "amara", "tree"]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Rate limits of one test are no matter of the next."""
    cache.clear()

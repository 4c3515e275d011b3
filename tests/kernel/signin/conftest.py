from __future__ import annotations

import pytest
from django.core.cache import cache

from quarterdeck.kernel.access.models import User

PASSWORD = "correct horse battery"


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("ada@example.org", PASSWORD, name="Ada Admin")


@pytest.fixture
def amara(db: None) -> User:
    return User.objects.create_user("amara@example.org", PASSWORD, name="Amara Okafor")


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Rate limits of one test are no matter of the next."""
    cache.clear()

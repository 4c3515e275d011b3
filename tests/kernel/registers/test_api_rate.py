"""How often the API may be called."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client

from quarterdeck.kernel.access.models import User
from tests.kernel.registers.conftest import Join, signed_in
from tests.kernel.registers.test_api_leaks import token

pytestmark = pytest.mark.django_db


def test_who_calls_too_often_is_told_how_long_to_wait(head: User, join: Join, settings: LazySettings) -> None:
    settings.API_PER_MINUTE = 3
    cache.clear()
    headers, by_session = token(head, {"*": ["*"]}), signed_in(head)
    statuses = [Client().get("/api/v1/people", headers=headers).status_code for _call in range(2)]
    statuses.append(by_session.get("/api/v1/people").status_code)
    assert statuses == [200, 200, 200]
    refused = Client().get("/api/v1/people", headers=headers)
    assert refused.status_code == 429
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.json()["title"] == "Too many calls"
    assert by_session.get("/api/v1/people").status_code == 429
    assert signed_in(join("Reader")).get("/api/v1/people").status_code == 200
    assert by_session.get("/people/").status_code == 200


def test_a_stranger_is_refused_for_being_one() -> None:
    assert [Client().get("/api/v1/people").status_code for _call in range(5)] == [401] * 5

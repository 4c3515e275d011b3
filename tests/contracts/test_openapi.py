"""The description of the API: as committed, and nothing in it brings the server down."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as budget

from quarterdeck.config.wsgi import application
from quarterdeck.kernel.registers import all_registers
from tests.cast import ADMINISTRATOR, Cast
from tests.contracts.conftest import HERE

#: Examples of each operation.
EXAMPLES = 4
#: A register that cannot answer fuzzed writes by its own rules would be named here with its reason.
SEED = 20260317


def served() -> dict[str, Any]:
    described: dict[str, Any] = Client().get("/api/v1/openapi.json").json()
    return described


def test_the_description_is_the_committed_one(db: None, request: pytest.FixtureRequest) -> None:
    path, now = HERE / "openapi.json", served()
    if request.config.getoption("--snapshot-update", default=False):
        path.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n")
    committed = json.loads(path.read_text())
    hint = "; write it with: python -m pytest tests/contracts --snapshot-update"
    assert set(now["paths"]) == set(committed["paths"]), f"other endpoints{hint}"
    assert now == committed, f"other shapes{hint}"


def test_every_register_is_described(db: None) -> None:
    paths, operations = served()["paths"], {"get", "post"}
    for register in all_registers():
        assert set(paths[f"/api/v1/{register.slug}"]) == operations
        assert set(paths[f"/api/v1/{register.slug}/{{ref}}"]) == {"get", "patch", "delete"}
        assert {"200", "401", "403", "404", "409", "422"} <= set(paths[f"/api/v1/{register.slug}"]["get"]["responses"])


@pytest.mark.slow
@pytest.mark.django_db
def test_no_request_that_the_description_allows_brings_the_server_down(cast: Cast) -> None:
    with warnings.catch_warnings():
        # Of the library's own imports.
        warnings.simplefilter("ignore")
        import schemathesis

        schema = schemathesis.openapi.from_dict(served())
        schema.app = application
    client = cast.client(ADMINISTRATOR)
    cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    failed: list[str] = []
    walked = 0
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # the description is valid: an error raises here
        walked += 1

        @seed(SEED)
        @budget(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def never_a_500(case: Any) -> None:
            answer = client.generic(
                case.method,
                case.formatted_path,
                b"" if isinstance(case.body, schemathesis.core.NotSet) else json.dumps(case.body).encode(),
                "application/json",
                query_params=_plain(case.query),
                headers={"accept": "application/json"},
            )
            if answer.status_code >= 500:
                failed.append(f"{case.method} {case.formatted_path} {case.query} {str(case.body)[:300]}")

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            never_a_500()
    assert failed == []
    assert walked == sum(len(methods) for methods in served()["paths"].values()) >= 7 * len(all_registers())
    assert cookies
    assert json.loads((HERE / "openapi.json").read_text())["info"]["title"] == "Quarterdeck"


def _plain(query: Any) -> dict[str, str]:
    return {name: str(value) for name, value in (query or {}).items() if value is not None}

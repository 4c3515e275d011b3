"""What a token, a masked field and a crafted payload get through the endpoints: nothing more than through the pages."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people.models import CostRate, Person
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.access.services import token_create
from quarterdeck.kernel.audit.models import Change
from tests.kernel.registers.conftest import Join, signed_in

pytestmark = pytest.mark.django_db


def token(user: User, permissions: dict[str, list[str]]) -> dict[str, str]:
    now = clock.now()
    _made, secret = token_create(
        user=user,
        name="Test",
        permissions=permissions,
        expires_at=now + dt.timedelta(days=1),
        actor=Actor(user=user, now=now),
    )
    return {"Authorization": f"Bearer {secret}"}


class TestToken:
    def test_one_for_people_reads_nothing_else_and_writes_nothing(
        self, head: User, people: dict[str, Person], rates: dict[str, CostRate]
    ) -> None:
        headers = token(head, {"people.person": ["view"]})
        client, code = Client(), people["Ben"].code
        assert client.get("/api/v1/people", headers=headers).json()["total"] == 4
        for address in ("/api/v1/cost-rates", f"/api/v1/cost-rates/{rates['Ben'].pk}", "/api/v1/units"):
            assert client.get(address, headers=headers).status_code == 404
        body = json.dumps({"version": 1, "name": "Mallory"})
        answer = client.patch(f"/api/v1/people/{code}", body, content_type="application/json", headers=headers)
        assert answer.status_code == 404
        assert Person.objects.get(code=code).name == "Ben"

    def test_one_opens_no_page(self, head: User, people: dict[str, Person]) -> None:
        headers = token(head, {"*": ["*"]})
        assert Client().get("/people/", headers=headers).status_code == 302

    def test_what_may_be_changed_but_not_read_is_not_told(self, head: User, people: dict[str, Person]) -> None:
        headers = token(head, {"people.person": ["change"]})
        ben = people["Ben"]
        body = json.dumps({"version": ben.version, "location": "Leeds"})
        answer = Client().patch(f"/api/v1/people/{ben.code}", body, content_type="application/json", headers=headers)
        assert answer.status_code == 200
        assert "Engineer" not in answer.content.decode()
        assert (answer.json()["id"], answer.json()["version"]) == (ben.pk, ben.version + 1)


class TestMasked:
    @pytest.fixture
    def partly(self, join: Join, units: dict[str, OrganisationUnit]) -> Client:
        """Someone who changes rates everywhere and sees money at NET only."""
        user = join("Amara", actions=("view", "change"))
        join("Amara", unit=units["NET"], actions=("view",), sees=("money",))
        return signed_in(user)

    def test_a_closed_value_cannot_be_set_filtered_sorted_or_read(
        self, partly: Client, rates: dict[str, CostRate]
    ) -> None:
        dee = rates["Dee"]
        body = json.dumps({"version": dee.version, "rate": "1.00"})
        answer = partly.patch(f"/api/v1/cost-rates/{dee.pk}", body, content_type="application/json")
        assert answer.status_code == 422
        items = {item["id"]: item["rate"] for item in partly.get("/api/v1/cost-rates").json()["items"]}
        assert items == {rates["Ada"].pk: "120.50", rates["Ben"].pk: "80.25", dee.pk: None}
        for query in ({"f.rate": "50..70"}, {"sort": "rate"}):
            assert partly.get("/api/v1/cost-rates", query).status_code == 422


class TestPayload:
    @pytest.mark.parametrize(
        "field",
        [
            {"created_by": 1},
            {"scope": 1},
            {"id": 99},
            {"updated_at": "2020-01-01T00:00:00Z"},
            {"user__password": "x"},
            {"is_base": True},
        ],
    )
    def test_what_is_not_typed_in_is_refused(
        self, head: User, people: dict[str, Person], field: dict[str, Any]
    ) -> None:
        ben = people["Ben"]
        count = Change.objects.count()
        body = json.dumps({"version": ben.version, **field})
        answer = signed_in(head).patch(f"/api/v1/people/{ben.code}", body, content_type="application/json")
        assert answer.status_code == 422
        assert Change.objects.count() == count

    @pytest.mark.parametrize("name", ["user__password", "created_by__password", "unit__scope__path", "manager__name"])
    def test_a_path_is_neither_filter_nor_order(self, head: User, people: dict[str, Person], name: str) -> None:
        client = signed_in(head)
        assert client.get("/api/v1/people", {f"f.{name}": "a"}).status_code == 422
        assert client.get("/api/v1/people", {"sort": name}).status_code == 422
        listed = client.get("/people/", {f"f.{name}": "a", "sort": name, "group": name, "cols": name})
        assert listed.status_code == 200

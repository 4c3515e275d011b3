"""What a crafted request must not learn or do: options, bulk previews, saved views, the past, odd text."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people.models import CostRate, Person, Role, RoleAssignment
from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.middleware import ELEVATION
from quarterdeck.kernel.access.models import Elevation, User
from quarterdeck.kernel.access.services import elevation_start
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.files.services import file_attach
from quarterdeck.kernel.links.services import link_add
from quarterdeck.kernel.registers.models import SavedView
from quarterdeck.kernel.tags.models import Tag
from quarterdeck.kernel.tags.services import set_tags
from tests.kernel.registers.conftest import Join, signed_in, the

pytestmark = pytest.mark.django_db


def options(client: Client, address: str, text: str) -> list[str]:
    answer = client.get(address, {"q": text})
    assert answer.status_code == 200, answer.content
    return [entry["label"] for entry in answer.json()]


class TestOptions:
    def test_users_are_not_found_by_their_password(self, head: User) -> None:
        victim = User.objects.create_user("victim@example.org", "correct horse battery", name="Victor")
        client = signed_in(head)
        assert options(client, "/people/options/user/", "victor") == ["Victor"]
        secret = victim.password.rpartition("$")[2][:12]
        assert options(client, "/people/options/user/", secret) == []
        assert options(client, "/people/options/user/", victim.password.partition("$")[0]) == []

    def test_a_closed_field_is_not_searched(
        self, monkeypatch: pytest.MonkeyPatch, join: Join, people: dict[str, Person], system: Actor
    ) -> None:
        people["Ben"].phone = "+44 20 7946 0018"
        records.save(people["Ben"], actor=system)
        monkeypatch.setattr(type(the("people")), "search", ("name", "phone"))
        reader = signed_in(join("Reader", actions=("view",)))
        assert options(reader, "/absences/options/person/", "7946") == []
        assert options(reader, "/absences/options/person/", "ben") == ["Ben"]
        opened = signed_in(join("Opened", actions=("view",), sees=("personal",)))
        assert options(opened, "/absences/options/person/", "7946") == ["Ben"]


class TestBulkPreview:
    def test_a_closed_value_is_not_shown(
        self,
        monkeypatch: pytest.MonkeyPatch,
        join: Join,
        units: dict[str, OrganisationUnit],
        rates: dict[str, CostRate],
    ) -> None:
        """Money is open at NET only; the preview of a rate at OPS must not tell it."""
        monkeypatch.setattr(type(the("cost-rates")), "bulk", ("rate",))
        user = join("Amara", actions=("view", "change"))
        join("Amara", unit=units["NET"], actions=("view",), sees=("money",))
        picked = {"pk": [str(rates["Ben"].pk), str(rates["Dee"].pk)], "stage": "preview", "set:rate": "on", "rate": "1"}
        page = signed_in(user).post("/cost-rates/bulk/", picked).content.decode()
        assert "80.25" in page
        shown = re.sub(r'value="[^"]*"', "", page.partition("<main")[2])  # marks of what was read are drawn by lot
        assert "60" not in shown, "the rate at OPS is closed"


class TestViewingAs:
    @pytest.fixture
    def viewing(self, head: User) -> Client:
        """An administrator who views as the head."""
        admin = User.objects.create_superuser("root@example.org", name="Root")
        client = signed_in(admin)
        begun = elevation_start(user=admin, kind=Elevation.Kind.VIEW_AS, reason="Why", target=head, now=clock.now())
        session = client.session
        session[ELEVATION] = begun.pk
        session.save()
        return client

    def test_no_view_is_saved_or_removed_in_anothers_name(self, viewing: Client, head: User) -> None:
        kept = SavedView.objects.create(register="people", name="Mine", owner=head, created_at=clock.now())
        viewing.post("/people/views/", {"name": "Planted", "is_shared": "on"})
        assert list(SavedView.objects.values_list("name", flat=True)) == ["Mine"]
        assert viewing.post(f"/people/views/{kept.pk}/remove/").status_code == 404
        assert SavedView.objects.filter(pk=kept.pk).exists()


class TestThePast:
    def test_what_lies_beside_a_record_that_moved_away_is_not_shown(
        self, join: Join, units: dict[str, OrganisationUnit], people: dict[str, Person], system: Actor
    ) -> None:
        """Who saw a person last year sees the person as of then, not the files and tags of today."""
        Change.objects.update(at=clock.now() - dt.timedelta(days=30))
        reader = signed_in(join("Reader", unit=units["NET"], actions=("view",)))
        ben = people["Ben"]
        ben.unit = units["OPS"]
        records.save(ben, actor=Actor.system(now=clock.now()))
        now = Actor.system(now=clock.now())
        file_attach(record=ben, upload=SimpleUploadedFile("severance.txt", b"x"), actor=now)
        set_tags(ben, ["restructuring"], now)
        link_add(source=ben, target=people["Ada"], kind="relates", actor=now)
        assert reader.get(f"/people/{ben.code}/").status_code == 404
        day = (clock.now() - dt.timedelta(days=10)).date()
        page = reader.get(f"/people/{ben.code}/", {"as_of": day.isoformat()})
        assert page.status_code == 200
        text = page.content.decode()
        assert "Ben" in text
        assert "severance" not in text
        assert "restructuring" not in text
        assert "relates to" not in text.lower()


class TestHistory:
    def test_a_node_out_of_reach_is_not_named(
        self, join: Join, units: dict[str, OrganisationUnit], people: dict[str, Person], system: Actor
    ) -> None:
        """A role given at OPS and moved to NET: whoever reads NET learns that it moved, not from where."""
        role = Role(code="LEAD", name="Lead")
        records.save(role, actor=system)
        row = RoleAssignment(person=people["Ada"], role=role, scope=units["OPS"].scope, starts_on=dt.date(2026, 1, 1))
        records.save(row, actor=system)
        row.scope = units["NET"].scope
        records.save(row, actor=system)
        reader = signed_in(join("Reader", unit=units["NET"], actions=("view",)))
        page = reader.get(f"/role-assignments/{row.pk}/history/").content.decode()
        assert "•••" in page
        assert "OPS" not in page
        (change,) = [c for c in reader.get(f"/api/v1/role-assignments/{row.pk}/history").json() if c["fields"]]
        assert change["fields"] == [{"label": "Node", "before": "•••", "after": "NET"}]


class TestSession:
    def test_the_api_of_a_session_asks_for_the_csrf_header(self, head: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(head)
        assert client.get("/api/v1/tags").status_code == 200
        answer = client.post("/api/v1/tags", {"name": "Forged"}, content_type="application/json")
        assert answer.status_code == 403
        assert not Tag.objects.exists()


ODD = ["before:0001-01-01", "after:9999-12-31", "next:99999y", "last:99999y", "today-99999y", "²", "next:²d"]


class TestOddText:
    @pytest.mark.parametrize("text", ODD)
    def test_dates_out_of_range_are_refused_with_words(self, head: User, text: str) -> None:
        answer = signed_in(head).get("/people/", {"f.ends_on": text})
        assert answer.status_code == 200

    @pytest.mark.parametrize(
        "query",
        [
            {"page": "²"},
            {"size": "²"},
            {"f.manager": "²"},
            {"f.manager": "!²"},
            {"q": "a\x00b"},
            {"f.name": "a\x00b"},
            {"scope": "²"},
            {"f.created_at": "9999-12-31"},
        ],
    )
    def test_no_number_that_is_none_and_no_nul(self, head: User, people: Any, query: dict[str, str]) -> None:
        assert signed_in(head).get("/people/", query).status_code == 200

    @pytest.mark.parametrize("address", ["/absences/²/", "/people/a%00b/", "/absences/²/panel/"])
    def test_an_address_of_no_record_is_not_found(self, head: User, address: str) -> None:
        assert signed_in(head).get(address).status_code == 404

    def test_a_tick_that_is_no_number_is_left_out(self, head: User, people: Any) -> None:
        answer = signed_in(head).post("/people/bulk/remove/", {"pk": "²"})
        assert answer.status_code == 302
        assert Person.objects.count() == 4

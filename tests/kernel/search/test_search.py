from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory, TestCase
from django.test.utils import CaptureQueriesContext

from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor, Right
from quarterdeck.kernel.access.models import AccessRole, Grant, Group, Scope
from quarterdeck.kernel.search.declare import declare, withdraw
from quarterdeck.kernel.search.find import find, grouped
from quarterdeck.kernel.search.index import rebuild
from quarterdeck.kernel.search.models import Entry
from quarterdeck.kernel.search.views import suggest
from quarterdeck.kernel.search.words import folded
from tests.kernel import pointed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def declared() -> Iterator[None]:
    """Access roles stand for reference data with a text, grants for records with a node, groups for codes."""
    declare(
        AccessRole, title="name", body=("description",), url=lambda role: f"/roles/{role.pk}", kind="Roles", icon="key"
    )
    declare(Grant, title=lambda grant: grant.user.name, url=lambda grant: f"/grants/{grant.pk}", related=("user",))
    declare(
        Group, title="name", code=lambda group: group.name.split()[0], url=lambda group: f"/g/{group.pk}", kind="Groups"
    )
    yield
    for model in (AccessRole, Grant, Group):
        withdraw(model)


def add(record: records.Record) -> records.Record:
    with TestCase.captureOnCommitCallbacks(execute=True):
        records.save(record, actor=pointed.system())
    return record


def role(name: str, description: str = "") -> AccessRole:
    made = AccessRole(name=name, description=description)
    add(made)
    return made


def grant(scope: Scope, name: str) -> Grant:
    keeper, _made = AccessRole.objects.get_or_create(name="Keeper")
    made = Grant(user=pointed.user(name), role=keeper, scope=scope)
    add(made)
    return made


def titles(text: str, actor: Actor | None = None, **options: object) -> list[str]:
    return [hit.title for hit in find(actor or pointed.system(), text, **options)]  # type: ignore[arg-type]


def test_every_word_counts_as_a_beginning_without_case_and_accents() -> None:
    role("Größe der Brücke", "Überprüfung, jährlich")
    role("Tunnel")
    assert titles("brucke") == ["Größe der Brücke"]
    assert titles("GRÖS brü") == ["Größe der Brücke"]
    assert titles("jahrlich uber") == ["Größe der Brücke"]
    assert titles("brücke tunnel") == []
    assert titles("rücke") == []
    assert titles("b") == []
    assert titles("d b") == ["Größe der Brücke"]


def test_exact_code_then_beginning_of_title_then_text() -> None:
    add(Group(name="PRJ-0042 Harbour wall"))
    add(Group(name="PRJ-0043 Wall"))
    role("PRJ 0042 lessons")
    role("Lessons", "what PRJ-0042 taught")
    role("Review of PRJ-0042")
    assert titles("prj-0042") == [
        "PRJ-0042 Harbour wall",
        "PRJ 0042 lessons",
        "Review of PRJ-0042",
        "Lessons",
    ]
    assert set(titles("PRJ-004")[:3]) == {"PRJ-0042 Harbour wall", "PRJ-0043 Wall", "PRJ 0042 lessons"}
    assert set(titles("PRJ-004")[3:]) == {"Review of PRJ-0042", "Lessons"}


@pytest.mark.parametrize(
    "text", ["", "  ", "-", '"', "* OR", "a' OR 1=1", "x:y NEAR(", "(((", "&|!:*", "\x00", "%", "_"]
)
def test_nothing_typed_is_syntax(text: str) -> None:
    role("Harmless")
    assert titles(text) == []


def test_changed_and_removed_records_are_followed() -> None:
    kept = role("Before")
    kept.name = "After"
    with TestCase.captureOnCommitCallbacks(execute=True):
        records.save(kept, actor=pointed.system())
    assert (titles("before"), titles("after")) == ([], ["After"])
    with TestCase.captureOnCommitCallbacks(execute=True):
        records.delete(kept, actor=pointed.system())
    assert titles("after") == []
    assert not Entry.objects.exists()


def test_a_change_elsewhere_in_the_record_costs_nothing() -> None:
    kept = role("Same")
    kept.sees = ["money"]
    with CaptureQueriesContext(connection) as queries, TestCase.captureOnCommitCallbacks(execute=True):
        records.save(kept, actor=pointed.system())
    assert not [query for query in queries if "search_entry" in query["sql"]]


def test_only_what_the_actor_may_see_is_found_also_behind_many_others() -> None:
    north, south = pointed.node("North"), pointed.node("South")
    for number in range(30):
        grant(south, f"Harbour {number:02d}")
    mine = grant(north, "Old harbour")
    ada = Actor(
        user=pointed.user("Ada"), now=pointed.NOW, _given=(Right(north.path, {"access.grant": ["view"]}, frozenset()),)
    )
    assert [hit.record_id for hit in find(ada, "harbour", limit=5)] == [mine.pk]
    assert titles("harbour", pointed.stranger()) == []
    assert len(titles("harbour", limit=5)) == 5


def test_a_node_narrows_the_search() -> None:
    north, south = pointed.node("North"), pointed.node("South")
    below = pointed.node("Below", north)
    for scope in (north, south, below):
        grant(scope, f"Crane {scope.label}")
    assert titles("crane", scope=north) == ["Crane Below", "Crane North"]
    assert titles("crane", kinds=("access.group",)) == []


def test_one_query_and_one_for_each_type_found() -> None:
    role("Wall")
    add(Group(name="Wall"))
    for number in range(5):
        grant(pointed.node(f"N{number}"), f"Wall {number}")
    with CaptureQueriesContext(connection) as queries:
        assert len(titles("wall")) == 7
    assert len(queries) == 4


def test_a_rebuild_finds_everything_again() -> None:
    role("Wall")
    AccessRole.objects.bulk_create(AccessRole(name=f"Unheard {number}") for number in range(3))
    Entry.objects.filter(title="Wall").delete()
    Entry.objects.create(
        record_type="access.accessrole", record_id=999_999, title="Ghost", title_words="ghost", url="/"
    )
    Entry.objects.create(record_type="gone.model", record_id=1, title="Ghost", title_words="ghost", url="/")
    assert rebuild() == 4
    assert (titles("wall"), len(titles("unheard")), Entry.objects.filter(title="Ghost").count()) == (["Wall"], 3, 0)
    out = StringIO()
    call_command("search_rebuild", stdout=out)
    assert out.getvalue() == "4 records indexed.\n"


def test_sensitive_fields_cannot_be_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AccessRole, "field_classes", {"description": "personal"})
    with pytest.raises(ImproperlyConfigured):
        declare(AccessRole, title="name", body=("description",), url=str)


def test_suggestions_are_grouped_for_the_palette() -> None:
    wall = role("Wall")
    group = Group(name="G7 Wall")
    add(group)
    viewer = pointed.member(pointed.node("North"), actions=("view",))
    request = RequestFactory().get("/search/suggest", {"q": "wall"})
    request.actor, request.user = viewer, viewer.user  # type: ignore[attr-defined,assignment]  # as middleware sets them
    assert json.loads(suggest(request).content) == {
        "groups": [
            {
                "label": "Roles",
                "items": [{"label": "Wall", "detail": "", "kind": "Roles", "url": f"/roles/{wall.pk}", "icon": "key"}],
            },
            {
                "label": "Groups",
                "items": [
                    {"label": "G7 Wall", "detail": "G7", "kind": "Groups", "url": f"/g/{group.pk}", "icon": "file-text"}
                ],
            },
        ]
    }


def test_the_page_of_results(client: Client) -> None:
    role("Wall <b>")
    grant(pointed.node("South"), "Hidden wall")
    signed_in = pointed.user("Ada")
    reader = AccessRole.objects.create(name="Reads roles", permissions={"access.accessrole": ["view"]})
    records.save(Grant(user=signed_in, role=reader, scope=pointed.node("North")), actor=pointed.system())
    assert client.get("/search/", {"q": "wall"}).status_code == 302
    client.force_login(signed_in)
    page = client.get("/search/", {"q": "wall"}).content.decode()
    assert "Wall &lt;b&gt;" in page
    assert "1 found" in page
    assert "Hidden wall" not in page
    assert "Nothing found for “moat &amp; &lt;i&gt;”" in client.get("/search/", {"q": "moat & <i>"}).content.decode()
    assert "Give two letters at least" in client.get("/search/", {"q": "w"}).content.decode()
    assert client.get("/search/", {"q": "wall", "scope": "9" * 30}).status_code == 200
    assert client.get("/search/suggest", {"q": "wall"}).json()["groups"][0]["items"][0]["label"] == "Wall <b>"
    assert client.post("/search/").status_code == 405


def test_hits_are_grouped_in_the_order_of_the_best() -> None:
    role("Wall")
    add(Group(name="Wall"))
    role("Big wall")
    found = grouped(find(pointed.system(), "wall"))
    assert {group.label: len(group.hits) for group in found} == {"Groups": 1, "Roles": 2}


def test_words_are_folded() -> None:
    assert folded("  Straße_42 – ÉTÉ! ") == "strasse 42 ete"


def test_a_node_out_of_reach_is_not_named() -> None:
    """The page names the node that narrows it; guessing numbers must not read the names of others' projects."""
    signed_in = pointed.user("Ada")
    reader = role("Reader")
    north, south = pointed.node("North"), pointed.node("Merger Falcon")
    Grant.objects.create(user=signed_in, role=reader, scope=north)
    AccessRole.objects.filter(pk=reader.pk).update(permissions={"access.accessrole": ["view"]})
    role("Wall")
    client = Client()
    client.force_login(signed_in)
    page = client.get("/search/", {"q": "wall", "scope": str(south.pk)}).content.decode()
    assert "Wall" in page
    assert "Falcon" not in page
    assert "· North" in client.get("/search/", {"q": "wall", "scope": str(north.pk)}).content.decode()

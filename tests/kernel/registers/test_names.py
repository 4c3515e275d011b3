"""A row names records that its reader may not open: the label is part of the row, and nothing more of them is told."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people.models import Person
from quarterdeck.apps.people.services import person_save
from quarterdeck.kernel import clock
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.registers.exchange import importing
from quarterdeck.kernel.search.index import rebuild
from tests.kernel.registers.conftest import Join, signed_in, the

pytestmark = pytest.mark.django_db

WAS, IS = "Zelda Quill", "Zelda Quill-Harrow"
DAY = dt.timedelta(days=1)


@pytest.fixture
def zelda(units: dict[str, OrganisationUnit]) -> Person:
    """The manager of Ben at Networks; works at Operations, and has another name since yesterday."""
    early, late = (Actor.system(now=clock.now() - days * DAY) for days in (9, 1))
    boss = Person(name=WAS, unit=units["OPS"])
    person_save(boss, actor=early)
    ben = Person(name="Ben Ashdown", unit=units["NET"], manager=boss)
    person_save(ben, actor=early)
    amy = Person(name="Amy Ashdown", unit=units["NET"])
    person_save(amy, actor=early)
    amy.manager = boss
    person_save(amy, actor=early.at(early.now + dt.timedelta(hours=1)))
    boss.name = IS
    person_save(boss, actor=late)
    return boss


@pytest.fixture
def reader(join: Join, units: dict[str, OrganisationUnit]) -> User:
    return join("Reader", unit=units["NET"], actions=("view",))


@pytest.fixture
def everyone(join: Join) -> User:
    return join("Head")


def told(answer: Any) -> str:
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(text.decode())


def person(name: str) -> Person:
    return Person.objects.get(name=name)


COLUMNS = {"cols": "name,manager"}


def test_pages_name_it_without_leading_there(zelda: Person, reader: User, everyone: User) -> None:
    ben = person("Ben Ashdown")
    limited, whole = signed_in(reader), signed_in(everyone)
    for path, query in (
        ("/people/", COLUMNS),
        ("/people/", {**COLUMNS, "group": "manager"}),
        (f"/people/{ben.code}/", {}),
        (f"/people/{ben.code}/panel/", {}),
    ):
        page = told(limited.get(path, query))
        assert IS in page, path
        assert zelda.code not in page, path
        assert f"/people/{zelda.code}/" in told(whole.get(path, query)), path
    assert limited.get(f"/people/{zelda.code}/").status_code == 404


def test_a_past_date_names_it_as_it_was(zelda: Person, reader: User) -> None:
    limited, day = signed_in(reader), (clock.now() - 4 * DAY).date().isoformat()
    for path in ("/people/", f"/people/{person('Ben Ashdown').code}/"):
        page = told(limited.get(path, {**COLUMNS, "as_of": day}))
        assert WAS in page
        assert IS not in page
        assert zelda.code not in page
    api = limited.get(f"/api/v1/people/{person('Ben Ashdown').code}", {"as_of": day}).json()
    assert api["manager"] == {"id": None, "key": None, "label": WAS}


def test_the_api_gives_the_label_alone(zelda: Person, reader: User, everyone: User) -> None:
    nothing = {"id": None, "key": None, "label": IS}
    limited = signed_in(reader)
    listed = limited.get("/api/v1/people").json()["items"]
    assert {item["name"]: item["manager"] for item in listed} == {"Ben Ashdown": nothing, "Amy Ashdown": nothing}
    assert limited.get(f"/api/v1/people/{person('Ben Ashdown').code}").json()["manager"] == nothing
    open_ = signed_in(everyone).get(f"/api/v1/people/{person('Ben Ashdown').code}").json()["manager"]
    assert open_ == {"id": zelda.pk, "key": zelda.code, "label": IS}
    unit = limited.get(f"/api/v1/people/{person('Ben Ashdown').code}").json()["unit"]
    assert unit["id"] == person("Ben Ashdown").unit_id


def test_the_history_tells_the_title_of_then(zelda: Person, reader: User, everyone: User) -> None:
    amy = person("Amy Ashdown")
    for path in (f"/people/{amy.code}/history/", f"/api/v1/people/{amy.code}/history", f"/people/{amy.code}/panel/"):
        page = told(signed_in(reader).get(path))
        assert re.search(rf"{WAS}(?!-)", page), path
        assert zelda.code not in page
    api = signed_in(reader).get(f"/api/v1/people/{amy.code}/history").json()
    assert {"label": "Manager", "before": "", "after": WAS} in api[0]["fields"]
    api = signed_in(everyone).get(f"/api/v1/people/{amy.code}/history").json()
    assert {"label": "Manager", "before": "", "after": IS} in api[0]["fields"]


def test_an_export_names_it_and_comes_back_in_unchanged(
    zelda: Person, join: Join, units: dict[str, OrganisationUnit], everyone: User
) -> None:
    editor = join("Editor", unit=units["NET"])
    for ending in ("csv", "xlsx"):
        answer = signed_in(editor).get(f"/people/export.{ending}", {"cols": "code,name,manager"})
        content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # an export is streamed
        if ending == "csv":
            assert IS in content.decode()
            assert zelda.code not in content.decode()
        actor = Actor(user=User.objects.get(pk=editor.pk), now=clock.now())
        run = importing.import_file(register=the("people"), actor=actor, name=f"people.{ending}", content=content)
        assert run.report["counts"] == {"new": 0, "changed": 0, "unchanged": 2, "refused": 0}, run.report
    assert zelda.code in told(signed_in(everyone).get("/people/export.csv", {"cols": "code,name,manager"}))


def test_what_offers_and_finds_records_does_not_know_it(zelda: Person, reader: User, join: Join) -> None:
    rebuild()
    limited = signed_in(reader)
    for path, query in (
        ("/people/options/manager/", {"q": "Zelda"}),
        ("/search/suggest", {"q": "Zelda"}),
        ("/search/", {"q": "Zelda"}),
        ("/people/", {"q": "Zelda", "cols": "name"}),
        ("/api/v1/people", {"q": zelda.code}),
    ):
        page = told(limited.get(path, query)).replace("Zelda</", "").replace('"Zelda"', "")
        assert "Quill" not in page, path
        assert zelda.code not in page.replace(f"q={zelda.code}", ""), path
    refused = limited.get("/api/v1/people", {"f.manager.email": "x"})
    assert refused.status_code == 422


def test_a_stranger_gets_no_label(zelda: Person) -> None:
    stranger = signed_in(User.objects.create_user("sam@example.org", name="Sam Stranger"))
    ben = person("Ben Ashdown")
    for path in ("/people/", f"/people/{ben.code}/", f"/people/{ben.code}/history/", f"/people/{ben.code}/panel/"):
        assert stranger.get(path).status_code == 404
    for path in ("/api/v1/people", f"/api/v1/people/{ben.code}", f"/api/v1/people/{ben.code}/history"):
        assert stranger.get(path).status_code == 404
    assert stranger.get("/people/export.csv").status_code == 404

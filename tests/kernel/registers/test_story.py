"""What a record's page tells of its story: changes in sentences, comments among them, and what was found."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people.models import Person
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import User
from quarterdeck.kernel.comments.selectors import comments_of
from quarterdeck.kernel.comments.services import comment_add
from quarterdeck.kernel.fields.models import CustomField
from quarterdeck.kernel.records import history_of
from quarterdeck.kernel.records.beside import note_beside
from quarterdeck.kernel.registers.templatetags.registers import within
from quarterdeck.kernel.registers.timeline import Entry, entries, story
from quarterdeck.kernel.search.index import rebuild
from tests.kernel.registers.conftest import NOW, Join, at, signed_in, the

pytestmark = pytest.mark.django_db


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(answer.content.decode().split())


def later(system: Actor, hours: int) -> Actor:
    return system.at(NOW + dt.timedelta(hours=hours))


def test_custom_fields_are_told_by_their_name_and_those_of_a_closed_branch_not_at_all(
    join: Join, people: dict[str, Person], units: dict[str, OrganisationUnit], system: Actor
) -> None:
    """Neither a key nor a raw value is for people to read; a field of another branch says what goes on there."""
    for key, label, kind, scope, active in (
        ("badge", "Badge number", "text", None, True),
        ("since", "Union since", "date", None, False),
        ("crew", "Crew of operations", "text", units["OPS"].scope, True),
    ):
        field = CustomField(record_type="people.person", key=key, label=label, kind=kind, scope=scope, active=active)
        records.save(field, actor=system)
    ada = people["Ada"]
    ada.custom = {"badge": "4711", "since": "2024-03-01", "crew": "Night"}
    records.save(ada, actor=later(system, 1))
    reader = at(join(unit=units["NET"], actions=("view",)))
    told = entries(the("people"), reader, ada)[0]
    assert [(f.label, f.before, f.after) for f in told.fields] == [
        ("Badge number", "", "4711"),
        ("Union since", "", "1 Mar 2024"),
    ]
    all_seen = entries(the("people"), at(join("Head")), ada)[0]
    assert {f.label for f in all_seen.fields} == {"Badge number", "Union since", "Crew of operations"}


def test_the_story_has_changes_and_comments_in_one_order_and_can_be_narrowed(
    head: User, people: dict[str, Person], system: Actor
) -> None:
    ada = people["Ada"]
    comment_add(record=ada, body="First word", actor=later(system, 1))
    ada.job_title = "Director"
    records.save(ada, actor=later(system, 2))
    comment_add(record=ada, body="Last word", actor=later(system, 3))
    changes = entries(the("people"), at(head), ada)

    def order(part: str = "", limit: int = 12) -> list[str]:
        found = story(changes, comments_of(ada), part=part, limit=limit)
        return [told.comment.body if told.comment else told.entry.verb if told.entry else "?" for told in found.told]

    assert order() == ["Last word", "changed it", "First word", "added it"]
    assert order(limit=1) == ["Last word", "changed it", "First word"]
    assert order("changes") == ["changed it", "added it"]
    assert order("comments") == ["Last word", "First word"]
    assert order("nonsense") == order()
    assert [name for name, _label in story(changes, comments_of(ada)).parts] == ["", "changes", "comments"]
    assert story(changes, []).parts == [], "with nothing but changes there is nothing to choose"


def test_the_page_says_what_was_changed_in_a_sentence(head: User, people: dict[str, Person], system: Actor) -> None:
    ada = people["Ada"]
    ada.job_title, ada.location, ada.ends_on = "Director", "Leeds", dt.date(2027, 1, 31)
    records.save(ada, actor=later(system, 1), note="Board of 18 August")
    page = text_of(signed_in(head), f"/people/{ada.code}/")
    assert "changed job title from <del>Head</del> to <ins>Director</ins>" in page
    assert "set location to <ins>Leeds</ins>" in page
    assert "set “To” to <ins>31 Jan 2027</ins>" in page
    assert "“Board of 18 August”" in page


def test_the_page_leaves_what_is_empty_to_one_line(head: User, people: dict[str, Person]) -> None:
    page = text_of(signed_in(head), f"/people/{people['Ada'].code}/")
    assert "Not filled in: Called, Employer" in page
    assert "<dt>Employer</dt>" not in page


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("Planned finish", "planned finish"),
        ("CO2 avoided, t a year", "CO2 avoided, t a year"),
        ("E-mail", "E-mail"),
        ("To", "“To”"),
        ("From", "“From”"),
    ],
)
def test_a_label_stands_in_a_sentence_so_that_it_reads(label: str, told: str) -> None:
    assert within(label) == told


def test_what_lies_beside_a_record_is_told_without_what_it_leads_to(people: dict[str, Person], system: Actor) -> None:
    note = note_beside(people["Ada"], actor=system, before={}, after={"links": ["people.person 2"]})
    assert entries(the("people"), system, people["Ada"])[0] == Entry(note, "Quarterdeck", "changed its links")
    assert Entry(note, "Quarterdeck", "changed its links").sentence == "changed its links"
    assert history_of(people["Ada"]).count() == 2


def test_what_is_known_by_number_opens_where_it_is_shown_to_those_who_may_see_it(
    join: Join, people: dict[str, Person], units: dict[str, OrganisationUnit]
) -> None:
    address = f"/open/people.person/{people['Ada'].pk}/"
    assert signed_in(join(unit=units["NET"])).get(address)["Location"] == f"/people/{people['Ada'].code}/"
    assert signed_in(join("Eve", unit=units["OPS"])).get(address).status_code == 404
    for wrong in ("/open/people.person/999999/", "/open/nothing.here/1/"):
        assert signed_in(join("Head")).get(wrong).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_new_record_is_filled_in_from_the_address_by_code_as_by_number(head: User, people: dict[str, Person]) -> None:
    browser = signed_in(head)
    for given in (people["Ada"].code, str(people["Ada"].pk)):
        assert 'value="Ada"' in text_of(browser, f"/absences/new/?person={given}"), given
    assert 'value="Ada"' not in text_of(browser, "/absences/new/?person=P-9999")


def test_the_palette_offers_what_one_may_add(join: Join, people: dict[str, Person]) -> None:
    def offered(user: User, text: str) -> list[str]:
        groups = signed_in(user).get("/search/suggest", {"q": text}).json()["groups"]
        return [item["url"] for group in groups if group["label"] == "Do" for item in group["items"]]

    head = join("Head")
    assert offered(head, "new absen") == ["/absences/new/"]
    assert offered(head, "ada") == []
    assert offered(join("Reader", actions=("view",)), "new absen") == []


def test_the_search_says_what_a_person_does(head: User, people: dict[str, Person]) -> None:
    rebuild()
    groups = signed_in(head).get("/search/suggest", {"q": "ada"}).json()["groups"]
    assert [(item["label"], item["detail"]) for item in groups[0]["items"]] == [("Ada", f"{people['Ada'].code}, Head")]

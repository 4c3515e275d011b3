"""The pages of a register: conflicts, Undo, bulk edit with its preview, saved views, history in words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from quarterdeck.apps.organisation.models import OrganisationUnit
from quarterdeck.apps.people.models import CostRate, Person
from quarterdeck.kernel import records
from quarterdeck.kernel.access.models import AccessRole, User
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.comments.models import Comment
from quarterdeck.kernel.registers.models import SavedView
from quarterdeck.kernel.registers.timeline import entries
from quarterdeck.kernel.tags.models import Tag
from tests.kernel.registers.conftest import Join, at, signed_in, the

pytestmark = pytest.mark.django_db


@pytest.fixture
def tag(system: Any) -> Tag:
    row = Tag(name="Fibre", colour="series1")
    records.save(row, actor=system)
    return row


@pytest.fixture
def browser(head: User) -> Client:
    return signed_in(head)


def text(answer: Any) -> str:
    """Return a page's words: no tags, no runs of blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def cells(answer: Any) -> str:
    found = re.search(r"<tbody.*?</tbody>", answer.content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


# -- two edits at once -------------------------------------------------------------------------------------------------


def test_the_second_edit_sees_what_was_what_the_other_made_and_its_own(browser: Client, tag: Tag, system: Any) -> None:
    theirs = Tag.objects.get()
    theirs.name, theirs.colour = "Copper", "series2"
    records.save(theirs, actor=system)
    mine = {"name": "Glass", "colour": "series1", "version": "1"}
    conflict = browser.post(f"/tags/{tag.pk}/edit/", mine)
    assert conflict.status_code == 409
    shown = text(conflict)
    for word in ("Fibre", "Copper", "Glass"):
        assert word in shown
    assert Tag.objects.get().name == "Copper"
    assert conflict.context["version"] == 2
    found = [(d.label, d.was, d.theirs, d.mine, d.clash) for d in conflict.context["differences"]]
    assert found == [("Name", "Fibre", "Copper", "Glass", True), ("Colour", "Blue", "Teal", "Blue", False)]
    chosen = {**mine, "version": "2", "keep:name": "mine", "keep:colour": "theirs"}
    assert browser.post(f"/tags/{tag.pk}/edit/", chosen).status_code == 302
    row = Tag.objects.get()
    assert (row.name, row.colour, row.version) == ("Glass", "series2", 3)


def test_an_edit_in_place_says_that_there_is_a_later_version(browser: Client, tag: Tag, system: Any) -> None:
    tag.colour = "series3"
    records.save(tag, actor=system)
    answer = browser.post(f"/tags/{tag.pk}/row/", {"name": "Glass", "colour": "series1", "version": "1"})
    assert answer.status_code == 422
    assert "was changed by someone else meanwhile. Open the record to see both versions." in text(answer)
    assert Tag.objects.get().name == "Fibre"
    answer = browser.post(f"/tags/{tag.pk}/row/", {"name": "Glass", "colour": "series3", "version": "2"})
    assert answer.status_code == 200
    assert 'id="row-' in answer.content.decode()
    assert Tag.objects.get().name == "Glass"


def test_a_refused_form_keeps_what_was_typed_and_writes_nothing(browser: Client, tag: Tag) -> None:
    answer = browser.post("/tags/new/", {"name": "FIBRE", "colour": "series1"})
    assert answer.status_code == 422
    assert "There is a tag of this name already." in text(answer)
    assert 'value="FIBRE"' in answer.content.decode()
    assert Tag.objects.count() == 1


# -- undo --------------------------------------------------------------------------------------------------------------


def test_undo_is_offered_after_each_act_and_takes_it_back(browser: Client, tag: Tag) -> None:
    browser.post(f"/tags/{tag.pk}/edit/", {"name": "Copper", "colour": "series1", "version": "1"})
    batch = Change.objects.order_by("-id")[0].batch
    assert f"/undo/{batch}/" in browser.get("/tags/").content.decode()
    answer = browser.post(f"/undo/{batch}/", {"next": "/tags/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/tags/")
    assert Tag.objects.get().name == "Fibre"
    assert browser.get(f"/undo/{batch}/").status_code == 405


def test_undo_goes_back_only_to_a_page_of_ours(browser: Client, tag: Tag) -> None:
    browser.post(f"/tags/{tag.pk}/remove/", {"version": tag.version})
    batch = Change.objects.order_by("-id")[0].batch
    answer = browser.post(f"/undo/{batch}/", {"next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"
    assert Tag.objects.get().name == "Fibre"


# -- bulk --------------------------------------------------------------------------------------------------------------


def written(browser: Client, path: str, chosen: dict[str, Any]) -> Any:
    """Look at the preview of a bulk edit and write it."""
    preview = browser.post(path, {**chosen, "stage": "preview"})
    return browser.post(path, {**chosen, "stage": "apply", "read": preview.context["read"]}, follow=True)


def test_bulk_edit_shows_before_and_after_and_writes_only_when_told(browser: Client, system: Any) -> None:
    tags = [Tag(name=name, colour=colour) for name, colour in (("A", "series1"), ("B", "series2"))]
    records.save_many(tags, actor=system)
    chosen: dict[str, Any] = {"pk": [t.pk for t in tags], "set:colour": "on", "colour": "series2"}
    preview = browser.post("/tags/bulk/", {**chosen, "stage": "preview"})
    assert preview.status_code == 200
    assert [(p.name, p.changes, p.error) for p in preview.context["previews"]] == [
        ("A", [("Colour", "Blue", "Teal")], ""),
        ("B", [], ""),
    ]
    assert (preview.context["changing"], preview.context["refused"]) == (1, 0)
    assert set(Tag.objects.values_list("version", flat=True)) == {1}
    written(browser, "/tags/bulk/", chosen)
    assert list(Tag.objects.order_by("name").values_list("colour", "version")) == [("series2", 2), ("series2", 1)]
    change = Change.objects.order_by("-id")[0]
    assert (change.via, change.after) == ("bulk", {"colour": "series2"})
    browser.post(f"/undo/{change.batch}/")
    assert Tag.objects.get(name="A").colour == "series1"


def test_bulk_edit_is_all_or_nothing(browser: Client, people: dict[str, Person]) -> None:
    ada, ben = people["Ada"], people["Ben"]
    chosen = {"pk": [ada.pk, ben.pk], "set:manager": "on", "manager": str(ada.pk)}
    answer = written(browser, "/people/bulk/", chosen)
    assert "Nobody is one’s own manager." in text(answer)
    assert not Change.objects.filter(via="bulk").exists()


def test_bulk_edit_shows_its_preview_again_when_a_record_has_moved_on(browser: Client, system: Any) -> None:
    tags = [Tag(name=name, colour="series1") for name in ("A", "B")]
    records.save_many(tags, actor=system)
    chosen: dict[str, Any] = {"pk": [t.pk for t in tags], "set:colour": "on", "colour": "series2"}
    read = browser.post("/tags/bulk/", {**chosen, "stage": "preview"}).context["read"]
    moved = Tag.objects.get(name="A")
    moved.colour = "series3"
    records.save(moved, actor=system)
    read_now = ""
    for sent in ({"read": read}, {}):
        answer = browser.post("/tags/bulk/", {**chosen, "stage": "apply", **sent})
        assert answer.status_code == 409
        assert "Changed meanwhile" in text(answer)
        assert [p.changes for p in answer.context["previews"]] == [
            [("Colour", "Ochre", "Teal")],
            [("Colour", "Blue", "Teal")],
        ]
        read_now = answer.context["read"]
        assert ("A changed by the system, " in text(answer)) is bool(sent)
        assert answer.context["apart"] == (str(moved.pk) if sent else "")
    assert not Change.objects.filter(via="bulk").exists()
    browser.post("/tags/bulk/", {**chosen, "stage": "apply", "read": read_now})
    assert set(Tag.objects.values_list("colour", flat=True)) == {"series2"}


def test_bulk_edit_goes_on_without_what_has_moved_on(browser: Client, system: Any) -> None:
    tags = [Tag(name=name, colour="series1") for name in ("A", "B", "C")]
    records.save_many(tags, actor=system)
    chosen: dict[str, Any] = {"every": "view=all", "set:colour": "on", "colour": "series2"}
    read = browser.post("/tags/bulk/", {**chosen, "stage": "preview"}).context["read"]
    moved = Tag.objects.get(name="A")
    moved.colour = "series3"
    records.save(moved, actor=system)
    answer = browser.post("/tags/bulk/", {**chosen, "stage": "apply", "read": read})
    again = browser.post("/tags/bulk/", {**chosen, "read": read, "without": answer.context["apart"]})
    assert [p.name for p in again.context["previews"]] == ["B", "C"]
    assert again.context["every"] == "", "from here on the records themselves are chosen"
    rest = {"pk": [tag.pk for tag in tags[1:]], "set:colour": "on", "colour": "series2"}
    browser.post("/tags/bulk/", {**rest, "stage": "apply", "read": again.context["read"]})
    assert dict(Tag.objects.values_list("name", "colour")) == {"A": "series3", "B": "series2", "C": "series2"}


def test_bulk_takes_only_what_the_actor_may_change(
    join: Join, people: dict[str, Person], units: dict[str, OrganisationUnit]
) -> None:
    browser = signed_in(join(unit=units["NET"]))
    chosen = {"pk": [people["Ben"].pk, people["Dee"].pk], "set:location": "on", "location": "Leeds"}
    written(browser, "/people/bulk/", chosen)
    assert Person.objects.get(name="Ben").location == "Leeds"
    assert Person.objects.get(name="Dee").location == ""


def test_bulk_of_every_row_follows_the_filter(browser: Client, people: dict[str, Person]) -> None:
    every = {"every": "f.job_title=engineer", "set:location": "on", "location": "Leeds"}
    written(browser, "/people/bulk/", every)
    assert set(Person.objects.filter(location="Leeds").values_list("name", flat=True)) == {"Ben", "Cai"}


def removed(browser: Client, path: str, chosen: dict[str, Any]) -> Any:
    """Look at the records that would be removed, and remove them."""
    shown = browser.post(path, chosen)
    return browser.post(path, {**chosen, "stage": "apply", "read": shown.context["read"]}, follow=True)


def test_bulk_removal_is_one_undo_and_names_what_stands_in_the_way(
    browser: Client, people: dict[str, Person], system: Any
) -> None:
    answer = removed(browser, "/people/bulk/remove/", {"pk": [people["Dee"].pk, people["Ada"].pk]})
    assert "Nothing was removed." in text(answer)
    assert Person.objects.count() == 4
    answer = removed(browser, "/people/bulk/remove/", {"pk": [people["Dee"].pk, people["Cai"].pk]})
    assert "2 records removed." in text(answer)
    assert set(Person.objects.values_list("name", flat=True)) == {"Ada", "Ben"}
    browser.post(f"/undo/{Change.objects.order_by('-id')[0].batch}/")
    assert Person.objects.count() == 4


def test_bulk_removal_shows_first_what_it_removes(browser: Client, people: dict[str, Person]) -> None:
    answer = browser.post("/people/bulk/remove/", {"pk": [people["Dee"].pk, people["Cai"].pk]})
    assert answer.status_code == 200
    assert "Remove 2 records" in text(answer)
    assert {record for record, _name in answer.context["chosen"]} == {people["Cai"], people["Dee"]}
    assert Person.objects.count() == 4


def test_bulk_removal_refuses_and_names_what_was_changed_since(
    browser: Client, people: dict[str, Person], head: User
) -> None:
    chosen = {"pk": [people["Dee"].pk, people["Cai"].pk]}
    read = browser.post("/people/bulk/remove/", chosen).context["read"]
    dee = Person.objects.get(name="Dee")
    dee.location = "Leeds"
    records.save(dee, actor=at(head))
    answer = browser.post("/people/bulk/remove/", {**chosen, "stage": "apply", "read": read})
    assert answer.status_code == 409
    shown = text(answer)
    assert "Nothing is removed yet." in shown
    assert re.search(rf"Dee.{{0,30}} changed by {re.escape(head.name)}, ", shown)
    assert "Cai changed" not in shown
    assert Person.objects.count() == 4
    # What was shown again may be removed; or only what nobody touched.
    assert answer.context["apart"] == str(dee.pk)
    left = browser.post("/people/bulk/remove/", {**chosen, "read": read, "without": answer.context["apart"]})
    assert [record.name for record, _name in left.context["chosen"]] == ["Cai"]
    browser.post("/people/bulk/remove/", {"pk": people["Cai"].pk, "stage": "apply", "read": left.context["read"]})
    assert set(Person.objects.values_list("name", flat=True)) == {"Ada", "Ben", "Dee"}


def test_bulk_removal_of_all_that_match_takes_only_what_was_shown(
    browser: Client, people: dict[str, Person], system: Any
) -> None:
    every = {"every": "f.job_title=engineer"}
    read = browser.post("/people/bulk/remove/", every).context["read"]
    dee, cai = Person.objects.get(name="Dee"), Person.objects.get(name="Cai")
    dee.job_title, cai.job_title = "engineer", "manager"
    records.save_many([dee, cai], actor=system)
    answer = browser.post("/people/bulk/remove/", {**every, "stage": "apply", "read": read})
    assert answer.status_code == 409
    assert "fits the list since then" in text(answer)
    assert "1 was removed, fits the list no more, or is not yours to change any more" in text(answer)
    assert Person.objects.count() == 4


def test_bulk_removal_without_having_looked_removes_nothing(browser: Client, people: dict[str, Person]) -> None:
    for read in ("", "x", "1", ".", "²", "9" * 40 + ".1"):
        answer = browser.post("/people/bulk/remove/", {"pk": people["Cai"].pk, "stage": "apply", "read": read})
        assert answer.status_code == 409, read
    assert Person.objects.count() == 4


# -- saved views -------------------------------------------------------------------------------------------------------


def test_a_view_keeps_the_state_of_the_list(browser: Client, people: dict[str, Person]) -> None:
    state = {"name": "Engineers", "f.job_title": "engineer", "sort": "-ends_on", "cols": "name,ends_on", "page": "3"}
    answer = browser.post("/people/views/", state)
    view = SavedView.objects.get()
    assert answer.headers["Location"] == f"/people/?view={view.pk}"
    assert view.params == {"f.job_title": "engineer", "sort": "-ends_on", "cols": "name,ends_on"}
    shown = cells(browser.get("/people/", {"view": str(view.pk)}))
    assert shown.index("Cai") < shown.index("Ben")
    assert "Ada" not in shown
    again = cells(browser.get("/people/", {"view": str(view.pk), "f.job_title": "-"}))
    assert "Ada" in again, "a filter of the view is taken off by a minus"


def test_ones_default_opens_unasked_and_there_is_one(browser: Client, people: dict[str, Person]) -> None:
    for name, title in (("First", "head"), ("Second", "lines")):
        browser.post("/people/views/", {"name": name, "f.job_title": title, "is_default": "on"})
    assert list(SavedView.objects.filter(is_default=True).values_list("name", flat=True)) == ["Second"]
    shown = cells(browser.get("/people/"))
    assert "Cai" in shown
    assert people["Ada"].code not in shown
    assert people["Ada"].code in cells(browser.get("/people/", {"view": "all"}))


def test_a_view_is_private_until_shared_and_shows_each_what_they_may_see(
    browser: Client, join: Join, people: dict[str, Person], units: dict[str, OrganisationUnit]
) -> None:
    browser.post("/people/views/", {"name": "Mine alone", "f.job_title": "head"})
    browser.post("/people/views/", {"name": "For all", "f.kind": "staff", "is_shared": "on"})
    other = signed_in(join("Other", unit=units["OPS"]))
    page = other.get("/people/", {"view": str(SavedView.objects.get(name="For all").pk)})
    assert "For all" in text(page)
    assert "Mine alone" not in text(page)
    assert "Dee" in cells(page)
    assert people["Ada"].code not in cells(page)
    pk = SavedView.objects.get(name="Mine alone").pk
    assert other.post(f"/people/views/{pk}/remove/").status_code == 404
    assert SavedView.objects.count() == 2


def test_the_default_of_a_role_is_set_by_whoever_looks_after_roles(
    browser: Client, join: Join, people: dict[str, Person], units: dict[str, OrganisationUnit]
) -> None:
    user = join("Other", unit=units["NET"])
    role = AccessRole.objects.get(name__startswith="Other")
    wish = {"name": "Engineers", "f.job_title": "engineer", "default_for": str(role.pk)}
    signed_in(user).post("/people/views/", wish)
    assert not SavedView.objects.exists()
    browser.post("/people/views/", wish)
    shown = cells(signed_in(user).get("/people/"))
    assert "Ben" in shown
    assert people["Ada"].code not in shown


# -- history -----------------------------------------------------------------------------------------------------------


def test_history_is_in_words_and_hides_what_the_reader_may_not_see(
    join: Join, people: dict[str, Person], rates: dict[str, CostRate], units: dict[str, OrganisationUnit], system: Any
) -> None:
    ada = people["Ada"]
    ada.kind, ada.phone, ada.unit, ada.manager = "contractor", "0113 496", units["NET-B"], people["Dee"]
    records.save(ada, actor=system)
    rate = rates["Ada"]
    rate.rate = "130.00"
    records.save(rate, actor=system)
    user = join(unit=units["NET"], actions=("view",))
    (changed, added) = entries(the("people"), at(user), ada)
    assert (added.verb, added.sentence) == ("added it", "added it")
    assert [(f.label, f.before, f.after) for f in changed.fields] == [
        ("Kind", "Staff", "Contractor"),
        ("Unit", "NET", "NET-B"),
        ("Manager", "", "Dee"),
    ]
    assert entries(the("cost-rates"), at(user), rate)[0].fields == []
    money = join("Money", sees=("money",))
    assert [(f.label, f.before, f.after) for f in entries(the("cost-rates"), at(money), rate)[0].fields] == [
        ("Rate per hour", "£120.50", "£130")
    ]


def test_comments_files_links_and_tags_need_the_record(
    join: Join, people: dict[str, Person], units: dict[str, OrganisationUnit]
) -> None:
    outside, inside = people["Dee"], people["Ben"]
    browser = signed_in(join(unit=units["NET"]))
    for verb, data in (("comment", {"body": "Hello"}), ("tag", {"tags": "x"}), ("link", {"to": inside.code})):
        assert browser.post(f"/people/{outside.code}/with/{verb}/", data).status_code == 404, verb
    assert not Comment.objects.exists()
    assert browser.post(f"/people/{inside.code}/with/comment/", {"body": "Hello"}).status_code == 302
    assert "Hello" in text(browser.get(f"/people/{inside.code}/"))
    browser.post(f"/people/{inside.code}/with/link/", {"to": outside.code, "kind": "relates"})
    refused = text(browser.get("/people/"))
    assert f"“{outside.code}” is not the code of a record that you may see." in refused
    for verb in ("nonsense", "uncomment", "detach", "unlink"):
        assert browser.post(f"/people/{inside.code}/with/{verb}/", {"pk": "x"}).status_code == 404, verb


def test_a_default_for_no_role_is_refused(browser: Client) -> None:
    for role in ("x", "99999"):
        assert browser.post("/tags/views/", {"name": "Blue", "default_for": role}).status_code == 404
    assert not SavedView.objects.exists()


# -- what others do not see --------------------------------------------------------------------------------------------


def test_a_button_that_would_be_refused_is_not_offered(
    join: Join, people: dict[str, Person], units: dict[str, OrganisationUnit], tag: Tag
) -> None:
    browser = signed_in(join(unit=units["NET"]))
    assert "/people/new/" in browser.get("/people/").content.decode()
    page = browser.get("/tags/").content.decode()
    assert "/tags/new/" not in page
    assert browser.get("/tags/new/").status_code == 404
    assert browser.post("/tags/bulk/remove/", {"pk": tag.pk}).status_code == 404
    assert Tag.objects.exists()


def test_a_past_date_is_read_only(browser: Client, tag: Tag) -> None:
    browser.get("/tags/", {"as_of": "2026-01-01"})
    assert browser.get("/tags/new/").status_code == 404
    assert browser.post(f"/tags/{tag.pk}/remove/").status_code == 404
    assert Tag.objects.exists()
    browser.get("/tags/", {"as_of": ""})
    assert browser.get("/tags/new/").status_code == 200

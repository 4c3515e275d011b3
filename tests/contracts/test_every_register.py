"""Every register as its pages serve it: who gets what, and what a write leaves behind.

Nothing here names a register; one declared tomorrow is tested tomorrow. The same for the API is in
`test_every_endpoint.py`.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterdeck.kernel import clock, records
from quarterdeck.kernel.access.models import Scope, User
from quarterdeck.kernel.access.policy import visible
from quarterdeck.kernel.audit.models import Action, Change
from quarterdeck.kernel.audit.states import state_of
from quarterdeck.kernel.records import Record
from quarterdeck.kernel.registers.spec import Register
from tests.cast import ADMINISTRATOR, ANONYMOUS, EDITOR, INSIDE, OUTSIDE, READER, STRANGER
from tests.contracts.altering import alteration
from tests.contracts.conftest import Case, Snapshot
from tests.factories import form_data

pytestmark = pytest.mark.django_db

#: Bars of quality.md: queries of a list and of a record's page, whatever the number of rows.
LIST_BAR, RECORD_BAR = 12, 20
LISTS = ("", "export.csv", "export.xlsx")
READS = ("", "panel/", "history/")
EDITS = ("edit/", "row/")


def body(response: Any) -> str:
    """Return what was sent, streamed or not; reading a stream to its end closes its file."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode(errors="replace"))


def told(response: Any) -> str:
    """Return what a reader can learn from an answer: all but the token against forged requests."""
    return re.sub(r"[A-Za-z0-9]{64}", "", body(response))


def status(case: Case, persona: str, path: str) -> int:
    response: Any = case.client(persona).get(case.register.path + path)
    body(response)
    homes = [case.register.home(record) for record in (case.inside, case.outside)]
    if response.status_code == 302 and response.headers["Location"] in homes:
        return 200  # the bespoke page stands in for the generic one
    return int(response.status_code)


def statuses(case: Case, persona: str, paths: list[str]) -> dict[str, int]:
    return {path: status(case, persona, path) for path in paths}


# -- the declaration ---------------------------------------------------------------------------------------------------


@pytest.mark.once
def test_every_name_in_the_declaration_exists(register: Register[Any]) -> None:
    register.check()
    computed = {column.name for column in register.computed}
    known = {*register.fields, *computed, "created_at", "created_by", "updated_at", "updated_by"}
    assert set(register.columns) <= known
    assert set(register.filters) <= known
    assert set(register.read_only) <= set(register.fields)
    assert set(register.bulk) <= set(register.editable)
    assert {inline.fk for inline in register.inlines} <= {
        field.name for inline in register.inlines for field in inline.model._meta.concrete_fields
    }
    for name in (*register.search, *(name.lstrip("-") for name in register.ordering)):
        _follow(register.model, name, computed)
    if register.tree:
        assert register.field(register.tree).related_model is register.model
    if register.key:
        assert register.field(register.key).unique
    for name in register.model.field_classes:
        assert register.field(name).name == name


def _follow(model: Any, name: str, computed: set[str]) -> None:
    if name in computed:
        return
    for part in name.split("__"):
        try:
            model = model._meta.get_field(part).related_model
        except FieldDoesNotExist as missing:
            raise AssertionError(f"{name} leads nowhere") from missing


def test_views_and_actions_are_named_once_and_filter_by_what_exists(case: Case) -> None:
    register = case.register
    assert len({view.name for view in register.views}) == len(register.views)
    assert len({action.name for action in register.actions}) == len(register.actions)
    client = case.client(ADMINISTRATOR)
    for view in register.views:
        page = body(client.get(register.path, {"view": view.name}))
        assert 'class="chip error' not in page
        assert "chip-error" not in page
        params = {name: value for name, value in view.params.items() if name.startswith("f.")}
        answer = client.get(f"/api/v1/{register.slug}", params)
        assert answer.status_code == 200, (view.name, answer.content)


@pytest.mark.once
def test_a_register_says_what_belongs_there(register: Register[Any]) -> None:
    assert str(register.purpose).strip(), "the empty list has nothing to say"


# -- who gets which page -----------------------------------------------------------------------------------------------


def all_paths(case: Case, ref: str) -> list[str]:
    fixed = [*LISTS, "new/", "import/", "import/template.csv"]
    fixed += [f"options/{name}/" for name in case.register.fields if case.register.field(name).many_to_one]
    return [*fixed, *(f"{ref}/{part}" for part in (*READS, *EDITS))]


@pytest.mark.once
def test_anonymous_is_sent_to_sign_in_whatever_the_address(case: Case) -> None:
    client = case.client(ANONYMOUS)
    for ref in (case.ref, case.missing):
        for path in all_paths(case, ref):
            response = client.get(case.register.path + path)
            assert response.status_code == 302, path
            assert response.headers["Location"].startswith("/accounts/login/"), path


@pytest.mark.once
def test_a_stranger_gets_404_and_cannot_tell_what_exists(case: Case) -> None:
    client = case.client(STRANGER)
    for path in all_paths(case, case.ref):
        response = client.get(case.register.path + path)
        assert response.status_code == 404, path
        text = body(response)
        assert INSIDE not in text
        assert OUTSIDE not in text
    there, gone = case.ref, case.missing
    for part in (*READS, *EDITS):
        real = client.get(f"{case.register.path}{there}/{part}")
        none = client.get(f"{case.register.path}{gone}/{part}")
        nowhere = client.get(f"/no-such-register/{gone}/{part}")
        assert told(real) == told(none) == told(nowhere), part
    for part in ("remove/", "do/any/", "with/comment/", "edit/", "row/"):
        before = Change.objects.count()
        assert client.post(f"{case.register.path}{there}/{part}", {"body": "x"}).status_code == 404, part
        assert Change.objects.count() == before
    for path in ("new/", "bulk/", "bulk/remove/", "views/"):
        assert client.post(case.register.path + path, {"pk": case.inside.pk, "name": "x"}).status_code == 404, path
    assert type(case.inside)._default_manager.filter(pk=case.inside.pk).exists()


def test_a_reader_reads_what_is_theirs_and_writes_nothing(case: Case) -> None:
    reads = [*LISTS, *(f"{case.ref}/{part}" for part in READS)]
    assert statuses(case, READER, reads) == dict.fromkeys(reads, 200)
    writes = ["new/", "import/", *(f"{case.ref}/{part}" for part in EDITS)]
    assert statuses(case, READER, writes) == dict.fromkeys(writes, 404)
    client, before = case.client(READER), Change.objects.count()
    assert client.post(f"{case.register.path}{case.ref}/remove/").status_code == 404
    assert client.post(f"{case.register.path}bulk/remove/", {"pk": case.inside.pk}).status_code == 404
    assert Change.objects.count() == before


def test_a_reader_cannot_tell_what_exists_elsewhere(case: Case) -> None:
    if not case.governed:
        pytest.skip("reference data is read by everyone who reads any")
    client = case.client(READER)
    for part in (*READS, *EDITS):
        hidden = client.get(f"{case.register.path}{case.hidden}/{part}")
        missing = client.get(f"{case.register.path}{case.missing}/{part}")
        assert hidden.status_code == missing.status_code == 404, part
        assert told(hidden) == told(missing), part
    for path in LISTS[:2]:
        assert OUTSIDE not in body(client.get(case.register.path + path))
    api = client.get(f"/api/v1/{case.register.slug}").json()
    mine = case.register.rows(case.cast.actor(READER))
    assert api["total"] == mine.count()
    assert case.outside.pk not in {item["id"] for item in api["items"]}


def test_the_past_is_limited_as_today_is(case: Case) -> None:
    day = (clock.now() - dt.timedelta(days=1)).date().isoformat()
    reader = case.client(READER)
    page = reader.get(case.register.path, {"as_of": day})
    assert page.status_code == 200
    if case.governed:
        assert OUTSIDE not in body(page)
        assert reader.get(f"{case.register.path}{case.hidden}/", {"as_of": day}).status_code == 404
    assert reader.get(f"{case.register.path}{case.ref}/panel/", {"as_of": day}).status_code == 200
    assert reader.get(f"{case.register.path}{case.ref}/edit/", {"as_of": day}).status_code == 404
    assert case.client(STRANGER).get(case.register.path, {"as_of": day}).status_code == 404
    before = case.client(ADMINISTRATOR).get(f"{case.register.path}{case.ref}/", {"as_of": "2020-01-01"})
    assert before.status_code == 404, "it did not exist then"


def test_an_editor_edits_at_the_node_and_not_beyond(case: Case) -> None:
    edits = ["new/", "import/", *(f"{case.ref}/{part}" for part in EDITS)]
    expected = 200 if case.governed else 404  # reference data is kept by whoever may at the root
    assert statuses(case, EDITOR, edits) == dict.fromkeys(edits, expected)
    beyond = [f"{case.hidden}/{part}" for part in EDITS]
    assert statuses(case, EDITOR, beyond) == dict.fromkeys(beyond, 404)
    client, before = case.client(EDITOR), Change.objects.count()
    assert client.post(f"{case.register.path}{case.hidden}/remove/").status_code == 404
    assert Change.objects.count() == before


def test_an_administrator_opens_every_page(case: Case) -> None:
    paths = [*all_paths(case, case.ref), *(f"{case.hidden}/{part}" for part in (*READS, *EDITS))]
    assert statuses(case, ADMINISTRATOR, paths) == dict.fromkeys(paths, 200)


@pytest.mark.once
def test_an_administrator_without_an_elevation_is_a_stranger(case: Case) -> None:
    client = case.client(ANONYMOUS)
    client.force_login(case.cast.users[ADMINISTRATOR])
    assert client.get(case.register.path).status_code == 404
    assert client.get(f"{case.register.path}{case.ref}/").status_code == 404


# -- choices and closed fields -----------------------------------------------------------------------------------------


def test_choices_are_limited_to_what_one_may_see(case: Case) -> None:
    for name in (*case.register.fields, "created_by"):
        field = case.register.field(name)
        if not field.many_to_one and not field.one_to_one:
            continue
        target: Any = field.related_model
        answer = case.client(READER).get(f"{case.register.path}options/{name}/")
        if answer.status_code == 404:
            continue  # a field that is closed to the reader
        offered = {int(option["value"]) for option in answer.json()}
        actor = case.cast.actor(READER)
        if issubclass(target, Record):
            assert offered <= set(visible(target._default_manager.all(), actor).values_list("pk", flat=True)), name
        elif target is Scope:
            assert OUTSIDE not in answer.content.decode(), name
        elif target is User and not actor.can("view", "access.user"):
            shown = case.register.rows(actor).values_list(name, flat=True)
            assert offered <= {*shown, actor.user and actor.user.pk}, name


def test_closed_fields_are_neither_shown_nor_told(case: Case) -> None:
    register, client = case.register, case.client(READER)
    for name in register.model.field_classes:
        for query in ({f"f.{name}": "none"}, {"sort": name}):
            answer = client.get(f"/api/v1/{register.slug}", query)
            assert answer.status_code == 422, (name, query)
        assert client.get(f"/api/v1/{register.slug}/{case.ref}").json()[name] is None, name
        label = str(register.field(name).verbose_name)
        head = body(client.get(f"{register.path}export.csv", {"cols": f"{name},{register.columns[0]}"})).splitlines()[0]
        assert label.casefold() not in head.casefold().split(","), name


# -- writes ------------------------------------------------------------------------------------------------------------


def changes_of(register: Register[Any], pk: int) -> list[Change]:
    return list(Change.objects.filter(record_type=register.record_type, record_id=pk).order_by("id"))


def test_adding_through_the_form_leaves_one_change_with_the_whole_state(case: Case) -> None:
    register = case.register
    known = set(register.model._default_manager.values_list("pk", flat=True))
    draft = case.cast.north.draft(register.model)
    persona = EDITOR if case.governed else ADMINISTRATOR
    answer = case.client(persona).post(f"{register.path}new/", form_data(register, draft))
    assert answer.status_code == 302, _errors(answer)
    record = register.model._default_manager.exclude(pk__in=known).get()
    (change,) = changes_of(register, record.pk)
    assert (change.action, change.via, change.actor) == (Action.CREATE, "form", case.cast.users[persona])
    assert _core(change.state, state_of(record)) == state_of(record)


def _core(state: Any, rows: Any) -> dict[str, Any]:
    """Return a kept state without the many-to-many fields, which the row itself does not have."""
    return {name: value for name, value in (state or {}).items() if name in rows}


def _errors(answer: Any) -> Any:
    form = (answer.context or {}).get("form") if answer.context else None
    return form.errors if form is not None else answer.content[:500]


def changeable(register: Register[Any]) -> None:
    """Skip what is about changes where rows stay as they are."""
    if register.append_only:
        pytest.skip("rows stay: see test_rows_that_stay_are_neither_changed_nor_removed")


def test_rows_that_stay_are_neither_changed_nor_removed(case: Case) -> None:
    register = case.register
    if not register.append_only:
        pytest.skip("rows of this register change")
    stored = register.model._default_manager.get(pk=case.inside.pk)
    before = state_of(stored)
    name, value = alteration(register, case.inside, case.cast.north)
    setattr(stored, name, value)
    client, url = case.client(ADMINISTRATOR), f"{register.path}{case.ref}/"
    page = body(client.get(url))
    assert f'href="{url}edit/"' not in page
    assert f'action="{url}remove/"' not in page
    for part in ("edit/", "row/"):
        answer = client.post(f"{url}{part}", form_data(register, stored))
        assert answer.status_code in (200, 422), (part, answer.status_code)
    api, version = f"/api/v1/{register.slug}", case.inside.version
    assert client.delete(f"{api}/{case.ref}?version={version}").status_code == 422
    client.post(f"{url}remove/", {"version": version})
    read = f"{case.inside.pk}.{version}"
    client.post(f"{register.path}bulk/remove/", {"pk": case.inside.pk, "stage": "apply", "read": read})
    client.post(f"/undo/{changes_of(register, case.inside.pk)[0].batch}/")
    assert state_of(register.model._default_manager.get(pk=case.inside.pk)) == before
    assert len(changes_of(register, case.inside.pk)) == 1


def test_editing_through_the_form_leaves_one_change_and_undo_takes_it_back(case: Case) -> None:
    register = case.register
    changeable(register)
    name, value = alteration(register, case.inside, case.cast.north)
    before = state_of(register.model._default_manager.get(pk=case.inside.pk))
    edited = register.model._default_manager.get(pk=case.inside.pk)
    setattr(edited, name, value)
    client = case.client(EDITOR if case.governed else ADMINISTRATOR)
    answer = client.post(f"{register.path}{case.ref}/edit/", form_data(register, edited))
    assert answer.status_code == 302, _errors(answer)
    added, changed = changes_of(register, case.inside.pk)
    stored = register.model._default_manager.get(pk=case.inside.pk)
    assert (changed.action, changed.version, stored.version) == (Action.CHANGE, 2, 2)
    assert _core(changed.state, before) == state_of(stored) != before
    assert name in {key.removesuffix("_id") for key in changed.after}
    client.post(f"/undo/{changed.batch}/")
    assert state_of(register.model._default_manager.get(pk=case.inside.pk)) == before
    assert len(changes_of(register, case.inside.pk)) == 3
    assert added.version == 1


def test_an_edit_that_changes_nothing_writes_nothing(case: Case) -> None:
    register = case.register
    stored = register.model._default_manager.get(pk=case.inside.pk)
    client = case.client(EDITOR if case.governed else ADMINISTRATOR)
    assert client.post(f"{register.path}{case.ref}/edit/", form_data(register, stored)).status_code == 302
    assert len(changes_of(register, case.inside.pk)) == 1
    assert register.model._default_manager.get(pk=case.inside.pk).version == 1


def test_the_second_of_two_edits_sees_the_first(case: Case) -> None:
    register = case.register
    changeable(register)
    name, value = alteration(register, case.inside, case.cast.north)
    stale = register.model._default_manager.get(pk=case.inside.pk)
    setattr(stale, name, value)
    data = form_data(register, stale)
    # What someone else's edit leaves: a later version.
    register.model._default_manager.filter(pk=case.inside.pk).update(version=2)
    before = Change.objects.count()
    answer = case.client(ADMINISTRATOR).post(f"{register.path}{case.ref}/edit/", data)
    assert answer.status_code == 409
    assert Change.objects.count() == before


def test_what_does_not_say_which_version_it_changes_is_refused(case: Case) -> None:
    """Otherwise a form that leaves the version out would write over what someone else has made of the record."""
    register = case.register
    name, value = alteration(register, case.inside, case.cast.north)
    edited = register.model._default_manager.get(pk=case.inside.pk)
    setattr(edited, name, value)
    before, client = Change.objects.count(), case.client(ADMINISTRATOR)
    for version in (None, "", "x"):
        data = {key: text for key, text in form_data(register, edited).items() if key != "version"}
        data |= {"version": version} if version is not None else {}
        for part in ("edit/", "row/"):
            answer = client.post(f"{register.path}{case.ref}/{part}", data)
            assert answer.status_code == 422, (part, version)
            assert "It is not known which version" in body(answer), (part, version)
        assert client.post(f"{register.path}{case.ref}/remove/", {"version": version or ""}).status_code == 302
    assert Change.objects.count() == before


def test_removing_leaves_one_change_and_undo_brings_the_same_record_back(case: Case) -> None:
    register = case.register
    changeable(register)
    before = state_of(register.model._default_manager.get(pk=case.inside.pk))
    client = case.client(EDITOR if case.governed else ADMINISTRATOR)
    assert client.post(f"{register.path}{case.ref}/remove/", {"version": "9"}).status_code == 302
    assert register.model._default_manager.filter(pk=case.inside.pk).exists(), "what nobody has read is not removed"
    assert client.post(f"{register.path}{case.ref}/remove/", {"version": case.inside.version}).status_code == 302
    assert not register.model._default_manager.filter(pk=case.inside.pk).exists(), body(client.get("/"))[:200]
    removed = changes_of(register, case.inside.pk)[-1]
    assert len(changes_of(register, case.inside.pk)) == 2
    assert (removed.action, removed.state) == (Action.DELETE, None)
    assert _core(removed.before, before) == before
    day = clock.now()
    assert records.state_as_of(register.model, case.inside.pk, day - dt.timedelta(hours=12)) is not None
    client.post(f"/undo/{removed.batch}/")
    assert state_of(register.model._default_manager.get(pk=case.inside.pk)) == before


def test_nobody_else_undoes_an_act(case: Case) -> None:
    batch = uuid.UUID(str(changes_of(case.register, case.inside.pk)[0].batch))
    for persona in (STRANGER, READER, EDITOR):
        case.client(persona).post(f"/undo/{batch}/")
        assert register_has(case), persona


def register_has(case: Case) -> bool:
    found: bool = type(case.inside)._default_manager.filter(pk=case.inside.pk).exists()
    return found


# -- queries -----------------------------------------------------------------------------------------------------------


def test_queries_are_as_committed_and_do_not_grow_with_the_rows(case: Case, snapshot: Snapshot) -> None:
    register, cast = case.register, case.cast
    rows = [cast.north.make(register.model, full=True) for _row in range(3)]
    client = cast.client(READER)
    ref = register.ref(rows[0])
    client.get(register.path)  # fills what is kept in memory for good
    few = _queries(client, register, ref)
    for _row in range(3):
        cast.north.make(register.model, full=True)
    many = _queries(client, register, ref)
    assert many == few, "the number of queries grows with the rows"
    assert few["list"] <= LIST_BAR
    assert few["record"] <= RECORD_BAR
    assert snapshot("query_counts.json", register.slug, few) == few


def _queries(client: Any, register: Register[Any], ref: str) -> dict[str, int]:
    found = {}
    for name, path in (("list", ""), ("record", f"{ref}/"), ("panel", f"{ref}/panel/"), ("export", "export.csv")):
        with CaptureQueriesContext(connection) as context:
            response = client.get(register.path + path)
            body(response)
        assert response.status_code in (200, 302)
        found[name] = len(context)
    return found

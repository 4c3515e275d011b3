"""Every register as its REST endpoints serve it: list, read, create, change, remove, history, as of; by persona."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from quarterdeck.kernel import clock
from quarterdeck.kernel.access import services
from quarterdeck.kernel.audit.models import Action, Change
from quarterdeck.kernel.audit.states import state_of
from tests.cast import ADMINISTRATOR, ANONYMOUS, EDITOR, OUTSIDE, READER, STRANGER
from tests.contracts.altering import alteration
from tests.contracts.conftest import Case
from tests.factories import payload

pytestmark = pytest.mark.django_db

JSON = "application/json"


def base(case: Case) -> str:
    return f"/api/v1/{case.register.slug}"


def changed(case: Case, record: Any) -> dict[str, Any]:
    """Return a patch that the register's rules accept."""
    name, value = alteration(case.register, record, case.cast.north)
    fresh = case.register.model._default_manager.get(pk=record.pk)
    setattr(fresh, name, value)
    sent = payload(case.register, fresh)
    return {name: sent[name], "version": fresh.version}


def reads(case: Case, client: Client, ref: str) -> dict[str, int]:
    yesterday = (clock.now() - dt.timedelta(days=1)).date().isoformat()
    paths = (f"/{ref}", f"/{ref}/history", f"/{ref}?as_of={yesterday}")
    return {path: client.get(base(case) + path).status_code for path in paths}


def writes(case: Case, client: Client, record: Any) -> dict[str, int]:
    """Try every write on a record without a right to it; the body is well-formed."""
    ref, body = case.register.ref(record), {"version": record.version}
    return {
        "create": client.post(base(case), payload(case.register, record), content_type=JSON).status_code,
        "patch": client.patch(f"{base(case)}/{ref}", body, content_type=JSON).status_code,
        "delete": client.delete(f"{base(case)}/{ref}?version={record.version}").status_code,
        "bulk": client.post(
            f"{base(case)}/bulk", {"items": [{"id": record.pk, **body}]}, content_type=JSON
        ).status_code,
    }


@pytest.mark.once
def test_anonymous_is_told_to_sign_in_and_nothing_else(case: Case) -> None:
    client = case.client(ANONYMOUS)
    assert client.get(base(case)).status_code == 401
    assert set(reads(case, client, case.ref).values()) == {401}
    assert set(writes(case, client, case.inside).values()) == {401}
    there, gone = (client.get(f"{base(case)}/{ref}") for ref in (case.ref, case.missing))
    assert there.content == gone.content
    wrong = client.get(base(case), headers={"authorization": "Bearer qd_00000000_wrong"})
    assert (wrong.status_code, wrong.headers["Content-Type"]) == (401, "application/problem+json")


@pytest.mark.once
def test_a_stranger_gets_404_and_cannot_tell_what_exists(case: Case) -> None:
    client, before = case.client(STRANGER), Change.objects.count()
    assert client.get(base(case)).status_code == 404
    assert set(reads(case, client, case.ref).values()) == {404}
    assert set(writes(case, client, case.inside).values()) == {404}
    answers = {client.get(f"{base(case)}/{ref}").content for ref in (case.ref, case.hidden, case.missing)}
    assert len(answers) == 1
    assert Change.objects.count() == before


def test_a_reader_reads_and_every_write_is_as_if_it_did_not_exist(case: Case) -> None:
    client, before = case.client(READER), Change.objects.count()
    listed = client.get(base(case))
    assert listed.status_code == 200
    assert set(reads(case, client, case.ref).values()) == {200}
    assert set(writes(case, client, case.inside).values()) == {404}
    if case.governed:
        assert OUTSIDE not in listed.content.decode()
        assert set(reads(case, client, case.hidden).values()) == {404}
        hidden, missing = (client.get(f"{base(case)}/{ref}").content for ref in (case.hidden, case.missing))
        assert hidden == missing
    assert Change.objects.count() == before


def test_an_editor_writes_at_the_node_only(case: Case) -> None:
    client = case.client(EDITOR)
    if not case.governed:
        assert set(writes(case, client, case.inside).values()) == {404}
        return
    sent = payload(case.register, case.cast.north.draft(case.register.model))
    made = client.post(base(case), sent, content_type=JSON)
    assert made.status_code == 201, made.content
    before = Change.objects.count()
    refused = writes(case, client, case.outside)
    assert (refused["patch"], refused["delete"]) == (404, 404)
    assert refused["create"] in (403, 422)
    assert refused["bulk"] == 422
    assert Change.objects.count() == before


def test_what_is_created_changed_and_removed_leaves_one_change_each(case: Case) -> None:
    register, client = case.register, case.client(ADMINISTRATOR)
    draft = case.cast.north.draft(register.model)
    made = client.post(base(case), {**payload(register, draft), "note": "By contract"}, content_type=JSON)
    assert made.status_code == 201, made.content
    body = made.json()
    record = register.model._default_manager.get(pk=body["id"])
    changes = Change.objects.filter(record_type=register.record_type, record_id=record.pk).order_by("id")
    assert [(c.action, c.via, c.note, c.version) for c in changes] == [(Action.CREATE, "api", "By contract", 1)]
    kept = changes[0].state or {}
    assert {name: kept[name] for name in state_of(record)} == state_of(record)

    ref, patch = register.ref(record), changed(case, record)
    answer = client.patch(f"{base(case)}/{ref}", patch, content_type=JSON)
    if register.append_only:
        assert (answer.status_code, client.delete(f"{base(case)}/{ref}?version=1").status_code) == (422, 422)
        assert changes.count() == 1
        return
    assert (answer.status_code, answer.json().get("version")) == (200, 2), answer.content
    stale = client.patch(f"{base(case)}/{ref}", patch, content_type=JSON)
    assert (stale.status_code, stale.json()["current"]) == (409, {"version": 2})
    assert client.get(f"{base(case)}/{ref}").json()["version"] == 2
    history = client.get(f"{base(case)}/{ref}/history").json()
    assert [(entry["action"], entry["version"]) for entry in history] == [("change", 2), ("create", 1)]
    assert len(history[0]["fields"]) >= 1

    gone = client.delete(f"{base(case)}/{ref}?version=1")
    assert gone.status_code == 409, "a stale version removes nothing"
    assert client.delete(f"{base(case)}/{ref}?version=2").status_code == 204
    assert client.get(f"{base(case)}/{ref}").status_code == 404
    assert [c.action for c in changes.all()] == [Action.CREATE, Action.CHANGE, Action.DELETE]


def test_a_change_without_its_version_is_refused(case: Case) -> None:
    client = case.client(ADMINISTRATOR)
    patch, url = changed(case, case.inside), f"{base(case)}/{case.ref}"
    for version in ({}, {"version": None}, {"version": "x"}):
        without = {name: value for name, value in patch.items() if name != "version"} | version
        for answer in (
            client.patch(url, without, content_type=JSON),
            client.post(f"{base(case)}/bulk", {"items": [{"id": case.inside.pk, **without}]}, content_type=JSON),
        ):
            assert answer.status_code == 422, answer.content
            assert "version" in str(answer.json()["errors"])
    assert client.delete(url).status_code == 422
    assert Change.objects.filter(record_type=case.register.record_type, record_id=case.inside.pk).count() == 1


def test_bulk_changes_all_or_nothing(case: Case) -> None:
    client, before = case.client(ADMINISTRATOR), Change.objects.count()
    patch = changed(case, case.inside)
    items = [{"id": case.inside.pk, **patch}, {"id": 10**12, "version": 1}]
    refused = client.post(f"{base(case)}/bulk", {"items": items}, content_type=JSON)
    assert refused.status_code == 422
    assert list(refused.json()["errors"]) == (["0", "1"] if case.register.append_only else ["1"])
    assert case.register.model._default_manager.get(pk=case.inside.pk).version == 1
    before = Change.objects.count()
    done = client.post(f"{base(case)}/bulk", {"items": items[:1]}, content_type=JSON)
    if case.register.append_only:
        assert done.status_code == 422
        return
    assert (done.status_code, [item["version"] for item in done.json()]) == (200, [2])
    assert Change.objects.filter(record_type=case.register.record_type, record_id=case.inside.pk).count() == 2
    assert Change.objects.count() > before


def test_what_is_not_known_is_refused_by_name(case: Case) -> None:
    client = case.client(ADMINISTRATOR)
    queries = [{"f.no_such_field": "1"}, {"sort": "no_such_field"}, {"cursor": "?"}, {"limit": "0"}, {"scope": "x"}]
    for query in queries:
        answer = client.get(base(case), query)
        assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json"), query
    version = case.register.model._default_manager.get(pk=case.inside.pk).version
    answer = client.patch(f"{base(case)}/{case.ref}", {"no_such_field": 1, "version": version}, content_type=JSON)
    assert answer.status_code == 422
    assert "no_such_field" in str(answer.json()["errors"])
    for name in case.register.read_only:
        sent = client.patch(f"{base(case)}/{case.ref}", {name: None, "version": version}, content_type=JSON)
        assert sent.status_code == 422, name


def test_pages_of_a_list_follow_each_other_without_a_gap(case: Case) -> None:
    case.cast.north.make(case.register.model)
    client = case.client(ADMINISTRATOR)
    whole = [item["id"] for item in client.get(base(case)).json()["items"]]
    walked: list[int] = []
    following: str | None = ""
    while following is not None:
        page = client.get(base(case), {"limit": "2", "cursor": following}).json()
        assert page["total"] == len(whole)
        walked += [item["id"] for item in page["items"]]
        following = page["next"]
    assert walked == whole == sorted(whole)


def test_a_token_gives_what_it_and_its_owner_may(case: Case) -> None:
    editor = case.cast.actor(EDITOR)
    assert editor.user is not None
    _token, secret = services.token_create(
        user=editor.user,
        name="Reads only this",
        permissions={case.register.record_type: ["view"]},
        expires_at=editor.now + dt.timedelta(days=1),
        actor=editor,
    )
    client, header = Client(), {"authorization": f"Bearer {secret}"}
    assert client.get(f"{base(case)}/{case.ref}", headers=header).status_code == 200
    version = case.inside.version
    patch = client.patch(f"{base(case)}/{case.ref}", {"version": version}, content_type=JSON, headers=header)
    assert patch.status_code == 404
    other = "/api/v1/tags" if case.register.slug != "tags" else "/api/v1/currencies"
    assert client.get(other, headers=header).status_code == 404
    if case.governed:
        assert client.get(f"{base(case)}/{case.hidden}", headers=header).status_code == 404


@pytest.mark.once
def test_no_answer_carries_a_trace(case: Case) -> None:
    client = case.client(STRANGER)
    for answer in (client.get(f"{base(case)}/{case.ref}"), client.post(base(case), "{", content_type=JSON)):
        assert not re.search(r"Traceback|\.py|SELECT ", answer.content.decode())

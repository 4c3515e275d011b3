"""Whatever is sent as an edit is carried out or refused in words; the plan can be read afterwards, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.apps.delivery.conftest import Shed
from tests.cast import EDITOR

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FIELDS = (
    "name", "duration", "start", "finish", "constraint", "constraint_at", "deadline", "percent", "actual_start",
    "actual_finish", "remaining", "predecessors", "resources", "calendar", "manual", "active", "priority", "notes",
    "kind", "work", "wbs", "status", "from_finish", "start_float", "",
)  # fmt: skip
TEXTS = (
    "", "0", "-1", "3d", "2w", "4h", "30m", "1mo", "3ed", "5d?", "1e9d", "99999999999d", "12FS+3d;15SS-50%", "1FF-200%",
    "2SS;2FF", "6FS-9ed", "Ann;Bob 50%", "Ann 0%", "Zoë 300%", ";;;", "\u0000", "2026-02-30", "2026-03-17",
    "1900-01-01", "2199-12-31T23:59", "0001-01-01", "TASK", "MILESTONE", "SUMMARY", "MUST_FINISH_ON",
    "AS_LATE_AS_POSSIBLE", "true", "\U0001f600" * 300,
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(TEXTS),
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, -1, 480, 100, 101, 29_460_000, 1 << 31, 1 << 61, -(1 << 61), 1 << 70]),
    st.floats(allow_nan=False, allow_infinity=False),
)
#: Places of tasks of the plan; beyond its six, and below nought, what is none.
PLACES = st.integers(-2, 7)


def commands() -> st.SearchStrategy[dict[str, Any]]:
    """Commands of every kind, their tasks by place."""
    several = st.lists(PLACES, max_size=3)
    shapes: list[dict[str, st.SearchStrategy[Any]]] = [
        {"do": st.just("set"), "task": PLACES, "field": st.sampled_from(FIELDS), "value": VALUES},
        {
            "do": st.just("add"),
            "after": PLACES,
            "name": st.sampled_from(TEXTS),
            "duration": VALUES,
            "key": st.just("new--9"),
        },
        {"do": st.just("add"), "parent": PLACES, "name": st.just("Part"), "kind": st.sampled_from(TEXTS)},
        {"do": st.sampled_from(["indent", "outdent", "remove"]), "tasks": several},
        {"do": st.just("move"), "tasks": several, "after": PLACES, "parent": PLACES},
        {
            "do": st.just("link"),
            "predecessor": PLACES,
            "successor": PLACES,
            "kind": st.sampled_from(["FS", "SF", "x", ""]),
            "lag": VALUES,
        },
        {"do": st.just("unlink"), "link": PLACES},
        {"do": st.just("shift"), "task": PLACES, "start": VALUES},
        {"do": st.just("split"), "task": PLACES, "at": VALUES, "gap": VALUES},
        {"do": st.just("plan"), "field": st.sampled_from(FIELDS), "value": VALUES},
        {"do": st.sampled_from(["", "drop"]), "tasks": VALUES, "task": VALUES},
    ]
    return st.one_of([st.fixed_dictionaries(shape) for shape in shapes])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batch=st.lists(commands(), min_size=1, max_size=3))
def test_any_edit_is_carried_out_or_refused(shed: Shed, batch: list[dict[str, Any]]) -> None:
    client: Client = shed.cast.client(EDITOR)
    ids = client.get(shed.url + "data").json()["tasks"]["id"]

    def stored(value: Any) -> Any:
        if isinstance(value, list):
            return [stored(each) for each in value]
        return ids[value] if isinstance(value, int) and 0 <= value < len(ids) else value

    named = ("task", "tasks", "after", "parent", "predecessor", "successor")
    sent = [{k: stored(v) if k in named else v for k, v in command.items()} for command in batch]
    answer = shed.post(client, "edit", {"revision": shed.revision, "commands": sent})
    assert answer.status_code in (200, 400, 409, 422), (answer.content, sent)
    told = answer.json()
    if answer.status_code != 200:
        assert told["message"]
        return
    assert client.get(shed.url + "data").status_code == 200
    if told["batch"] is not None:
        back = shed.post(client, "undo", {"batch": told["batch"]})
        assert back.status_code == 200, (back.content, sent)
    after = client.get(shed.url + "data").json()["tasks"]
    assert (after["id"], after["name"]) == (ids, ["Ground", "Dig", "Pour", "Cure", "Paint", "Done"])

"""Comments on a past date read as they did then, whatever has become of them since."""

from __future__ import annotations

import datetime as dt

import pytest

from quarterdeck.kernel.comments.selectors import comments_as_of
from quarterdeck.kernel.comments.services import comment_add, comment_delete, comment_edit
from tests.kernel import pointed
from tests.kernel.pointed import NOW

pytestmark = pytest.mark.django_db


def hours(count: float) -> dt.datetime:
    return NOW + dt.timedelta(hours=count)


def test_what_was_edited_or_removed_since_reads_as_it_did() -> None:
    record = pointed.record_at(pointed.node("North"))
    ann = pointed.member(record.scope)
    edited = comment_add(record=record, body="Draft", actor=ann.at(hours(0)))
    removed = comment_add(record=record, body="Said in haste", actor=ann.at(hours(1)))
    comment_add(record=record, body="Kept", actor=ann.at(hours(2)))
    edited = comment_edit(comment=edited, body="Second", actor=ann.at(hours(3)))
    edited = comment_edit(comment=edited, body="Final", actor=ann.at(hours(5)))
    comment_delete(comment=removed, actor=ann.at(hours(4)))

    def then(count: float) -> list[tuple[str, bool, bool]]:
        found = comments_as_of(record, hours(count))
        return [(c.body, c.edited_at is not None, c.deleted_at is not None) for c in found]

    assert then(-1) == []
    assert then(1.5) == [("Draft", False, False), ("Said in haste", False, False)]
    assert then(3.5) == [("Second", True, False), ("Said in haste", False, False), ("Kept", False, False)]
    assert then(4.5) == [("Second", True, False), ("", False, True), ("Kept", False, False)]
    assert then(6) == [("Final", True, False), ("", False, True), ("Kept", False, False)]

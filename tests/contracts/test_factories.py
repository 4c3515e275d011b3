"""The factory makes a valid record of every register, bare and with every field filled."""

from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.registers.spec import Register
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_bare_record_is_valid_and_leaves_one_change(register: Register[Any], cast: Cast) -> None:
    record = cast.north.make(register.model)
    assert record.version == 1
    assert Change.objects.filter(record_type=register.record_type, record_id=record.pk).count() == 1


def test_a_full_record_has_a_value_in_every_field_typed_in(register: Register[Any], cast: Cast) -> None:
    record = cast.north.make(register.model, full=True)
    stored = register.model._default_manager.get(pk=record.pk)
    references = [name for name in register.editable if register.field(name).is_relation]
    assert [name for name in references if getattr(stored, f"{name}_id") is None] == []

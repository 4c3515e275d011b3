"""From state to state: refused where the one does not lead to the other, with a reason where one is due."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.records.write import save


def turned(record: Any, *, since: Iterable[str], to: str, actor: Actor, note: str = "") -> Change | None:
    """Change the state of a record that has a `code` and save it. Raises ValidationError from another state."""
    if record.state not in since:
        raise ValidationError(
            _("%(code)s is %(state)s; that cannot be done now.")
            % {"code": record.code, "state": record.get_state_display().lower()}
        )
    record.state = to
    return save(record, actor=actor, note=note)


def stated(text: str, field: str) -> str:
    """Return a text without its edges. Raises ValidationError at the field where nothing is said."""
    if not text.strip():
        raise ValidationError({field: _("Say why.")})
    return text.strip()

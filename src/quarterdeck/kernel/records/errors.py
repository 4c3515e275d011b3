"""Refusals of the write path, each with a text that can be shown as it stands."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from quarterdeck.kernel.audit.models import Record


class StaleRecord(Exception):
    """Someone changed the record since it was read; carries the stored record so that both versions can be shown."""

    def __init__(self, stored: Record) -> None:
        self.stored = stored
        super().__init__(_("%(record)s was changed by someone else meanwhile.") % {"record": stored})


class InUse(ValidationError):
    """The record cannot be removed because others refer to it; the text names how many of what."""


class UndoRefused(ValidationError):
    """The act cannot be taken back, because what it changed has been changed again."""


class BulkRefused(Exception):
    """Nothing was written: the mapping gives the error of each refused record by its position in the call."""

    def __init__(self, errors: Mapping[int, ValidationError]) -> None:
        self.errors = dict(errors)
        super().__init__(_("%(count)d records were refused; nothing was written.") % {"count": len(self.errors)})

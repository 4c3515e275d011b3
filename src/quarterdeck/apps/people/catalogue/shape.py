"""The shape of a catalogue entry."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from quarterdeck.apps.people.choices import HeldAt, RoleKind


@dataclass(frozen=True)
class RoleEntry:
    """A role as shipped; `rights` is the key of its access role, responsibilities are one a line."""

    code: str
    name: str | Promise
    kind: RoleKind
    purpose: str | Promise
    responsibilities: str | Promise
    authority: str | Promise
    limits: str | Promise
    rights: str = ""
    held_at: HeldAt = HeldAt.ANY
    single: bool = False

"""Writing initiatives, and with them the access nodes that they own."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from quarterdeck.apps.portfolio.choices import BELOW, PREFIXES, Kind
from quarterdeck.apps.portfolio.events import InitiativeStateChanged
from quarterdeck.apps.portfolio.models import Initiative
from quarterdeck.kernel import events, records
from quarterdeck.kernel.access import scopes
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied, record_type, refusal
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.numbering.codes import next_code, reserve
from quarterdeck.kernel.records.write import UNDO


@transaction.atomic
def initiative_save(record: Initiative, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change an initiative; the first save numbers it and makes its node, moving it moves the node.

    Raises ValidationError where the tree's rules are broken: nothing stands below a project, portfolios stand below
    portfolios only, and nothing stands below itself. The state moves by its actions, or back by Undo.
    """
    check_place(record)
    above = record.parent.scope if record.parent else scopes.root()
    if record._state.adding:
        if not actor.can("add", record_type(Initiative), above.path):
            raise AccessDenied(refusal("add", Initiative))
        if record.scope_id:
            # It comes back, with the code and to the node that it had.
            scopes.scope_restore(scope=record.scope, parent=above, kind=record.kind, label=record.name)
            return records.save(record, actor=actor, note=note)
        prefix = PREFIXES[record.kind]
        if record.code:
            record.code = record.code.strip().upper()
            reserve(prefix, record.code)
        else:
            record.code = next_code(prefix)
        # Checked before the node is made, so that a refusal leaves no trace of it even inside a larger transaction.
        record.full_clean(exclude=["scope"])
        record.scope = scopes.scope_add(parent=above, kind=record.kind, label=record.name)
        return records.save(record, actor=actor, note=note)
    if not record.code:
        raise ValidationError({"code": _("An initiative keeps its code.")})
    stored = Initiative.objects.filter(pk=record.pk).values("parent_id", "state").first()
    turned = stored is not None and stored["state"] != record.state
    if turned and actor.via != UNDO:
        raise ValidationError({"state": _("The state is changed by its actions.")})
    if stored and stored["parent_id"] != record.parent_id and not actor.can("add", record_type(Initiative), above.path):
        raise AccessDenied(refusal("add", Initiative))
    change = records.save(record, actor=actor, note=note)
    if change is not None:
        scopes.scope_change(scope=record.scope, parent=above, kind=record.kind, label=record.name)
    if stored and turned:
        events.publish(InitiativeStateChanged(record.pk, stored["state"], record.state))
    return change


def check_place(record: Initiative) -> None:
    """Refuse an initiative whose place in the tree its kind, or what stands below it, does not allow."""
    kind = Kind(record.kind)
    parent = record.parent
    if parent is None and kind is not Kind.PORTFOLIO:
        raise ValidationError({"parent": _("Only a portfolio stands at the top. Choose what this is part of.")})
    if parent is not None:
        if kind not in BELOW[Kind(parent.kind)]:
            raise ValidationError(
                {
                    "parent": _("A %(kind)s cannot be part of a %(parent)s.")
                    % {"kind": kind.label.lower(), "parent": Kind(parent.kind).label.lower()}
                }
            )
        if not record._state.adding and parent.scope.path.startswith(record.scope.path):
            raise ValidationError({"parent": _("“%(name)s” cannot be part of itself.") % {"name": record.name}})
    if not record._state.adding:
        kinds = set(record.children.values_list("kind", flat=True))
        if wrong := [Kind(value).label.lower() for value in kinds if Kind(value) not in BELOW[kind]]:
            raise ValidationError(
                {
                    "kind": _("It has parts that a %(kind)s cannot have: %(parts)s.")
                    % {"kind": kind.label.lower(), "parts": ", ".join(sorted(wrong))}
                }
            )


@transaction.atomic
def initiative_move(*, record: Initiative, parent: Initiative | None, actor: Actor, note: str = "") -> Change | None:
    """Make an initiative part of another, with all below it."""
    record.parent = parent
    return initiative_save(record, actor=actor, note=note)


@transaction.atomic
def initiative_remove(record: Initiative, *, actor: Actor, note: str = "") -> Change:
    """Remove an initiative entered by mistake. What has parts, roles or other records refuses, naming them."""
    if record.scope.role_assignments.exists():
        raise ValidationError(
            _("%(record)s has people in roles. Cancel it instead, so that its history stays in the tree.")
            % {"record": record}
        )
    change = records.delete(record, actor=actor, note=note)
    scopes.scope_remove(scope=record.scope)
    return change


def initiative_scopes_align(*, initiative_ids: Iterable[int]) -> None:
    """Bring the access nodes of initiatives in line with their names and parents, after an Undo."""
    found = Initiative.objects.filter(pk__in=list(initiative_ids)).select_related("scope", "parent__scope")
    for record in found:
        above = record.parent.scope if record.parent else scopes.root()
        scopes.scope_change(scope=record.scope, parent=above, kind=record.kind, label=record.name)

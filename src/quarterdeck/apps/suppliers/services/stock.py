"""The ledger of stock: what moves is posted once, what is on hand changes by one statement, and nothing is edited."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from quarterdeck.apps.suppliers.choices import ITEM, MOVEMENT, PLACE, MovementKind
from quarterdeck.apps.suppliers.models import (
    MaterialRequirement,
    StockItem,
    StockLevel,
    StockLocation,
    StockMovement,
)
from quarterdeck.apps.suppliers.models.stock import EXACT
from quarterdeck.apps.suppliers.selectors.stock import told
from quarterdeck.apps.suppliers.services.numbering import code_for
from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import AccessDenied, may, record_type, refusal, row_paths
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.audit.states import state_of

#: Which sides a movement has, by its kind: from where, to where.
SIDES: Final[dict[str, tuple[bool, bool]]] = {
    MovementKind.RECEIPT: (False, True),
    MovementKind.ISSUE: (True, False),
    MovementKind.TRANSFER: (True, True),
    MovementKind.RETURN: (False, True),
    MovementKind.COUNT: (True, False),
}


@transaction.atomic
def item_save(record: StockItem, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change an item; a new one is numbered. What moved already keeps its measure and its currency."""
    record.code = code_for(record.code, ITEM)
    record.barcode = record.barcode.strip()
    if not record._state.adding and StockMovement.objects.filter(item=record.pk).exists():
        stored = StockItem.objects.get(pk=record.pk)
        for name in ("measure", "currency_id"):
            if getattr(stored, name) != getattr(record, name):
                text = _("The item has moved already: enter another item.")
                raise ValidationError({name.removesuffix("_id"): text})
    return records.save(record, actor=actor, note=note)


@transaction.atomic
def location_save(record: StockLocation, *, actor: Actor, note: str = "") -> Change | None:
    """Create or change a location; a new one is numbered. Refused to forbid going below zero while something is."""
    record.code = code_for(record.code, PLACE)
    changed = None if record._state.adding else record.pk
    if changed is not None:
        levels = StockLevel.objects.filter(location=changed)
        if not record.may_be_negative and levels.filter(on_hand__lt=0).exists():
            raise ValidationError({"may_be_negative": _("Something here is below zero. Count it first.")})
    change = records.save(record, actor=actor, note=note)
    if changed is not None:
        StockLevel.objects.filter(location=changed).update(may_be_negative=record.may_be_negative)
    return change


@transaction.atomic
def stock_level_save(record: StockLevel, *, actor: Actor, note: str = "") -> Change | None:
    """Keep an item at a location, with nothing on hand at first, or change its minimum there."""
    if record._state.adding:
        record.on_hand = Decimal(0)
        if record.location_id:
            record.may_be_negative = record.location.may_be_negative
    else:
        stored = StockLevel.objects.select_for_update(of=("self",)).get(pk=record.pk)
        if (stored.item_id, stored.location_id) != (record.item_id, record.location_id):
            raise ValidationError(_("An item that is kept here stays here: keep the other one beside it."))
        # What is on hand is left to the statements that keep it.
        record.on_hand, record.may_be_negative = stored.on_hand, stored.may_be_negative
    return records.save(record, actor=actor, note=note)


@transaction.atomic
def stock_level_remove(record: StockLevel, *, actor: Actor, note: str = "") -> Change:
    """Keep an item no longer at a location where it never moved."""
    moved = StockMovement.objects.filter(Q(origin=record.location_id) | Q(target=record.location_id))
    if moved.filter(item=record.item_id).exists():
        raise ValidationError(_("The item has moved here: its level stays."))
    return records.delete(record, actor=actor, note=note)


@transaction.atomic
def requirement_save(record: MaterialRequirement, *, actor: Actor, note: str = "") -> Change | None:
    """Say or change what a task needs. Refused for a group of tasks, whose parts have the needs.

    Who keeps the location sees what is asked of it; who plans the project says it.
    """
    if record.task_id:
        if record.task.is_summary:
            raise ValidationError({"task": _("Choose a task, not a group of tasks.")})
        paths, kind = row_paths(record.task), record_type(MaterialRequirement)
        action = "add" if record._state.adding else "change"
        if not any(actor.can(action, kind, path) for path in paths):
            raise AccessDenied(refusal(action, MaterialRequirement))
    change = records.save(record, actor=actor, note=note)
    # What is asked of a location is watched there, with nothing on hand as well.
    _levels(record.item, [record.location], actor)
    return change


@transaction.atomic
def movement_post(record: StockMovement, *, actor: Actor, note: str = "") -> Change | None:
    """Post a movement and change what is on hand; all or nothing.

    Raises ValidationError for what is not there (never below zero, unless the location may go there), for a delivery
    note received already, for one that is stored and would be changed; AccessDenied where the actor may not take or
    bring.
    """
    if not record._state.adding:
        if state_of(record) != state_of(StockMovement.objects.get(pk=record.pk)):
            raise ValidationError(_("A movement stays as it is: reverse it and post anew."))
        return None
    _check(record, actor)
    record.code = code_for(record.code, MOVEMENT)
    record.reference = record.reference.strip()
    record.initiative_id = record.initiative_id or _served(record)
    return _move(record, actor, note)


@transaction.atomic
def movement_reverse(*, record: StockMovement, actor: Actor, reason: str) -> StockMovement:
    """Post the opposite of a movement, on the day of the actor. Refused once reversed, or where the goods are gone."""
    if record.kind == MovementKind.REVERSAL:
        raise ValidationError(_("This movement is a reversal itself. Post what is right anew."))
    open_ = StockMovement.objects.filter(pk=record.pk, is_reversed=False)
    if not open_.update(is_reversed=True):
        raise ValidationError(_("This movement is reversed already."))
    made = StockMovement(
        kind=MovementKind.REVERSAL,
        code=code_for("", MOVEMENT),
        item=record.item,
        quantity=record.quantity,
        origin=record.target,
        target=record.origin,
        posted_on=max(actor.today, record.posted_on),
        unit_cost=record.unit_cost,
        requirement_id=record.requirement_id,
        initiative_id=record.initiative_id,
        note=reason.strip()[:300],
        reverses_id=record.pk,
    )
    _check_rights(made, actor)
    _move(made, actor, reason)
    return made


def movement_remove(record: StockMovement, *, actor: Actor, note: str = "") -> Any:
    """Refuse: movements stay."""
    raise ValidationError(_("A movement stays: reverse it instead."))


def _check(record: StockMovement, actor: Actor) -> None:
    """Refuse a movement that does not say from where or to where, that is to come, or of what is not in use."""
    if record.kind not in SIDES:
        raise ValidationError({"kind": _("Reverse a movement on its own page.")})
    named = {
        name for name in ("item", "origin", "target", "requirement", "initiative") if getattr(record, f"{name}_id")
    }
    record.clean_fields(exclude=named)
    wrong: dict[str, str] = {}
    for name, wanted in zip(("origin", "target"), SIDES[record.kind], strict=True):
        place: StockLocation | None = getattr(record, name)
        if wanted and place is None:
            wrong[name] = _("Say from where.") if name == "origin" else _("Say to where.")
        elif place is not None and not wanted:
            wrong[name] = _("Leave it empty: it is no part of this kind of movement.")
        elif place is not None and not place.is_active:
            wrong[name] = _("This location is not in use.")
    if record.origin_id is not None and record.origin_id == record.target_id:
        wrong["target"] = _("It cannot move from a location to itself.")
    if record.quantity == 0 and record.kind != MovementKind.COUNT:
        wrong["quantity"] = _("State how much: more than nothing.")
    if record.posted_on > actor.today:
        wrong["posted_on"] = _("Choose a day that is not to come.")
    if record.unit_cost is not None and record.kind != MovementKind.RECEIPT:
        wrong["unit_cost"] = _("Only what is received has a price.")
    if record.requirement is not None and record.requirement.item_id != record.item_id:
        wrong["requirement"] = _("Choose a requirement of this item.")
    if wrong:
        raise ValidationError(wrong)
    _check_rights(record, actor)


def _check_rights(record: StockMovement, actor: Actor) -> None:
    """Refuse to take from a location, or to bring to one, where the actor may post no movements.

    What is transferred is taken where it goes out; whoever sees the other location may send to it.
    """
    place = record.origin or record.target
    assert place is not None
    paths = [place.unit.scope.path]
    if place.initiative is not None:
        paths.append(place.initiative.scope.path)
    kind = record_type(StockMovement)
    if not any(actor.can("add", kind, path) for path in paths) or not may(actor, "view", place):
        raise AccessDenied(refusal("add", StockMovement))


def _served(record: StockMovement) -> int | None:
    """Return the project that a movement is for: that of its requirement, or of the site that it leaves or comes to."""
    if record.requirement is not None:
        return record.requirement.task.plan.initiative_id
    place = record.origin or record.target
    return place.initiative_id if place is not None and record.kind == MovementKind.ISSUE else None


def _move(record: StockMovement, actor: Actor, note: str) -> Change | None:
    """Change what is on hand at both sides, each by one statement, and keep the row."""
    sides = [place for place in (record.origin, record.target) if place is not None]
    levels = _levels(record.item, sides, actor)
    if record.kind == MovementKind.COUNT:
        _count(record, levels)
    if record.origin_id is not None and record.quantity:
        _take(record, levels[record.origin_id])
    if record.target_id is not None and record.quantity:
        more = Round(F("on_hand") + record.quantity, precision=EXACT)
        StockLevel.objects.filter(pk=levels[record.target_id].pk).update(on_hand=more)
    return records.save(record, actor=actor, note=note)


def _count(record: StockMovement, levels: dict[int, StockLevel]) -> None:
    """Turn a count into the difference that it found: out where less is there than thought, in where more is."""
    place = record.origin
    assert place is not None
    known = levels[place.pk].on_hand or Decimal(0)
    record.counted, difference = record.quantity, record.quantity - known
    record.quantity = abs(difference)
    if difference > 0:
        record.origin, record.target = None, place


def _take(record: StockMovement, level: StockLevel) -> None:
    """Take from a level what is there, in one statement that asks and takes. Raises ValidationError for less."""
    there = Q(on_hand__gte=record.quantity) | Q(may_be_negative=True)
    less = Round(F("on_hand") - record.quantity, precision=EXACT)
    if StockLevel.objects.filter(there, pk=level.pk).update(on_hand=less):
        return
    left = StockLevel.objects.values_list("on_hand", flat=True).get(pk=level.pk) or Decimal(0)
    raise ValidationError(
        {
            "quantity": _("%(place)s has %(left)s %(measure)s of %(item)s; %(asked)s were asked for.")
            % {
                "place": record.origin,
                "left": told(left),
                "measure": record.item.get_measure_display(),
                "item": record.item,
                "asked": told(record.quantity),
            }
        }
    )


def _levels(item: StockItem, places: Iterable[StockLocation], actor: Actor) -> dict[int, StockLevel]:
    """Return the levels of an item at some locations, made where there are none, and locked in one order for all."""
    wanted = {place.pk: place for place in places}
    rows = StockLevel.objects.filter(item=item, location__in=wanted)
    for pk in sorted(wanted.keys() - set(rows.values_list("location", flat=True))):
        with_nothing = StockLevel(item=item, location=wanted[pk])
        try:
            with transaction.atomic():
                # That an item is kept where it moved to follows from the movement, and asks for no right of its own.
                stock_level_save(with_nothing, actor=Actor.system(now=actor.now))
        except (IntegrityError, ValidationError):
            if not rows.filter(location=pk).exists():
                raise
    return {row.location_id: row for row in rows.select_for_update(of=("self",)).order_by("pk")}

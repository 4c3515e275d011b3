"""From the rows of a file to records: what each row would add or change. Nothing is written here.

Queries are by column and by chunk, never by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.pointers import model_of
from quarterdeck.kernel.access.policy import refusal, row_paths, row_scope
from quarterdeck.kernel.audit.states import encode
from quarterdeck.kernel.fields.definitions import holds_at
from quarterdeck.kernel.fields.models import CustomField, Kind
from quarterdeck.kernel.fields.values import display, parse
from quarterdeck.kernel.registers import spec
from quarterdeck.kernel.registers.exchange.matching import match, refuse_changes_of_closed
from quarterdeck.kernel.registers.exchange.references import NotOffered, Offered, names_of_type, offered
from quarterdeck.kernel.registers.exchange.table import Table
from quarterdeck.kernel.registers.exchange.targets import Target
from quarterdeck.kernel.registers.exchange.values import CellError, comma_is_decimal, number, reader_for, text_of
from quarterdeck.kernel.registers.kinds import name_of
from quarterdeck.kernel.registers.spec import Register

Words = tuple[str, str, str]


@dataclass(eq=False)
class Draft:
    """What a row makes of a record: `values` by target name, `parents` the drafts that its references wait for.

    `record` is the stored record (`creating` false) or the new one. `errors` are (label of the column, text).
    """

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    cleared: set[str] = field(default_factory=set)
    #: References by target that the actor may not choose: (text, refusal); they pass where the record has them already.
    unresolved: dict[str, tuple[str, str]] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)
    record: Any = None
    creating: bool = True
    changes: list[Words] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    parents: dict[str, Draft] = field(default_factory=dict)
    saved: Any = None
    label: str = ""

    @property
    def writes(self) -> bool:
        """Whether the row adds or changes something."""
        return not self.errors and (self.creating or bool(self.touched))

    def refuse(self, label: str, text: str) -> None:
        """Add what is wrong with the row, once."""
        if (label, text) not in self.errors:
            self.errors.append((label, text))


@dataclass
class Plan:
    """The drafts of a file; `problems` concern the file as a whole and keep it from being written."""

    register: Register[Any]
    actor: Actor
    targets: Mapping[str, Target]
    drafts: list[Draft]
    problems: list[str] = field(default_factory=list)
    #: Records that rows mean and the actor may not change.
    closed: set[int] = field(default_factory=set)

    @cached_property
    def referred(self) -> set[Draft]:
        """The drafts that others refer to."""
        return {parent for draft in self.drafts for parent in draft.parents.values()}

    @property
    def refused(self) -> bool:
        """Whether anything keeps the file from being written."""
        return bool(self.problems) or any(draft.errors for draft in self.drafts)


def draft_all(
    register: Register[Any], actor: Actor, table: Table, columns: Mapping[int, Target], options: Mapping[str, Any]
) -> Plan:
    """Return the plan of a table: `columns` tells which position fills what; `options`: `clears`, `day_first`."""
    targets = {target.name: target for target in columns.values()}
    drafts = [Draft(row.number, errors=[("", row.error)] if row.error else []) for row in table.rows]
    plan = Plan(register, actor, targets, drafts)
    waiting: dict[str, list[tuple[Draft, str]]] = {}
    for index, target in columns.items():
        _read_column(plan, target, [row.cells[index] for row in table.rows], options, waiting)
    _link(plan, waiting)
    match(plan)
    # Custom fields last: whether they belong to a record is known once its references are set.
    ordered = sorted(targets.values(), key=lambda target: target.custom is not None)
    for draft in drafts:
        if draft.record is not None and not draft.errors:
            _apply(plan, draft, ordered)
    refuse_changes_of_closed(plan)
    _require_columns(plan)
    _refuse_circles(plan)
    return plan


# -- cells -------------------------------------------------------------------------------------------------------------


def _read_column(
    plan: Plan,
    target: Target,
    cells: Sequence[Any],
    options: Mapping[str, Any],
    waiting: dict[str, list[tuple[Draft, str]]],
) -> None:
    read = _reader(plan, target, [cell for cell in cells if cell is not None], options)
    own = target.is_reference and target.field is not None and target.field.related_model is plan.register.model
    for draft, cell in zip(plan.drafts, cells, strict=True):
        if cell is None:
            if options.get("clears") and not target.is_key:
                draft.cleared.add(target.name)
            continue
        if own:
            waiting.setdefault(target.name, []).append((draft, _joined(cell)))
            continue
        try:
            draft.values[target.name] = read(cell)
        except NotOffered as error:
            draft.unresolved[target.name] = (error.text, str(error))
            if error.record is not None:
                draft.values[target.name] = error.record
        except CellError as error:
            draft.refuse(target.label, str(error))


def _reader(plan: Plan, target: Target, cells: list[Any], options: Mapping[str, Any]) -> Callable[[Any], Any]:
    if target.custom is not None:
        return _custom_reader(target.custom, cells, plan.actor, options)
    assert target.field is not None
    if not target.is_reference:
        return reader_for(target.field, cells, options)
    if target.field.related_model is plan.register.model:
        return text_of
    return _by_name(offered(plan.register, target.name, plan.actor, [_joined(cell) for cell in cells]))


def _joined(cell: Any) -> str:
    return " ".join(text_of(cell).split())


def _by_name(offered_: Offered) -> Callable[[Any], Any]:
    return lambda cell: offered_.find(_joined(cell))


def _custom_reader(
    definition: CustomField, cells: list[Any], actor: Actor, options: Mapping[str, Any]
) -> Callable[[Any], Any]:
    """Return a reader of a custom field: its own `parse`, after numbers and dates have been understood as elsewhere."""
    if definition.kind == Kind.RECORD:
        model = model_of(definition.target)
        texts = [_joined(cell) for cell in cells]
        names = names_of_type(model, actor, [t for t in texts if not t.isdecimal()]) if model is not None else None

        def read_link(cell: Any) -> Any:
            text = _joined(cell)
            return int(text) if text.isdecimal() or names is None else names.find(text).pk

        return read_link
    before: Callable[[Any], Any] = text_of
    if definition.kind == Kind.NUMBER:
        comma = comma_is_decimal(cells)

        def before(cell: Any) -> Any:
            return number(cell, comma=comma)

    elif definition.kind == Kind.DATE:
        before = reader_for(models.DateField(), cells, options)

    def read(cell: Any) -> Any:
        try:
            return parse(definition, before(cell))
        except ValidationError as error:
            raise CellError(" ".join(error.messages)) from error

    return read


# -- references within the file ----------------------------------------------------------------------------------------


def _link(plan: Plan, waiting: Mapping[str, list[tuple[Draft, str]]]) -> None:
    """Resolve references to the register's own records: by key in the file, else stored, else by title in the file."""
    if not waiting:
        return
    by_key, by_title = _own_names(plan, plan.register.key), _own_names(plan, plan.register.title)
    for name, pairs in waiting.items():
        left = [(draft, text) for draft, text in pairs if not _linked(draft, name, by_key.get(text))]
        names = offered(plan.register, name, plan.actor, [text for _draft, text in left])
        for draft, text in left:
            try:
                draft.values[name] = names.find(text)
            except NotOffered as error:
                if error.record is not None:
                    draft.values[name] = error.record
                if error.record is not None or not _linked(draft, name, by_title.get(text)):
                    draft.unresolved[name] = (text, str(error))


def _own_names(plan: Plan, name: str) -> dict[str, Draft]:
    """Return the drafts by their key or title, those of one name left out."""
    found: dict[str, Draft] = {}
    twice: set[str] = set()
    if name not in plan.targets:
        return found
    for draft in plan.drafts:
        value = draft.values.get(name)
        if isinstance(value, str) and value:
            twice |= {value} & found.keys()
            found[value] = draft
    return {text: draft for text, draft in found.items() if text not in twice}


def _linked(draft: Draft, name: str, parent: Draft | None) -> bool:
    if parent is None:
        return False
    draft.parents[name] = parent
    return True


def in_order(drafts: Sequence[Draft]) -> Iterator[list[Draft]]:
    """Yield the drafts in levels, each after those that it refers to; what stands in a circle is left out."""
    chosen, done = set(drafts), set[Draft]()
    left = list(drafts)
    while left:
        ready = [d for d in left if all(p in done or p not in chosen for p in d.parents.values())]
        if not ready:
            return
        yield ready
        done.update(ready)
        left = [d for d in left if d not in done]


def _refuse_circles(plan: Plan) -> None:
    linked = [draft for draft in plan.drafts if draft.parents]
    if not linked:
        return
    reached = {draft for level in in_order(plan.drafts) for draft in level}
    stuck = [draft for draft in plan.drafts if draft not in reached]
    rows = ", ".join(str(draft.number) for draft in stuck[:10])
    for draft in stuck:
        label = plan.targets[next(iter(draft.parents))].label
        draft.refuse(
            label, _("Rows %(rows)s refer to each other in a circle. Take one of the references out.") % {"rows": rows}
        )


# -- values on records -------------------------------------------------------------------------------------------------


def _apply(plan: Plan, draft: Draft, ordered: Sequence[Target]) -> None:
    """Set the row's values on the record and note in words what differs."""
    record = draft.record
    for target in ordered:
        if target.matches_only or (target.is_key and not draft.creating):
            continue
        given = any(target.name in names for names in (draft.values, draft.parents, draft.unresolved))
        cleared = not draft.creating and target.name in draft.cleared
        if not given and not cleared:
            continue
        if not draft.creating and target.column.masked(record, plan.actor):
            if given:
                draft.refuse(target.label, _("You may not see this field here. Leave the cell empty."))
            continue
        if target.custom is not None:
            _apply_custom(plan, draft, target)
        else:
            _apply_stored(plan, draft, target)
    draft.label = _label(plan.register, record)


def _told(target: Target, related: Any) -> tuple[str, ...]:
    """Return the texts by which exports give what a record has: its key, and its name to whoever may not open it."""
    return () if related is None else (_joined(target.column.kind.plain(related)), _joined(name_of(related)))


def _label(register: Register[Any], record: Any) -> str:
    """Return the record's name; "" while a new one lacks what its name is made of."""
    try:
        return register.title_of(record) or str(record)
    except (ObjectDoesNotExist, TypeError, ValueError, AttributeError):
        return ""


def _apply_stored(plan: Plan, draft: Draft, target: Target) -> None:
    record, name, model_field = draft.record, target.name, target.field
    assert model_field is not None
    before = getattr(record, target.attname)
    if name in draft.unresolved:
        text, refusal_ = draft.unresolved[name]
        known = name in draft.values and draft.values[name].pk == before
        if draft.creating or not (known or text in _told(target, getattr(record, name))):
            draft.refuse(target.label, refusal_)
        return
    if name in draft.parents:
        parent = draft.parents[name]
        if draft.creating or before is None or parent.record is None or parent.record.pk != before:
            old = "" if draft.creating else _words(plan, target, record)
            setattr(record, name, parent.record)
            _changed(draft, target, old, parent.label or _label(plan.register, parent.record))
        return
    if name in draft.values:
        value = draft.values[name]
    elif target.can_be_empty:
        value = None if model_field.null else ""
    else:
        draft.refuse(target.label, _empty_refusal())
        return
    after = value.pk if isinstance(value, models.Model) else value
    if not _same(model_field, before, after):
        old = "" if draft.creating else _words(plan, target, record)
        setattr(record, name, value)
        _changed(draft, target, old, _words(plan, target, record))


def _empty_refusal() -> str:
    return _("This cannot be empty. Fill the cell, or do not let empty cells clear.")


def _changed(draft: Draft, target: Target, before: str, after: str) -> None:
    draft.touched.add(target.name)
    draft.changes.append((target.label, before, after))


def _same(model_field: models.Field[Any, Any], before: Any, after: Any) -> bool:
    if isinstance(before, str) and isinstance(after, str):
        # Files neither keep blanks around a text nor which sign ends its lines.
        return text_of(before) == after if before != after else True
    if isinstance(model_field, models.DateTimeField) and before is not None and after is not None:
        return bool(before.replace(microsecond=0) == after.replace(microsecond=0))
    if isinstance(model_field, models.ForeignKey):
        return bool(before == after)
    try:
        return bool(encode(model_field.to_python(before)) == encode(model_field.to_python(after)))
    except ValidationError:
        return False


def _words(plan: Plan, target: Target, record: Any) -> str:
    value = getattr(record, target.name)
    if value is None or value == "":
        return ""
    return _name_of(value) if isinstance(value, models.Model) else target.column.kind.text(value)


def _name_of(value: Any) -> str:
    register = spec.for_model(type(value))
    return register.title_of(value) if register is not None else str(value)


def _apply_custom(plan: Plan, draft: Draft, target: Target) -> None:
    record, definition = draft.record, target.custom
    assert definition is not None
    value = draft.values.get(target.name)
    # Where a new record stands is known once its references are set; these come first in the sections.
    paths = row_paths(record) if not draft.creating or _placed(record) else None
    if value is not None and paths is not None and not any(holds_at(definition, path) for path in paths or ("",)):
        draft.refuse(target.label, _("This record does not have this field. Leave the cell empty."))
        return
    if value is None and definition.required:
        draft.refuse(target.label, _empty_refusal())
        return
    before = record.custom.get(definition.key)
    if before == value:
        return
    custom = {key: kept for key, kept in record.custom.items() if key != definition.key}
    record.custom = custom if value is None else {**custom, definition.key: value}
    _changed(draft, target, "" if draft.creating else display(definition, before), display(definition, value))


def _placed(record: Any) -> bool:
    """Tell whether the references that lead to the record's node are known."""
    heads = [path.partition("__")[0] for path in row_scope(type(record))]
    return all(getattr(record, f"{head}_id", None) is not None for head in heads)


def _require_columns(plan: Plan) -> None:
    """Refuse new records without what they need: as the file's problem where a column is missing, else by row."""
    fresh = [draft for draft in plan.drafts if draft.creating and draft.record is not None and not draft.errors]
    if not fresh:
        return
    if not plan.actor.can("add", plan.register.record_type):
        for draft in fresh:
            draft.refuse("", refusal("add", plan.register.model))
        return
    from quarterdeck.kernel.registers.exchange.targets import targets_for

    needed = [target for target in targets_for(plan.register, plan.actor).values() if target.required]
    start = plan.register.initial(plan.actor)
    missing = [t for t in needed if t.name not in plan.targets and _is_blank(start, t)]
    if missing:
        labels = ", ".join(f"“{target.label}”" for target in missing)
        plan.problems.append(
            _("%(count)d rows would add records, which need %(labels)s. Match a column to it, or take those rows out.")
            % {"count": len(fresh), "labels": labels}
        )
    for target in needed:
        if target.name not in plan.targets:
            continue
        for draft in fresh:
            if target.name not in draft.values and target.name not in draft.parents and _is_blank(draft.record, target):
                draft.refuse(target.label, _("Fill this in: a new record needs it."))


def _is_blank(record: Any, target: Target) -> bool:
    if target.custom is not None:
        return target.custom.key not in record.custom
    value = getattr(record, target.attname)
    return value is None or value == ""

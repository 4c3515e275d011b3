"""The list: rows that the actor may see, narrowed, ordered, grouped, summed and paged; of today or of a past date.

Today's list is SQL: one query for count and sums, one for the page, one for groups. That of a past date is `Then`.
"""

from __future__ import annotations

import datetime as dt
import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import row_scope, under
from quarterdeck.kernel.db.functions import JSONValues
from quarterdeck.kernel.registers.columns import Shown, columns_for, open_paths
from quarterdeck.kernel.registers.conditions import Condition, FilterError
from quarterdeck.kernel.registers.kinds import Context
from quarterdeck.kernel.registers.params import Params
from quarterdeck.kernel.registers.spec import Register
from quarterdeck.kernel.registers.then import Then
from quarterdeck.kernel.registers.totals import Amounts, Group, gathered, merged

#: Above this many rows a tree is shown flat: its whole outline no longer fits one reading.
TREE_LIMIT = 5_000
#: Records read at once by what streams a whole list.
CHUNK = 500


@dataclass(frozen=True)
class Filter:
    """One filter in force, with its condition or what is wrong with it."""

    column: Shown
    text: str
    condition: Condition | None
    error: str = ""


@dataclass
class Row:
    """One row of the page: the record, its depth in a tree, and the group that begins with it."""

    record: Any
    depth: int = 0
    opens: Group | None = None


class Listing:
    """A register's list for one actor, one set of parameters, one node and one date.

    `scope` narrows to a node and all below; `as_of` shows a past date; `columns` are those of `columns_for` where they
    are known already. Reading an attribute runs its query once.
    """

    def __init__(
        self,
        register: Register[Any],
        actor: Actor,
        params: Params,
        *,
        scope: Scope | None = None,
        as_of: dt.date | None = None,
        columns: dict[str, Shown] | None = None,
    ) -> None:
        self._known = columns
        self.register, self.actor, self.params, self.scope, self.as_of = register, actor, params, scope, as_of
        self.context = Context(actor, as_of or actor.today)
        self._then = Then(self, as_of) if as_of else None

    # -- columns and filters -------------------------------------------------------------------------------------------

    @cached_property
    def available(self) -> dict[str, Shown]:
        """Every column that may be chosen. Of a past date those computed in SQL are not known."""
        past = self.as_of is not None
        found = columns_for(self.register, self.actor, past=past) if self._known is None else self._known
        if not past:
            return found
        return {n: c for n, c in found.items() if c.computed is None or c.computed.value is not None}

    @cached_property
    def columns(self) -> list[Shown]:
        """The columns shown, the title first when it was not chosen."""
        wanted = self.params.columns or self.register.columns
        return [self.available[name] for name in wanted if name in self.available]

    @cached_property
    def filters(self) -> list[Filter]:
        """The filters in force; one that is not understood carries its error and matches nothing."""
        found: list[Filter] = []
        for name, text in self.params.filters.items():
            column = self.available.get(name)
            if column is None or not (column.filterable or (self.as_of and column.whole)):
                continue
            mine = column.computed.mine if column.computed else None
            if text == "me" and mine is not None:
                found.append(Filter(column, text, Condition("where", (mine(self.actor),))))
                continue
            try:
                found.append(Filter(column, text, column.kind.parse(text, self.context)))
            except FilterError as error:
                found.append(Filter(column, text, None, str(error)))
        return found

    @cached_property
    def sort(self) -> list[tuple[Shown, bool]]:
        """The columns that order the list, each with whether it descends."""
        found: list[tuple[Shown, bool]] = []
        for name in self.params.sort or self.register.ordering:
            column = self.available.get(name.lstrip("-"))
            if column is not None and column.sortable:
                found.append((column, name.startswith("-")))
        return found

    @cached_property
    def group(self) -> Shown | None:
        """The grouping column."""
        column = self.available.get(self.params.group)
        return column if column is not None and column.sortable else None

    @cached_property
    def summed(self) -> list[Shown]:
        """The columns with a sum."""
        return [column for column in self.columns if column.sums and column.whole]

    @property
    def is_tree(self) -> bool:
        """Whether the rows show as an outline: no order or grouping of the reader's own, and not too many."""
        return bool(self.register.tree) and not self.params.sort and not self.group and self.total <= TREE_LIMIT

    # -- rows ----------------------------------------------------------------------------------------------------------

    @cached_property
    def matching(self) -> QuerySet[Any]:
        """Every row of today that passes, not yet ordered; of the computed columns it has those that filter."""
        rows = self._computed(under(self.register.rows(self.actor), self.scope), [f.column for f in self.filters])
        for item in self.filters:
            rows = rows.filter(item.condition.q(item.column.path)) if item.condition else rows.none()
        for word in self.params.text.split():
            condition = Q()
            for name in self.searched:
                condition |= Q(**{f"{name}__icontains": word})
            rows = rows.filter(condition)
        return rows

    def _computed(self, rows: QuerySet[Any], columns: Iterable[Shown]) -> QuerySet[Any]:
        """Add the computed columns among some to rows that do not have them yet."""
        for column in columns:
            computed = column.computed
            if computed is not None and computed.annotate is not None and column.name not in rows.query.annotations:
                rows = computed.annotate(rows)
        return rows

    @cached_property
    def searched(self) -> tuple[str, ...]:
        """The searched fields, without those of a class that the actor does not see everywhere."""
        wanted = self.register.search or tuple(n for n in (self.register.key, self.register.title) if n)
        known = (n for n in wanted if "__" in n or (n in self.available and self.available[n].whole))
        return open_paths(self.register.model, known, self.actor)

    @cached_property
    def _in_order(self) -> QuerySet[Any]:
        """The matching rows in order, with no more than order and filters need."""
        by = [*([(self.group, False)] if self.group else []), *self.sort]
        rows = self._computed(self.matching, [column for column, _descending in by])
        return rows.order_by(
            *(_term(self.register.model, path, descending) for column, descending in by for path in column.order), "pk"
        )

    def part(self, start: int, stop: int) -> list[Any]:
        """Return some of the matching records, by their place in the order.

        The keys are found first, in the same query: what columns compute and refer to is then read for these rows
        alone.
        """
        if self._then:
            return self._then.part(start, stop)
        keys = self._keys(start, stop)
        rows = self._computed(self.register.model._default_manager.all(), [column for column, _descending in self.sort])
        if self.group is not None:
            rows = self._computed(rows, [self.group])
        return list(self._shown(rows.filter(pk__in=keys).order_by(*self._in_order.query.order_by)))

    def _keys(self, start: int, stop: int) -> QuerySet[Any, Any]:
        """Return the keys of a page, where the count is known from the nearer end: a far page costs a sort of all."""
        known: Group | None = self.__dict__.get("_totals")
        if known is None or start < known.count - stop:
            return self._in_order.values("pk")[start:stop]
        return self._in_order.reverse().values("pk")[max(0, known.count - stop) : max(0, known.count - start)]

    def _shown(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = self._computed(rows, [*self.columns, *([self.group] if self.group else [])])
        return rows.select_related(*self.related) if self.related else rows

    @cached_property
    def related(self) -> tuple[str, ...]:
        """The foreign keys that the shown columns read, and by which a record without a title is named."""
        names = {name for column in [*self.columns, *([self.group] if self.group else [])] for name in column.related}
        if not self.register.title:
            names.update(set(self.register.columns).intersection(self.register.related))
        if any(not column.whole for column in self.columns):
            names.update(row_scope(self.register.model))
        return tuple(sorted(names))

    @cached_property
    def _totals(self) -> Group:
        if self.group is not None:
            return merged(self.groups.values())
        if self._then:
            return self._then.totals()
        return gathered(self._summed_rows(None), self.summed)

    def _leaves(self) -> Q | None:
        """Return the condition on the rows that a sum counts: in a tree only those without parts, which hold the rest.

        A programme's amount and those of its projects are the same money; adding both would count it twice.
        """
        tree = self.register.tree
        if not tree:
            return None
        # One list of the parents, not a look below each row.
        parts = self.register.model._default_manager.order_by().filter(**{f"{tree}__isnull": False})
        return ~Q(pk__in=parts.values(tree).distinct())

    def _summed_rows(self, group: Shown | None) -> list[dict[str, Any]]:
        """Return count and sums of the matching rows, by a column where named; amounts of each currency stay apart."""
        leaves = self._leaves() if self.summed else None
        wanted: dict[str, Any] = {f"sum_{c.name}": Sum(c.path, filter=leaves) for c in self.summed}
        currencies = {c.currency for c in self.summed if c.currency}
        rows = self.matching.order_by()
        if rows.query.group_by is not None:
            # A filter on a count has grouped the rows by record already.
            rows = self.register.model._default_manager.filter(pk__in=rows.values("pk"))
        rows = self._computed(rows, [*self.summed, *([group] if group else [])])
        if group is not None:
            rows = rows.annotate(
                group_value=JSONValues("custom", group.custom_key) if group.custom_key else F(group.path)
            )
        keys = [*(["group_value"] if group else []), *(f"{name}_id" for name in sorted(currencies))]
        if not keys:
            return [rows.aggregate(n=Count("pk"), **wanted)]
        summed = rows.values(*keys).annotate(n=Count("pk"), **wanted)
        # The code is looked up for each sum, not for each row.
        return list(summed.annotate(**{f"code_{name}": _code(self.register, name) for name in currencies}))

    @property
    def total(self) -> int:
        """How many rows match. A first page that is not full has them all, which saves counting."""
        rows: list[Row] | None = self.__dict__.get("rows")
        if rows is not None and self.params.page == 1 and len(rows) < self.params.size:
            return len(rows)
        return len(self._then.places) if self._then else self._totals.count

    @property
    def sums(self) -> dict[str, Amounts]:
        """The sums over all matching rows, by column."""
        return self._totals.sums

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.params.size))

    @property
    def page(self) -> int:
        """The page shown: the one asked for, or the last."""
        return 1 if self.params.page == 1 else min(self.params.page, self.pages)

    @property
    def first(self) -> int:
        """The position of the page's first row, from 1; 0 when there is none."""
        return (self.page - 1) * self.params.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        """The position of the page's last row."""
        return min(self.total, self.page * self.params.size)

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of the page."""
        start, stop = (self.page - 1) * self.params.size, self.page * self.params.size
        if self.is_tree:
            return self._branch(start, stop)
        return self._opened([Row(record) for record in self.part(start, stop)])

    def _branch(self, start: int, stop: int) -> list[Row]:
        """Return a page of the outline: parents before children, siblings in the list's order."""
        pairs = self._then.parents() if self._then else self._in_order.values_list("pk", f"{self.register.tree}_id")
        shown = _outline(list(pairs))[start:stop]
        pks = [pk for pk, _depth in shown]
        found = self._then.of(pks) if self._then else self._shown(self.matching.filter(pk__in=pks))
        by_pk = {record.pk: record for record in found}
        return [Row(by_pk[pk], depth) for pk, depth in shown]

    def single(self, pk: int) -> Row:
        """Return one row as the list shows it, whether or not it passes the filters in force."""
        record = self._shown(self.register.rows(self.actor)).get(pk=pk)
        if not self.is_tree:
            return Row(record)
        pairs = self.matching.order_by().values_list("pk", f"{self.register.tree}_id")
        return Row(record, dict(_outline(list(pairs))).get(pk, 0))

    def every(self) -> Iterable[Any]:
        """Return all matching records in order, streamed: what an export writes."""
        if self.is_tree:
            return (row.record for start in range(0, self.total, 500) for row in self._branch(start, start + 500))
        return self._then.every() if self._then else self._in_chunks()

    def _in_chunks(self) -> Iterator[Any]:
        """Yield today's records, keys first: of a row that waits for its turn, eight bytes are kept."""
        keys = array("q", self._in_order.values_list("pk", flat=True).iterator(chunk_size=CHUNK))
        everyone = self.register.model._default_manager.all()
        for start in range(0, len(keys), CHUNK):
            chunk = keys[start : start + CHUNK].tolist()
            found = {record.pk: record for record in self._shown(everyone.filter(pk__in=chunk))}
            yield from (found[pk] for pk in chunk if pk in found)

    # -- groups --------------------------------------------------------------------------------------------------------

    @cached_property
    def groups(self) -> dict[Any, Group]:
        """The groups by their value (a related record by its key)."""
        if self.group is None:
            return {}
        if self._then:
            return self._then.groups(self.group)
        by_value: dict[Any, list[dict[str, Any]]] = {}
        for row in self._summed_rows(self.group):
            value = json.loads(row["group_value"])[0] if self.group.custom_key else row["group_value"]
            by_value.setdefault(value, []).append(row)
        return {value: gathered(rows, self.summed) for value, rows in by_value.items()}

    def _group_key(self, record: Any) -> Any:
        assert self.group is not None
        value = self.group.read(record)
        return value.pk if isinstance(value, models.Model) else value

    def _opened(self, rows: list[Row]) -> list[Row]:
        """Mark the first row of each group on the page with its group."""
        if self.group is None:
            return rows
        previous: Any = object()
        for row in rows:
            key = self._group_key(row.record)
            if key != previous:
                row.opens = self.groups.get(key, Group(None, 0, {}))
                row.opens.value = self.group.read(row.record)
                previous = key
        return rows


def _term(model: type[models.Model], path: str, descending: bool) -> Any:
    """Return an order by a path, what is empty last; where nothing can be, in a form that lets an index serve."""
    term = F(path)
    if not _may_be_empty(model, path):
        return term.desc() if descending else term.asc()
    return term.desc(nulls_last=True) if descending else term.asc(nulls_last=True)


def _may_be_empty(model: type[models.Model], path: str) -> bool:
    current: Any = model
    for name in path.split("__"):
        try:
            field = current._meta.get_field(name)
        except FieldDoesNotExist:
            return True  # computed, or inside of a custom field
        if not isinstance(field, models.Field) or field.null:
            return True
        current = field.related_model
        if current is None:
            return name != path.rpartition("__")[2]
    return False


def _code(register: Register[Any], name: str) -> Subquery:
    """Return the code of the currency that a foreign key names."""
    currencies: Any = register.field(name).related_model
    return Subquery(currencies._default_manager.order_by().filter(pk=OuterRef(f"{name}_id")).values("code"))


def _outline(pairs: Sequence[tuple[int, int | None]]) -> list[tuple[int, int]]:
    """Return (key, depth) parents first; a row whose parent is not listed stands at the top.

    Siblings keep their order.
    """
    listed = {pk for pk, _parent in pairs}
    children: dict[int | None, list[int]] = {}
    for pk, parent in pairs:
        children.setdefault(parent if parent in listed else None, []).append(pk)
    shown: list[tuple[int, int]] = []
    waiting = [(pk, 0) for pk in reversed(children.get(None, []))]
    while waiting:
        pk, depth = waiting.pop()
        shown.append((pk, depth))
        waiting.extend((child, depth + 1) for child in reversed(children.get(pk, [])))
    return shown

"""The list of a past date: the conditions, order, groups and sums of today's, over the states that `Change` kept.

Every record is glimpsed by what narrows and orders the list; only those shown are read whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from quarterdeck.kernel import clock, records
from quarterdeck.kernel.registers.columns import Shown
from quarterdeck.kernel.registers.totals import Amounts, Group

if TYPE_CHECKING:
    from quarterdeck.kernel.registers.listing import Listing

#: Records read whole at once by what streams the list.
CHUNK = 500


class Then:
    """The rows of a listing as of the end of a day.

    A place is the position of a record among all that the actor may see.
    """

    def __init__(self, listing: Listing, day: dt.date) -> None:
        self.listing, self.register = listing, listing.register
        moment = clock.end_of(day)
        self.past = records.Past(self.register.model, moment, actor=listing.actor, scope=listing.scope)

    @cached_property
    def places(self) -> list[int]:
        """The places of what passes, in order."""
        listing, keys = self.listing, self._known.keys
        found: Sequence[int] = range(len(keys))
        for item in listing.filters:
            condition, values = item.condition, self._values(item.column)
            found = [place for place in found if condition and condition.holds(values[place])]
        if words := [word.casefold() for word in listing.params.text.split()]:
            texts = [self._known.columns[path] for path in self._searched]
            found = [place for place in found if _has_all(words, [str(text[place] or "") for text in texts])]
        ordered = sorted(found, key=keys.__getitem__)
        by = [*([(listing.group, False)] if listing.group else []), *listing.sort]
        for values, descending in reversed([(values, down) for column, down in by for values in self._orders(column)]):
            ordered = _sorted(ordered, values, descending)
        return ordered

    def part(self, start: int, stop: int) -> list[Any]:
        """Return some of the matching records, whole, by their place in the order."""
        return self._whole(self.places[start:stop])

    def every(self) -> Iterator[Any]:
        """Yield the matching records in order."""
        for start in range(0, len(self.places), CHUNK):
            yield from self.part(start, start + CHUNK)

    def of(self, pks: Iterable[int]) -> list[Any]:
        """Return the records of some keys, whole."""
        place_of = {key: place for place, key in enumerate(self._known.keys)}
        return self._whole([place_of[pk] for pk in pks])

    def parents(self) -> list[tuple[int, int | None]]:
        """Return the key of each matching record with that of the one above it in the tree, in order."""
        above = self._known.columns[self.register.tree]
        return [(self._known.keys[place], above[place]) for place in self.places]

    def totals(self) -> Group:
        """Return count and sums of all that passes."""
        return self._gathered(None, self.places)

    def groups(self, column: Shown) -> dict[Any, Group]:
        """Return the groups by the value of a column, of a related record its key."""
        by_value: dict[Any, list[int]] = {}
        values = self._values(column)
        for place in self.places:
            by_value.setdefault(values[place], []).append(place)
        return {value: self._gathered(value, places) for value, places in by_value.items()}

    def _gathered(self, value: Any, places: list[int]) -> Group:
        return Group(value, len(places), {column.name: self._sum(column, places) for column in self.listing.summed})

    def _sum(self, column: Shown, places: Iterable[int]) -> Amounts:
        values, keys, currencies = self._values(column), self._known.keys, self._known.columns.get(column.currency)
        by_key: dict[Any, Any] = {}
        for place in places:
            if (amount := values[place]) is not None and keys[place] not in self._parents:
                currency = currencies[place] if currencies else None
                by_key[currency] = by_key.get(currency, 0) + amount
        known = self.past.named(column.currency, by_key.keys() - {None}) if currencies else {}
        sums: Amounts = {}
        for key, amount in by_key.items():
            code = getattr(known.get(key), "code", "")
            sums[code] = sums.get(code, 0) + amount
        return sums

    @cached_property
    def _parents(self) -> set[int | None]:
        """The keys of records that no sum counts: in a tree those with parts, which hold the rest."""
        return set(self._known.columns[self.register.tree]) if self.register.tree else set()

    # -- what is read --------------------------------------------------------------------------------------------------

    @cached_property
    def _compared(self) -> list[Shown]:
        listing = self.listing
        sorting = [column for column, _descending in listing.sort]
        filtering = [item.column for item in listing.filters]
        return [*filtering, *sorting, *listing.summed, *([listing.group] if listing.group else [])]

    @cached_property
    def _computed(self) -> list[Shown]:
        """Of what is compared, that which a function of the record computes: it may read any of its fields."""
        return [column for column in self._compared if column.computed is not None]

    @cached_property
    def _records(self) -> list[Any]:
        """Every record that the actor may see, whole."""
        computed = [path for column in self._computed for path in column.related]
        through = [path.rpartition("__")[0] for path in self._asked if "__" in path]
        return self.past.records({*self._related, *self._stored(computed), *through})

    @cached_property
    def _known(self) -> records.Glimpse:
        """Every record that the actor may see, by what is compared and summed."""
        if not self._computed:
            return self.past.glimpse(self._asked)
        found = records.Glimpse.of(self.register.model, self._records, self._asked)
        for column in self._computed:
            found.columns[column.name] = [_plain(column.read(record)) for record in self._records]
        return found

    @cached_property
    def _asked(self) -> set[str]:
        """The paths to what is compared and summed, and to what the shown records refer to."""
        asked = {path.split("__")[0] for path in self._related}
        if self.listing.params.text.split():
            asked.update(self._searched)
        for column in self._compared:
            if column.custom_key:
                asked.add("custom")
            elif column.computed is None:
                asked.update((self._path(column), *column.order))
            if column.currency:
                asked.add(column.currency)
        if self.register.tree:
            asked.add(self.register.tree)
        return asked

    def _whole(self, places: list[int]) -> list[Any]:
        if self._computed:
            return [self._records[place] for place in places]
        currencies = {column.currency for column in self.listing.summed if column.currency}
        return self.past.whole(self._known, places, self._related, every=currencies)

    @cached_property
    def _related(self) -> tuple[str, ...]:
        """The foreign keys that the shown columns read."""
        return self._stored(self.listing.related)

    def _stored(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Return the paths that lead through foreign keys alone."""
        return tuple(path for path in paths if isinstance(_field(self.register.model, path), models.ForeignKey))

    @cached_property
    def _searched(self) -> list[str]:
        return [path for path in self.listing.searched if _field(self.register.model, path) is not None]

    def _path(self, column: Shown) -> str:
        is_reference = isinstance(_field(self.register.model, column.name), models.ForeignKey)
        return f"{column.name}__pk" if is_reference else column.name

    def _values(self, column: Shown) -> list[Any]:
        """Return the value of every record to compare, of a related record its key."""
        if column.custom_key:
            return [own.get(column.custom_key) for own in self._known.columns["custom"]]
        return self._known.columns[self._path(column)]

    def _orders(self, column: Shown) -> list[list[Any]]:
        """Return the values that order by a column, the first before the next."""
        if column.custom_key or column.computed is not None:
            return [self._values(column)]
        return [self._known.columns[path] for path in column.order]


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def _has_all(words: Iterable[str], texts: Iterable[str]) -> bool:
    own = [text.casefold() for text in texts]
    return all(any(word in text for text in own) for word in words)


def _field(model: Any, path: str) -> Any:
    """Return the stored field at the end of an ORM path; None for what is computed or leads to many records."""
    *heads, last = path.split("__")
    for head in heads:
        through = _field(model, head)
        if not isinstance(through, models.ForeignKey):
            return None
        model = through.related_model
    try:
        found = model._meta.get_field(last)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) and found.concrete and not found.many_to_many else None


def _sorted(places: list[int], values: list[Any], descending: bool) -> list[int]:
    """Return places in the order of their values, what is empty last."""
    valued = [(value, place) for place in places if (value := values[place]) is not None]
    if any(isinstance(value, str) for value, _place in valued[:1]):
        valued = [(str(value).casefold(), place) for value, place in valued]
    valued.sort(key=itemgetter(0), reverse=descending)
    return [place for _value, place in valued] + [place for place in places if values[place] is None]

"""Which records the texts of a column name: found for the whole column at once, among what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.policy import visible
from quarterdeck.kernel.records import Record
from quarterdeck.kernel.registers import spec
from quarterdeck.kernel.registers.exchange.values import CellError, shortened
from quarterdeck.kernel.registers.spec import Register

#: Texts of one query, and related rows up to which their whole names are compared.
CHUNK = 500
COMPARED = 20_000


class Names:
    """The records that texts name: by key, else by title, else by the exact words that stand for the record.

    Where no spelling fits exactly, capitals do not count.
    """

    def __init__(self, rows: QuerySet[Any], texts: Iterable[str]) -> None:
        self._noun = str(rows.model._meta.verbose_name)
        self._levels: list[dict[str, list[Any]]] = []
        self._folded: dict[str, list[Any]] = {}
        wanted = sorted(set(texts))
        paths = _naming(rows.model)
        # Those who own a node are read with it: their keys name it.
        rows = rows.select_related(*heads) if (heads := _heads(paths)) else rows
        self._levels.extend({} for _path in paths)
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            condition = Q(pk__in=())
            for path in paths:
                condition |= Q(**{f"{path}__in": chunk})
            for record in rows.filter(condition):
                for level, path in zip(self._levels, paths, strict=True):
                    level.setdefault(_at(record, path), []).append(record)
        rest = {text for text in wanted if not any(text in level for level in self._levels)}
        if rest:
            self._by_words(rows, paths, rest)

    def _by_words(self, rows: QuerySet[Any], paths: Sequence[str], rest: set[str]) -> None:
        """Compare the remaining texts with each record in words, where these are few enough to be read."""
        level: dict[str, list[Any]] = {}
        self._levels.append(level)
        related = [f.name for f in rows.model._meta.concrete_fields if isinstance(f, models.ForeignKey)]
        if rows[: COMPARED + 1].count() > COMPARED:
            return
        folded = {text.casefold() for text in rest}
        for record in rows.select_related(*related, *_heads(paths)).iterator(chunk_size=1000):
            words = " ".join(str(record).split())
            if words in rest:
                level.setdefault(words, []).append(record)
            for text in {words.casefold(), *(_at(record, path).casefold() for path in paths)} & folded:
                self._folded.setdefault(text, []).append(record)

    def find(self, text: str) -> Any:
        """Return the record that a text names. Raises CellError for none or several."""
        for found in (*(level.get(text) for level in self._levels), self._folded.get(text.casefold())):
            if found and len(found) == 1:
                return found[0]
            if found:
                raise CellError(
                    _("%(count)d are called “%(text)s”. Write the code instead.")
                    % {"count": len(found), "text": shortened(text)}
                )
        raise CellError(
            _("There is no %(kind)s “%(text)s” that you may choose. Add it first, or correct the text.")
            % {"kind": self._noun, "text": shortened(text)}
        )


def _heads(paths: Iterable[str]) -> set[str]:
    return {path.partition("__")[0] for path in paths if "__" in path}


def _at(record: Any, path: str) -> str:
    """Return the text at the end of a path; "" where a record on it is missing."""
    for name in path.split("__"):
        record = getattr(record, name, None)
    return "" if record is None else str(record)


def _naming(model: type[models.Model]) -> list[str]:
    """Return the fields whose text names a record: its register's key and title, else its unique texts and its name.

    What stands for one record of a register, as a node does for a unit or an initiative, is named by that one's key.
    """
    register = spec.for_model(model)
    plain = (models.CharField, models.TextField)
    owners: list[str] = []
    if register is not None:
        names = [name for name in (register.key, register.title) if name]
    else:
        names = [f.name for f in model._meta.concrete_fields if f.unique and isinstance(f, plain)]
        names += [name for name in ("name", "label") if name not in names]
        owners = [
            f"{relation.name}__{owner.key}"
            for relation in model._meta.related_objects
            if relation.one_to_one and (owner := spec.for_model(relation.related_model)) is not None and owner.key
        ]
    stored = {f.name: f for f in model._meta.concrete_fields}
    return owners + [name for name in dict.fromkeys(names) if isinstance(stored.get(name), plain)]


class NotOffered(CellError):
    """The text names nothing that may be chosen; `record` is what it names among all that may be seen, if anything."""

    def __init__(self, text: str, refusal: str, record: Any) -> None:
        super().__init__(refusal)
        self.text, self.record = text, record


class Offered:
    """What may be chosen by name; what may only be seen is found too, for records that have it already."""

    def __init__(self, offered: QuerySet[Any], seen: QuerySet[Any], texts: Sequence[str]) -> None:
        self._offered = Names(offered, texts)
        self._refusals = {text: why for text in set(texts) if (why := _refusal(self._offered, text))}
        self._seen = Names(seen, self._refusals) if self._refusals else None

    def find(self, text: str) -> Any:
        """Return the record that a text names. Raises NotOffered."""
        if text not in self._refusals:
            return self._offered.find(text)
        record = None
        if self._seen is not None and not _refusal(self._seen, text):
            record = self._seen.find(text)
        raise NotOffered(text, self._refusals[text], record)


def _refusal(names: Names, text: str) -> str:
    try:
        names.find(text)
    except CellError as error:
        return str(error)
    return ""


def offered(register: Register[Any], name: str, actor: Actor, texts: Sequence[str]) -> Offered:
    """Return what a foreign key's column names: one query, one more where some are named in words or not offered."""
    field = register.field(name)
    rows = register.choices(name, actor)
    if isinstance(field, models.ForeignKey):
        rows = rows.complex_filter(field.get_limit_choices_to())
    return Offered(rows, _all_seen(rows.model, actor), texts)


def _all_seen(model: type[models.Model], actor: Actor) -> QuerySet[Any]:
    rows = model._default_manager.all()
    return visible(rows, actor) if issubclass(model, Record) else rows


def names_of_type(model: type[models.Model], actor: Actor, texts: Sequence[str]) -> Names:
    """Return the records of a model that texts name, for links of custom fields."""
    return Names(_all_seen(model, actor), texts)

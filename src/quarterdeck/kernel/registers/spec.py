"""The register: one declaration, the whole feature.

A `Register` names a model, its columns, its sections of fields and little else. List, filters, saved views, forms,
bulk edit, import, export, REST endpoints, history, search and the contract tests are all derived from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from quarterdeck.kernel import records
from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope, User
from quarterdeck.kernel.access.policy import below, record_type, row_scope, visible
from quarterdeck.kernel.records import Record, rules
from quarterdeck.kernel.ui import components

R = TypeVar("R", bound=Record)
Label = str | Promise
Writer = Callable[..., Any]


@dataclass(frozen=True)
class Column:
    """A computed column: by `annotate` in SQL (then it sorts, filters and sums), or by `value` for display and export.

    `kind` is one of the names in `kinds.KINDS`; `related` the foreign keys that `value` reads, fetched with the rows.
    `field_class` hides it from those without the right. `display` may turn (value, record) into HTML of its own.
    `mine` is the condition on the rows that are the reader's own: the filter `me` of the column.
    """

    name: str
    label: Label
    kind: str = "text"
    annotate: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    value: Callable[[Any], Any] | None = None
    display: Callable[[Any, Any], SafeString] | None = None
    related: tuple[str, ...] = ()
    field_class: str = ""
    help: Label = ""
    mine: Callable[[Actor], Q] | None = None


@dataclass(frozen=True)
class Inline:
    """Children shown and edited on their parent's page; access is by the child's own record type."""

    model: type[Record]
    fk: str
    fields: tuple[str, ...]
    label: Label = ""


@dataclass(frozen=True)
class Action:
    """A verb on one record, such as a change of state.

    `run(record=, actor=, **fields)` does it; `when(record, actor)` tells whether it is offered; `permission` is the
    action that the actor's roles must give (default: change). `form` asks for more facts first. `confirm` is the
    question for what cannot be undone.
    """

    name: str
    label: Label
    run: Callable[..., Any]
    when: Callable[[Any, Actor], bool] = lambda record, actor: True
    permission: str = "change"
    icon: str = ""
    confirm: Label = ""
    form: type[Any] | None = None
    primary: bool = False


@dataclass(frozen=True)
class View:
    """A view that ships with the register: a name for a set of URL parameters.

    The first one marked `opens` is shown to whoever asks for the list without more, and stands before "All".
    """

    name: str
    label: Label
    params: Mapping[str, str] = field(default_factory=dict)
    opens: bool = False


class Register(Generic[R]):
    """One list-like thing of the organisation. docs/dev/adding-a-register.md has every attribute."""

    model: type[R]
    slug: ClassVar[str]
    nav: ClassVar[str] = ""
    icon: ClassVar[str] = "list"
    order: ClassVar[int] = 50
    purpose: ClassVar[Label] = ""
    key: ClassVar[str] = ""
    title: ClassVar[str] = ""
    columns: ClassVar[tuple[str, ...]]
    computed: ClassVar[tuple[Column, ...]] = ()
    sections: ClassVar[Mapping[Label, tuple[str, ...]]]
    read_only: ClassVar[tuple[str, ...]] = ()
    filters: ClassVar[tuple[str, ...]] = ()
    search: ClassVar[tuple[str, ...]] = ()
    #: The foreign keys that `found` reads: an import of thousands of records then reads each only once.
    found_reads: ClassVar[tuple[str, ...]] = ()
    ordering: ClassVar[tuple[str, ...]] = ()
    sums: ClassVar[tuple[str, ...]] = ()
    bulk: ClassVar[tuple[str, ...]] = ()
    tree: ClassVar[str] = ""
    inlines: ClassVar[tuple[Inline, ...]] = ()
    actions: ClassVar[tuple[Action, ...]] = ()
    views: ClassVar[tuple[View, ...]] = ()
    writer: ClassVar[Writer | None] = None
    writer_many: ClassVar[Writer | None] = None
    remover: ClassVar[Writer | None] = None
    #: On an Undo, writer and remover are `records.save` and `records.delete`: it may take back many at once.
    undone_plainly: ClassVar[bool] = False
    #: Rows are added and stay as they are: writer and remover refuse the rest in words, and it is not offered.
    append_only: ClassVar[bool] = False

    # -- hooks ---------------------------------------------------------------------------------------------------------

    def rows(self, actor: Actor, action: str = "view") -> QuerySet[R]:
        """Return the rows on which the actor may do the action: the only way by which pages reach them."""
        return visible(self.model._default_manager.all(), actor, action)

    def choices(self, name: str, actor: Actor, record: R | None = None) -> QuerySet[Any]:
        """Return the related rows offered for a foreign key: those that the actor may see.

        Of nodes, those at and below which the actor sees records of this kind; of users, all to whoever may see users,
        else oneself and those whom the visible rows name already.
        """
        related: Any = self.field(name).related_model
        rows: QuerySet[Any] = related._default_manager.all()
        if issubclass(related, Record):
            return visible(rows, actor)
        if related is Scope:
            return rows.filter(below(actor.paths("view", self.record_type)), is_removed=False)
        if related is User and not actor.can("view", record_type(User)):
            named = self.rows(actor).order_by().values(name)
            return rows.filter(Q(pk__in=named) | Q(pk=actor.user.pk if actor.user else None))
        return rows

    def initial(self, actor: Actor) -> R:
        """Return the empty record that the form for a new one starts from."""
        return self.model()

    def home(self, record: R) -> str | None:
        """Return the address of the record's bespoke page, when it has one."""
        return None

    def named(self, record: R) -> SafeString:
        """Return how a reference shows to one who may not open the record: its name, without link or code."""
        mark = self.mark(record)
        plain = '<span class="person">{}<span>{}</span></span>' if mark else "{}{}"
        return format_html(plain, mark, self.title_of(record))

    def chip(self, record: R) -> SafeString:
        """Return how a reference to a record shows in a cell."""
        mark = self.mark(record)
        if not mark:
            return format_html('<a class="ref" href="{}">{}</a>', self.url(record), record)
        return format_html('<a class="person" href="{}">{}<span>{}</span></a>', self.url(record), mark, record)

    def offered(self, rows: QuerySet[R], on: dt.date) -> QuerySet[R]:
        """Return the rows that a picker offers on a day in its order: that of the list unless said otherwise."""
        return rows.order_by(*self.ordering) if self.ordering else rows

    def hint(self, record: R, on: dt.date) -> str:
        """Return what a picker says beside the name: what tells it from others of that name."""
        return self.ref(record) if self.key else ""

    def found(self, record: R) -> str:
        """Return what the search says of a record beside its name; nothing of a sensitive class."""
        return self.ref(record) if self.key else ""

    def mark(self, record: R) -> SafeString:
        """Return the small picture that stands before a record's name, such as a person's initials."""
        return components.EMPTY

    def badges(self, record: R, on: dt.date) -> Sequence[SafeString]:
        """Return what stands beside the record's title as its state on a day; without any, its choices with tones."""
        return ()

    def remark(self, name: str, record: R, on: dt.date) -> tuple[str, str]:
        """Return what is to be said of a date in a cell on a day: tone and words, such as ("red", "expired").

        Empty texts for nothing.
        """
        return "", ""

    # -- derived -------------------------------------------------------------------------------------------------------

    @property
    def record_type(self) -> str:
        """The name that permissions and history use."""
        return record_type(self.model)

    @property
    def label(self) -> str:
        """The plural name, with a capital: the page's heading."""
        name = str(self.model._meta.verbose_name_plural)
        return name[:1].upper() + name[1:]

    @property
    def noun(self) -> str:
        """The singular name, in lower case."""
        return str(self.model._meta.verbose_name)

    @property
    def path(self) -> str:
        """The address of the list."""
        return f"/{self.slug}/"

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Every field of the sections, in order."""
        return tuple(name for names in self.sections.values() for name in names)

    @cached_property
    def editable(self) -> tuple[str, ...]:
        """The fields that are typed in."""
        return tuple(name for name in self.fields if name not in self.read_only)

    @cached_property
    def related(self) -> tuple[str, ...]:
        """The foreign keys among the fields: what a record's page names, fetched with it."""
        return tuple(name for name in self.fields if isinstance(self.field(name), models.ForeignKey))

    @cached_property
    def governing(self) -> tuple[str, ...]:
        """The paths to the nodes of a record and of those that it names, by which one knows what may be opened."""
        found = list(row_scope(self.model))
        for name in self.related:
            model = self.field(name).related_model
            if isinstance(model, type) and issubclass(model, Record):
                found += [f"{name}__{path}" for path in row_scope(model)]
        return tuple(found)

    @cached_property
    def lookup(self) -> str:
        """The field by which addresses name a record."""
        return self.key or "pk"

    def field(self, name: str) -> models.Field[Any, Any]:
        """Return a model field by name."""
        found = self.model._meta.get_field(name)
        if not isinstance(found, models.Field):
            raise FieldDoesNotExist(f"{self.model.__name__}.{name} is not a field of the row itself.")
        return found

    def ref(self, record: R) -> str:
        """Return what names a record in addresses."""
        return str(getattr(record, self.key)) if self.key else str(record.pk)

    def generic_url(self, record: R) -> str:
        """Return the address of the record's generic page."""
        return f"{self.path}{self.ref(record)}/"

    def url(self, record: R) -> str:
        """Return the address of the record: its bespoke page or else the generic one."""
        return self.home(record) or self.generic_url(record)

    def title_of(self, record: R) -> str:
        """Return the record's name as the title column shows it."""
        return str(getattr(record, self.title)) if self.title else str(record)

    def write(self, record: R, *, actor: Actor, note: str = "") -> Any:
        """Save a record by the register's writer, or by `records.save` where there is no rule."""
        writer = type(self).writer or records.save
        return writer(record, actor=actor, note=note)

    @property
    def writes_many(self) -> bool:
        """Whether many records can be written at once by the rules that hold for one."""
        return type(self).writer is None or type(self).writer_many is not None

    def write_many(self, rows: Sequence[R], *, actor: Actor, note: str = "") -> Any:
        """Save many records at once; see `writes_many`. Raises BulkRefused with the refusals by position."""
        writer = type(self).writer_many or records.save_many
        return writer(rows, actor=actor, note=note)

    def remove(self, record: R, *, actor: Actor, note: str = "") -> Any:
        """Remove a record by the register's remover, or by `records.delete`."""
        remover = type(self).remover or records.delete
        return remover(record, actor=actor, note=note)

    def check(self) -> None:
        """Raise ImproperlyConfigured where the declaration names what does not exist."""
        computed = {column.name for column in self.computed}
        for attribute in ("columns", "sums"):
            for name in getattr(self, attribute):
                if name not in computed:
                    self._need(attribute, name)
        for attribute in ("bulk", "read_only", "fields"):
            for name in getattr(self, attribute):
                self._need(attribute, name)
        if not self.key and self.title and self.title not in (*self.fields, *computed):
            raise ImproperlyConfigured(f"{type(self).__name__}.title is not one of its fields.")

    def _need(self, attribute: str, name: str) -> None:
        try:
            self.field(name)
        except FieldDoesNotExist as error:
            raise ImproperlyConfigured(
                f"{type(self).__name__}.{attribute} names “{name}”, which does not exist."
            ) from error


_by_slug: dict[str, Register[Any]] = {}
_by_model: dict[type[models.Model], Register[Any]] = {}
T = TypeVar("T", bound=Register[Any])


def register(declaration: type[T]) -> type[T]:
    """Enter a register: from here its pages, endpoints, navigation and contract tests exist."""
    made = declaration()
    made.check()
    if made.slug in _by_slug and type(_by_slug[made.slug]).__qualname__ != declaration.__qualname__:
        raise ImproperlyConfigured(f"Two registers want the address /{made.slug}/.")
    _by_slug[made.slug] = made
    _by_model[made.model] = made
    plain = made.undone_plainly or (declaration.writer is None and declaration.remover is None)
    rules.enter(made.model, write=made.write, remove=made.remove, plain=plain)
    for inline in made.inlines:
        if inline.model not in _by_model:
            _enter_child(inline)
    return declaration


def _enter_child(inline: Inline) -> None:
    """Give an inline child without a register of its own the plain one that its fields make."""
    meta = inline.model._meta
    target: Any = meta.get_field(inline.fk).related_model
    parent = target._meta.verbose_name
    plural = str(meta.verbose_name_plural).lower().replace(" ", "-")
    declaration = type(
        f"{inline.model.__name__}Register",
        (Register,),
        {
            "model": inline.model,
            "slug": plural,
            "purpose": format_lazy(_("Each belongs to one {parent} and is kept on its page."), parent=parent),
            "columns": (inline.fk, *inline.fields),
            "sections": {meta.verbose_name: (inline.fk, *inline.fields)},
            "__module__": inline.model.__module__,
        },
    )
    register(declaration)


def all_registers() -> Sequence[Register[Any]]:
    """Return every register, in order of address."""
    return [_by_slug[slug] for slug in sorted(_by_slug)]


def find(slug: str) -> Register[Any] | None:
    """Return the register at an address."""
    return _by_slug.get(slug)


def extend(model: type[models.Model], column: Column, *, after: str = "") -> None:
    """Add a computed column to the register of a model below, called from an app's `registers`; again, it replaces it.

    With `after` it stands in the list behind that column, otherwise it is offered only. It is a figure of the caller's
    own: whoever sees the row sees it.
    """
    register = type(_by_model[model])
    others = tuple(known for known in register.computed if known.name != column.name)
    register.computed = (*others, column)
    if after in register.columns and column.name not in register.columns:
        at = register.columns.index(after) + 1
        register.columns = (*register.columns[:at], column.name, *register.columns[at:])


def for_model(model: type[models.Model]) -> Register[Any] | None:
    """Return the register of a model, when it has one."""
    return _by_model.get(model)


def for_type(name: str) -> Register[Any] | None:
    """Return the register of a record type such as `people.person`."""
    return next((r for r in _by_model.values() if r.record_type == name), None)

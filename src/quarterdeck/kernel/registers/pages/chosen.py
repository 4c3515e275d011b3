"""The records chosen in a list for one act on many, and what has become of them since they were shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.registers.listing import Listing
from quarterdeck.kernel.registers.params import Params
from quarterdeck.kernel.registers.spec import Register
from quarterdeck.kernel.ui.frame import frame_of

#: The most records that one act takes; beyond, the import is the way.
LIMIT = 2_000


def selected(request: HttpRequest, register: Register[Any], actor: Actor, action: str) -> list[Any]:
    """Return the chosen records on which the actor may do the action: those ticked, or all that the list shows.

    `without` in the request names, comma-separated, those to leave out.
    """
    rows = register.rows(actor, action)
    if request.POST.get("every"):
        params = Params.parse(QueryDict(request.POST["every"]).dict())
        listing = Listing(register, actor, params, scope=frame_of(request).scope)
        rows = rows.filter(pk__in=listing.matching.values("pk"))
    else:
        rows = rows.filter(pk__in=_numbers(request.POST.getlist("pk")))
    if without := _numbers(request.POST.get("without", "").split(",")):
        rows = rows.exclude(pk__in=without)
    names = [name for name in register.bulk if register.field(name).is_relation]
    return list(rows.select_related("updated_by", *names).order_by(*register.ordering, "pk")[: LIMIT + 1])


def _numbers(texts: Iterable[str]) -> list[int]:
    return [int(text) for text in texts if text.isdecimal() and text.isascii() and len(text) < 19]


def as_read(chosen: Iterable[Any]) -> str:
    """Return what a form keeps of the records it shows: number and version of each, as "12.3,15.1"."""
    return ",".join(f"{record.pk}.{record.version}" for record in chosen)


def _versions(read: str) -> Mapping[int, int]:
    pairs = (part.partition(".") for part in read.split(","))
    return {int(pk): int(version) for pk, _dot, version in pairs if _numbers([pk]) and _numbers([version])}


@dataclass(frozen=True)
class Since:
    """What has become of chosen records since a form showed them; false when they are those, and as, it showed.

    `changed` were written by someone, `joined` are chosen now and were not, of `gone` only the number is known: they
    were removed, fit the list no more, or are no longer the actor's to change.
    """

    changed: tuple[Any, ...] = ()
    joined: tuple[Any, ...] = ()
    gone: int = 0

    def __bool__(self) -> bool:
        return bool(self.changed or self.joined or self.gone)

    @property
    def apart(self) -> str:
        """The numbers of the records to leave out so that only what was shown, as it was shown, is left."""
        return ",".join(str(record.pk) for record in (*self.changed, *self.joined))


def since(read: str, chosen: Iterable[Any]) -> Since:
    """Compare the records as they are now with what a form showed, by their versions."""
    shown = _versions(read)
    now = list(chosen)
    return Since(
        changed=tuple(record for record in now if shown.get(record.pk, record.version) != record.version),
        joined=tuple(record for record in now if record.pk not in shown),
        gone=len(shown.keys() - {record.pk for record in now}),
    )

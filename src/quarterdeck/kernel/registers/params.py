"""A list's state in its address: filters, search, order, grouping, columns, page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

#: Rows on a page: what is offered, the first being the default.
PAGE_SIZES = (50, 100, 200)
FILTER = "f."


@dataclass(frozen=True)
class Params:
    """The parsed query string of a list. Unknown names are ignored, so that old addresses go on working."""

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: tuple[str, ...] = ()
    group: str = ""
    columns: tuple[str, ...] = ()
    view: str = ""
    page: int = 1
    size: int = PAGE_SIZES[0]

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Params:
        """Return the parameters in a query string; numbers that make no sense take their defaults."""
        page, size = query.get("page", ""), query.get("size", "")
        return cls(
            text=plain(query.get("q", ""))[:200],
            filters={k.removeprefix(FILTER): plain(v) for k, v in query.items() if k.startswith(FILTER) and plain(v)},
            sort=_names(query.get("sort", "")),
            group=query.get("group", ""),
            columns=_names(query.get("cols", "")),
            view=query.get("view", ""),
            page=int(page) if page.isdecimal() and 0 < int(page) < 10**6 else 1,
            size=int(size) if size.isdecimal() and int(size) in PAGE_SIZES else PAGE_SIZES[0],
        )

    def over(self, base: Mapping[str, str]) -> Params:
        """Return these parameters laid over those of a view: what is stated here wins; `-` clears a filter of the
        view.
        """
        under = Params.parse(base)
        filters = {**under.filters, **self.filters}
        return replace(
            self,
            text=self.text or under.text,
            filters={name: value for name, value in filters.items() if value != "-"},
            sort=self.sort or under.sort,
            group=self.group or under.group,
            columns=self.columns or under.columns,
        )

    def query(self, **changes: object) -> str:
        """Return the query string with some parameters changed; the page goes back to 1 unless it is what changes."""
        changed = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]  # names are those of this class
        pairs: list[tuple[str, str]] = []
        if changed.view:
            pairs.append(("view", changed.view))
        if changed.text:
            pairs.append(("q", changed.text))
        pairs += [(FILTER + name, value) for name, value in changed.filters.items()]
        if changed.sort:
            pairs.append(("sort", ",".join(changed.sort)))
        if changed.group:
            pairs.append(("group", changed.group))
        if changed.columns:
            pairs.append(("cols", ",".join(changed.columns)))
        if changed.page > 1:
            pairs.append(("page", str(changed.page)))
        if changed.size != PAGE_SIZES[0]:
            pairs.append(("size", str(changed.size)))
        return urlencode(pairs)

    def stored(self) -> dict[str, str]:
        """Return what a saved view keeps: everything but the page and the view itself."""
        kept = {FILTER + name: value for name, value in self.filters.items()}
        for name, value in (
            ("q", self.text),
            ("sort", ",".join(self.sort)),
            ("group", self.group),
            ("cols", ",".join(self.columns)),
        ):
            if value:
                kept[name] = value
        return kept


def plain(text: str) -> str:
    """Return a text without the sign that databases do not take."""
    return text.replace("\x00", "").strip()


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in text.split(",") if part))[:60]

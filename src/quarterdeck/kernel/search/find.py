"""Finding."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.access.policy import under, visible
from quarterdeck.kernel.search.declare import Searched, searched
from quarterdeck.kernel.search.words import MOST_WORDS, folded, words

#: A page or a palette shows no more than this.
MOST_HITS = 200


@dataclass(frozen=True)
class Hit:
    """One record found, as it is shown."""

    record_type: str
    record_id: int
    code: str
    title: str
    detail: str
    url: str
    kind: str
    icon: str
    #: 0 exact code, 1 code or title begins so, 2 elsewhere; then by weight, the smaller first.
    tier: int
    weight: float


@dataclass(frozen=True)
class Group:
    """Hits of one kind, best first."""

    label: str
    hits: tuple[Hit, ...]


def find(
    actor: Actor, text: str, *, scope: Scope | None = None, limit: int = 20, kinds: tuple[str, ...] = ()
) -> list[Hit]:
    """Return the records that match every word of a text (each as a beginning) and that the actor may see, best first.

    An exact code comes first, then titles and codes that begin with the text, then the rest by weight, a word in the
    title counting four times one in the body. `scope` narrows to a node and below, `kinds` to record types. One query,
    and one more for each record type that matches.
    """
    wanted = words(text)[:MOST_WORDS]
    limit = min(limit, MOST_HITS)
    if not wanted or limit <= 0 or is_too_short(text):
        return []
    match = _match(wanted)
    hits: list[Hit] = []
    for record_type in _types(match):
        kind = searched(record_type)
        if kind is not None and (not kinds or record_type in kinds):
            hits += _hits(kind, match, folded(text), actor=actor, scope=scope, limit=limit)
    return sorted(hits, key=lambda hit: (hit.tier, hit.weight, hit.title, hit.record_id))[:limit]


def is_too_short(text: str) -> bool:
    """Tell whether a text is one letter of the alphabet or one digit, which find() does not look for.

    It begins a word in nearly every record: to rank them all costs much and tells nothing. In other scripts a single
    character can be a whole word.
    """
    wanted = words(text)
    return len(wanted) == 1 and len(wanted[0]) == 1 and wanted[0].isascii()


def grouped(hits: list[Hit]) -> list[Group]:
    """Return hits by kind, the kind of the best hit first."""
    order: dict[str, int] = {}
    for hit in hits:
        order.setdefault(hit.kind, len(order))
    ranked = sorted(hits, key=lambda hit: order[hit.kind])
    return [Group(label, tuple(found)) for label, found in groupby(ranked, key=lambda hit: hit.kind)]


def _match(wanted: list[str]) -> str:
    """Return the query in the database's own words: letters and digits only, so nothing in them can be syntax."""
    if connection.vendor == "postgresql":
        return " & ".join(f"{word}:*" for word in wanted)
    return " ".join(f'"{word}"*' for word in wanted)


def _source() -> tuple[str, str, str]:
    """Return FROM, the condition that takes the match, and the weight (smaller is better)."""
    if connection.vendor == "postgresql":
        rank = "-ts_rank('{0.25, 0.25, 0.25, 1.0}', e.document, asked)"
        return "search_entry e, to_tsquery('simple', %s) asked", "e.document @@ asked", rank
    source = "search_entry_text JOIN search_entry e ON e.id = search_entry_text.rowid"
    return source, "search_entry_text MATCH %s", "bm25(search_entry_text, 4.0, 4.0, 1.0)"


def _types(match: str) -> list[str]:
    source, condition, _weight = _source()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT e.record_type FROM {source} WHERE {condition} ORDER BY 1", [match])  # noqa: S608
        return [row[0] for row in cursor.fetchall()]


def _hits(kind: Searched, match: str, key: str, *, actor: Actor, scope: Scope | None, limit: int) -> list[Hit]:
    source, condition, weight = _source()
    rows = under(visible(kind.model._default_manager.all(), actor), scope).order_by().values("pk")
    try:
        allowed, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return []
    tier = "CASE WHEN e.code_key = %s THEN 0 WHEN e.title_words LIKE %s OR e.code_key LIKE %s THEN 1 ELSE 2 END"
    sql = (
        f"SELECT e.record_id, e.code, e.title, e.detail, e.url, {tier} AS tier, {weight} AS weight FROM {source} "  # noqa: S608
        f"WHERE {condition} AND e.record_type = %s AND e.record_id IN ({allowed}) "
        "ORDER BY tier, weight, e.title, e.record_id LIMIT %s"
    )
    begins = f"{key}%"
    # In the order of the statement: PostgreSQL's match is in FROM and SQLite's in WHERE, both after the tier.
    given: list[Any] = [key, begins, begins, match, kind.record_type, *parameters, limit]
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        found = cursor.fetchall()
    return [
        Hit(kind.record_type, pk, code, title, detail, url, str(kind.kind), kind.icon, tier, weight)
        for pk, code, title, detail, url, tier, weight in found
    ]

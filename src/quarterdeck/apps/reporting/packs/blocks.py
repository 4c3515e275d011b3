"""Markdown as plain blocks: what typesetting needs of a text, without any of its marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

Block = dict[str, Any]
_LISTS = {"bullet_list_open": False, "ordered_list_open": True}


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")


def blocks(text: str) -> list[Block]:
    """Return a text as blocks: `p` and `h` with runs, `list` with items of blocks, `quote`, `code`.

    A run is a piece of text with `b`, `i` and `c` (bold, italic, code); a line break is the run "\\n".

    >>> blocks("*Two*")
    [{'k': 'p', 'runs': [{'t': 'Two', 'b': False, 'i': True, 'c': False}]}]
    """
    found, _rest = _read(_parser().parse(text), 0, "")
    return found


def _read(tokens: Sequence[Token], at: int, until: str) -> tuple[list[Block], int]:
    found: list[Block] = []
    while at < len(tokens):
        token = tokens[at]
        if token.type == until:
            return found, at + 1
        if token.type in _LISTS:
            items, at = _items(tokens, at + 1, token.type.replace("_open", "_close"))
            found.append({"k": "list", "ordered": _LISTS[token.type], "items": items})
        elif token.type == "blockquote_open":
            inner, at = _read(tokens, at + 1, "blockquote_close")
            found.append({"k": "quote", "blocks": inner})
        elif token.type in ("fence", "code_block"):
            found.append({"k": "code", "t": token.content.rstrip("\n")})
            at += 1
        elif token.type == "inline":
            kind = "h" if at and tokens[at - 1].type == "heading_open" else "p"
            found.append({"k": kind, "runs": list(_runs(token.children or []))})
            at += 1
        else:
            at += 1
    return found, at


def _items(tokens: Sequence[Token], at: int, until: str) -> tuple[list[list[Block]], int]:
    items: list[list[Block]] = []
    while at < len(tokens) and tokens[at].type != until:
        inner, at = _read(tokens, at + 1, "list_item_close")
        items.append(inner)
    return items, at + 1


def _runs(children: Sequence[Token]) -> Iterator[dict[str, Any]]:
    bold = italic = 0
    for child in children:
        if child.type in ("strong_open", "strong_close"):
            bold += child.nesting
        elif child.type in ("em_open", "em_close"):
            italic += child.nesting
        elif child.type in ("softbreak", "hardbreak"):
            yield {"t": "\n", "b": False, "i": False, "c": False}
        elif child.content:
            yield {"t": child.content, "b": bold > 0, "i": italic > 0, "c": child.type == "code_inline"}

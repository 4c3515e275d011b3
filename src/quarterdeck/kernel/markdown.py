"""Markdown as people write it in comments and descriptions, made into safe HTML.

Raw HTML is shown as typed, images become links, and what comes out passes a sanitiser, so the result may go into any
page. `@[Name](user:12)` and `@name@example.org` are mentions; codes such as PRJ-0042 become links when the resolver
knows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

Kind = Literal["user", "email", "code"]
#: Given a kind and its key (a user's id, an e-mail address, a code), returns the address of its page, or None.
Resolver = Callable[[Kind, str], str | None]

REFERENCE = re.compile(
    r"(?<![\w@.+-])@(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w-])(?P<code>[A-Z][A-Z0-9]{1,9}-\d{3,9})(?![\w-])"
    r"|(?P<address>https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]])"
)
USER = re.compile(r"user:(\d{1,18})")
TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
CLASSES = {"a": {"mention", "code"}, "span": {"mention"}, "th": {"end", "centre"}, "td": {"end", "centre"}}
ALIGNED = {"text-align:right": "end", "text-align:center": "centre"}


@dataclass(frozen=True)
class Mentions:
    """Whom a text addresses: ids of users and e-mail addresses in lower case."""

    users: frozenset[int]
    emails: frozenset[str]


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    return parser.enable(["table", "strikethrough"]).disable("image")


def render(text: str, resolver: Resolver | None = None) -> SafeString:
    """Return a text as safe HTML; headings begin at h3. Without a resolver, mentions are marked and codes stay text."""
    tokens = _parser().parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
        elif token.type in ("th_open", "td_open") and (style := token.attrs.pop("style", None)):
            token.attrs["class"] = ALIGNED.get(str(style), "")
        elif token.type == "inline":
            token.children = _linked(token.children or [], resolver)
    html = _parser().renderer.render(tokens, _parser().options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        allowed_classes=CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308  sanitised in the line above


def mentions(text: str) -> Mentions:
    """Return whom a text mentions; what stands in code is not a mention."""
    users: set[int] = set()
    emails: set[str] = set()
    for kind, key in references(text):
        if kind == "user":
            users.add(int(key))
        elif kind == "email":
            emails.add(key)
    return Mentions(frozenset(users), frozenset(emails))


def references(text: str) -> frozenset[tuple[Kind, str]]:
    """Return all that a resolver would be asked for, so that a page can look up many texts in one query."""
    asked: set[tuple[Kind, str]] = set()

    def note(kind: Kind, key: str) -> None:
        asked.add((kind, key))

    for token in _parser().parse(text):
        if token.type == "inline":
            _linked(token.children or [], note)
    return frozenset(asked)


def plain(text: str) -> str:
    """Return the words alone on one line, without marks: for search, e-mail subjects and short previews."""
    words: list[str] = []
    for token in _parser().parse(text):
        if token.type in ("fence", "code_block"):
            words.append(token.content)
        elif token.type == "inline":
            for child in token.children or []:
                words.append(" " if child.type in ("softbreak", "hardbreak") else child.content)
            words.append(" ")
    return " ".join("".join(words).split())


def _linked(tokens: Sequence[Token], resolver: Resolver | None) -> list[Token]:
    """Return inline tokens with mentions, codes and bare addresses as links; text inside links stays as it is."""
    out: list[Token] = []
    open_: list[Token] = []
    for token in tokens:
        if token.type == "link_open":
            open_.append(token)
            found = USER.fullmatch(str(token.attrs.get("href", "")))
            if found:
                _address(token, resolver("user", found[1]) if resolver else None)
                if out and out[-1].type == "text" and out[-1].content.endswith("@"):
                    out[-1].content = out[-1].content[:-1]
                out += [token, Token("text", "", 0, content="@")]
                continue
        elif token.type == "link_close" and open_:
            token.tag = open_.pop().tag
        elif token.type == "text" and not open_:
            out += _split(token.content, resolver)
            continue
        out.append(token)
    return out


def _address(token: Token, url: str | None) -> None:
    token.tag = "a" if url else "span"
    token.attrs = {"class": "mention", **({"href": url} if url else {})}


def _split(text: str, resolver: Resolver | None) -> list[Token]:
    out: list[Token] = []
    at = 0
    for found in REFERENCE.finditer(text):
        opening = _opening(found, resolver)
        if opening is None:
            continue
        shown = Token("text", "", 0, content=found[0])
        close = Token("link_close", opening.tag, -1)
        out += [Token("text", "", 0, content=text[at : found.start()]), opening, shown, close]
        at = found.end()
    return [*out, Token("text", "", 0, content=text[at:])]


def _opening(found: re.Match[str], resolver: Resolver | None) -> Token | None:
    token = Token("link_open", "a", 1)
    if found["email"]:
        _address(token, resolver("email", found["email"].lower()) if resolver else None)
        return token
    url = found["address"] or (resolver("code", found["code"]) if resolver else None)
    if not url:
        return None
    token.attrs = {"href": url} if found["address"] else {"href": url, "class": "code"}
    return token

"""Every address there is, walked as nobody and as a stranger: no data, no crash, whatever stands in the address.

The walk takes the patterns themselves, so that a page added tomorrow is walked tomorrow. What answers 200 is named
here with its reason, and may not carry a word of any record.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, PathConverter, SlugConverter, UUIDConverter
from django.urls.resolvers import RegexPattern, RoutePattern

from quarterdeck.kernel.access.models import Scope
from quarterdeck.kernel.audit.models import Change
from quarterdeck.kernel.registers import all_registers
from tests.cast import ADMINISTRATOR, ANONYMOUS, INSIDE, OUTSIDE, READER, STRANGER, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: What anyone may open, by the beginning of the address, and why.
PUBLIC = {
    "alive": "says that the server answers",
    "accounts/": "signing in, resetting a password, confirming an address: all before anyone is known",
    "welcome/": "first run: makes the first administrator and closes for good",
    "api/v1/openapi.json": "describes the endpoints, which are the same for everyone; no data",
}
#: What everyone who has signed in may open, and why; none of it is about a record.
OWN = {
    "": "one's own start page",
    "help/": "the guide that ships with the product",
    "settings/profile/": "one's own profile and sessions",
    "settings/tokens/": "one's own API tokens",
    "notifications/": "one's own notifications",
    "approvals/": "what waits for oneself",
    "jobs/": "one's own jobs",
    "search/": "finds what one may see: nothing",
    "exceptions/": "lists the exceptions that one may see: none",
    "scopes/": "the nodes at which one holds a role: none",
}
#: What sends everyone elsewhere or ends the session it is called with.
LEFT_OUT = {"accounts/logout/": "ends the session of the walk"}


SIGN_IN = (str(settings.LOGIN_URL), "/accounts/login/", "/welcome/")


@dataclass
class Filling:
    """Values for the parts of addresses: those of things that exist, and of one that does not."""

    slugs: list[str] = field(default_factory=list)
    refs: dict[str, str] = field(default_factory=dict)
    pks: list[int] = field(default_factory=list)
    batch: uuid.UUID = field(default_factory=uuid.uuid4)

    def addresses(self, route: list[Any], turn: int | None = None) -> Iterator[str]:
        """Return addresses that a pattern answers, filled with what exists; with a `turn`, by one register alone."""
        names = {name for pattern in route for name in pattern.converters} if _plain(route) else set()
        slugs = self.slugs if turn is None else [self.slugs[turn % len(self.slugs)]]
        for slug in slugs if "slug" in names else [""]:
            for pk in self.pks if "pk" in names else [1]:
                yield self._filled(route, slug, pk)

    def _filled(self, route: list[Any], slug: str, pk: int) -> str:
        parts = []
        for pattern in route:
            text = str(pattern)
            if isinstance(pattern, RegexPattern):
                parts.append(_REGEX.get(text, "x/"))
                continue
            for name, converter in pattern.converters.items():
                text = _replaced(text, name, self._value(name, converter, slug, pk))
            parts.append(text)
        return "".join(parts)

    def _value(self, name: str, converter: Any, slug: str, pk: int) -> str:
        if name == "slug":
            return slug
        if name == "ref":
            return self.refs.get(slug, "1")
        if isinstance(converter, UUIDConverter):
            return str(self.batch)
        if isinstance(converter, IntConverter):
            return str(pk)
        if isinstance(converter, SlugConverter | PathConverter):
            return "x"
        return self.refs.get(slug) or next(iter(self.refs.values()), "x")


#: Addresses of libraries given as regular expressions.
_REGEX = {
    r"^confirm-email/(?P<key>[-:\w]+)/$": "confirm-email/x/",
    r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "password/reset/key/1-x/",
    r"^(?P<provider_id>[^/]+)/": "x/",
}


def _plain(route: list[Any]) -> bool:
    return all(isinstance(pattern, RoutePattern) for pattern in route)


def _replaced(text: str, name: str, value: str) -> str:
    start = text.index("<")
    while not text[start + 1 : text.index(">", start)].endswith(name):
        start = text.index("<", start + 1)
    return text[:start] + value + text[text.index(">", start) + 1 :]


def routes(patterns: Any, above: list[Any] | None = None) -> Iterator[list[Any]]:
    """Return the patterns of every view, from the root."""
    for item in patterns:
        here = [*(above or []), item.pattern]
        if isinstance(item, URLResolver):
            yield from routes(item.url_patterns, here)
        elif isinstance(item, URLPattern):
            yield here


@pytest.fixture
def filling(cast: Cast) -> Filling:
    """One record of every register at South, where nobody of the cast but the administrator may look."""
    found = Filling(pks=[1])
    for register in all_registers():
        record = cast.south.make(register.model)
        found.slugs.append(register.slug)
        found.refs[register.slug] = register.ref(record)
    change = Change.objects.order_by("-id").first()
    assert change is not None
    found.batch = change.batch
    found.pks.append(Scope.objects.latest("pk").pk)
    return found


def walk(
    client: Client, filling: Filling, without: tuple[str, ...] = (), *, in_turn: bool = False
) -> Iterator[tuple[str, str, tuple[Any, str]]]:
    """Return (method, address, answer) of every address by GET and POST; `in_turn`, each for one register in turn."""
    seen = set()
    for turn, route in enumerate(routes(get_resolver().url_patterns)):
        for address in filling.addresses(route, turn if in_turn else None):
            if address in seen or address.startswith((*LEFT_OUT, *without)):
                continue
            seen.add(address)
            for method in ("GET", "POST"):
                answer: Any = client.generic(
                    method, f"/{address}", b"" if method == "GET" else b"{}", "application/json"
                )
                text = b"".join(answer.streaming_content) if answer.streaming else answer.content
                yield method, address, (answer, text.decode(errors="replace"))


def _in(address: str, named: dict[str, str]) -> bool:
    return address in named or any(name and address.startswith(name) for name in named)


@pytest.mark.once
def test_nobody_gets_in_anywhere_without_signing_in(cast: Cast, filling: Filling) -> None:
    """A view asks who one is before it looks which register is meant: each is tried by one."""
    known, walked, wrong = Change.objects.count(), 0, []
    for method, address, (answer, text) in walk(cast.client(ANONYMOUS), filling, in_turn=True):
        walked += 1
        public = _in(address, PUBLIC)
        if answer.status_code >= 500 or OUTSIDE in text or INSIDE in text:
            wrong.append((method, address, answer.status_code))
        elif answer.status_code == 200 and not public:
            wrong.append((method, address, 200))
        elif answer.status_code == 302 and not public:
            target = answer.headers["Location"]
            # A shorter address for another page leads there first, and that page asks.
            onward = Client().get(target).headers.get("Location", "") if target.startswith("/") else ""
            if not any(place.startswith(SIGN_IN) for place in (target, onward)):
                wrong.append((method, address, target))
    assert wrong == []
    assert walked > 500
    assert Change.objects.count() == known


@pytest.mark.once
def test_a_stranger_gets_nothing_anywhere(cast: Cast, filling: Filling) -> None:
    known, wrong = Change.objects.count(), []
    for method, address, (answer, text) in walk(cast.client(STRANGER), filling):
        own = _in(address, PUBLIC) or _in(address, OWN)
        if answer.status_code >= 500 or OUTSIDE in text or INSIDE in text:
            wrong.append((method, address, answer.status_code))
        elif answer.status_code == 200 and not own:
            wrong.append((method, address, 200))
    assert wrong == []
    assert Change.objects.count() == known


def test_no_address_brings_the_server_down_for_whoever_may_everything(cast: Cast, filling: Filling) -> None:
    """On one database for every register; on the other each address by one: the pages themselves are opened on both."""
    client = cast.client(ADMINISTRATOR)
    client.raise_request_exception = False
    in_turn = connection.vendor != "sqlite"
    ends = ("settings/administer", "settings/users/", "accounts/")  # would end the elevation or the session of the walk
    wrong = [
        (method, address)
        for method, address, (answer, _text) in walk(client, filling, without=ends, in_turn=in_turn)
        if answer.status_code >= 500
    ]
    assert wrong == []


def test_every_public_address_still_exists() -> None:
    addresses = [Filling(slugs=["x"], pks=[1]).addresses(route) for route in routes(get_resolver().url_patterns)]
    known = [address for found in addresses for address in found]
    for name in (*PUBLIC, *OWN, *LEFT_OUT):
        assert any(_in(address, {name: ""}) for address in known), f"{name} is allowed and does not exist"


def test_search_tells_a_stranger_and_a_reader_nothing_of_elsewhere(cast: Cast, filling: Filling) -> None:
    for persona in (STRANGER, READER):
        client = cast.client(persona)
        for address in ("/search/", "/search/suggest"):
            for words in (f"{OUTSIDE} South", f"{OUTSIDE} Portfolio", "SOUTH"):
                answer = client.get(address, {"q": words})
                assert answer.status_code == 200
                shown = answer.content.decode().replace(words, "")
                assert f"{OUTSIDE} South" not in shown, (persona, words)
                assert f"{OUTSIDE} Portfolio" not in shown, (persona, words)


def test_a_filter_by_a_hidden_record_does_not_name_it(cast: Cast, filling: Filling) -> None:
    south = cast.south.place
    reader = cast.client(READER)
    for path, name, pk in (
        ("/units/", "parent", south.homes[0].pk),
        ("/role-assignments/", "scope", south.scope.pk),
        ("/people/", "user", cast.users["stranger"].pk),
    ):
        page = reader.get(path, {f"f.{name}": str(pk)}).content.decode()
        assert OUTSIDE not in page, path
        assert "Stranger" not in page, path

"""Small pieces of HTML as plain functions, for table cells by the thousand: escaped, without a template.

Every function returns a SafeString. Numbers are in the reader's locale; dates as "17 Mar", with the year when it is not
the current one; a negative sign is U+2212.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy, pgettext

from quarterdeck.kernel.ui.assets import asset_url

Text = str | Promise
Number = int | float | Decimal

MINUS: Final = "\u2212"
EMPTY: Final = SafeString("")
#: What stands where the reader may not see the value.
CLOSED: Final = "•••"
TONES: Final = frozenset({"", "red", "amber", "green", "accent", "plain"})


@dataclass(frozen=True)
class Cell:
    """One figure of a headline: what it is, its value and unit, what it is compared with, where it leads, its state.

    `marks` are colours with how many of each, drawn in place of the value.
    """

    label: str
    value: str
    note: str = ""
    href: str = ""
    state: str = ""
    unit: str = ""
    marks: tuple[tuple[str, int], ...] = ()


RAG_WORDS: Final[Mapping[str, Promise]] = {
    "red": gettext_lazy("Red"),
    "amber": gettext_lazy("Amber"),
    "green": gettext_lazy("Green"),
    "none": gettext_lazy("Not assessed"),
}
_RAG_SHAPES: Final[Mapping[str, str]] = {
    "red": '<path d="M8 .4 15.6 8 8 15.6.4 8z"/><text x="8" y="10.8">R</text>',
    "amber": '<path d="M8 1.3 15.3 14.5H.7z"/><text x="8" y="12.8">A</text>',
    "green": '<circle cx="8" cy="8" r="7"/><text x="8" y="10.9">G</text>',
    "none": '<circle cx="8" cy="8" r="6.8"/><path d="M5.6 8h4.8"/>',
}
#: Signs of the currencies that have one of their own; others show their code.
_SIGNS: Final[Mapping[str, str]] = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥", "INR": "₹", "KRW": "₩", "UAH": "₴"}
_SCALES: Final = ((1_000_000_000, "bn"), (1_000_000, "m"), (1_000, "k"))


def _safe(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308 - every caller escapes what it puts in


@lru_cache(maxsize=512)
def _icon(name: str, extra: str, url: str) -> str:
    css = f"icon {escape(extra)}" if extra else "icon"
    return f'<svg class="{css}" aria-hidden="true"><use href="{escape(url)}#{escape(name)}"/></svg>'


def icon(name: str, css: str = "") -> SafeString:
    """Return a drawing from the sprite, hidden from screen readers: a word goes with it."""
    return _safe(_icon(name, css, asset_url("icons.svg")))


def rag(state: str | None, size: int = 16, *, quiet: bool = False, label: Text | None = "") -> SafeString:
    """Return red diamond R, amber triangle A, green circle G or a dashed ring, as 16 or 20 px.

    `quiet` draws green softly, for grids. `label` is what a screen reader says; the state's word by default, and None
    hides the mark because the word stands beside it.
    """
    key = state if state and state in _RAG_SHAPES else "none"
    css = f"rag rag-{key}" + (" rag-20" if size >= 20 else "") + (" rag-quiet" if quiet and key == "green" else "")
    said = 'aria-hidden="true"' if label is None else f'role="img" aria-label="{escape(label or RAG_WORDS[key])}"'
    return _safe(f'<svg class="{css}" viewBox="0 0 16 16" {said}>{_RAG_SHAPES[key]}</svg>')


def rag_badge(state: str | None, word: Text = "") -> SafeString:
    """Return the mark and its word as one badge: what a page title carries."""
    key = state if state and state in _RAG_SHAPES else "none"
    tone = "" if key == "none" else f" badge-{key}"
    return _safe(f'<span class="badge badge-large{tone}">{rag(key, label=None)}{escape(word or RAG_WORDS[key])}</span>')


def badge(text: Text, tone: str = "", icon_name: str = "") -> SafeString:
    """Return a state word on a soft fill; `tone` is one of red, amber, green, accent, plain or empty for neutral."""
    if tone not in TONES:
        raise ValueError(f"No badge tone {tone!r}; choose from {', '.join(sorted(TONES - {''}))}.")
    css = f"badge badge-{tone}" if tone else "badge"
    drawing = icon(icon_name) if icon_name else ""
    return _safe(f'<span class="{css}">{drawing}{escape(text)}</span>')


def initials(name: str) -> str:
    """Return one or two capitals: of the first and the last word of a name."""
    words = [word for word in name.replace("-", " ").split() if word[:1].isalpha()]
    if not words:
        return name[:1].upper() or "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def avatar(name: str, size: int = 22) -> SafeString:
    """Return the disc with a person's initials, hidden from screen readers: the name goes with it."""
    css = "avatar" if size == 22 else f"avatar avatar-{size}"
    return _safe(f'<span class="{css}" aria-hidden="true">{escape(initials(name))}</span>')


def person(name: str, href: str = "") -> SafeString:
    """Return initials and name, linked when there is an address; empty for nobody."""
    if not name:
        return EMPTY
    inner = f"{avatar(name)}<span>{escape(name)}</span>"
    if href:
        return _safe(f'<a class="person" href="{escape(href)}">{inner}</a>')
    return _safe(f'<span class="person">{inner}</span>')


def code(value: str, href: str = "") -> SafeString:
    """Return a record's code in the quiet tone of codes."""
    if href:
        return _safe(f'<a class="code" href="{escape(href)}">{escape(value)}</a>')
    return _safe(f'<span class="code">{escape(value)}</span>')


def link(text: Text, href: str, css: str = "name") -> SafeString:
    """Return a link; the default class is that of a record's name."""
    words = conditional_escape(str(text) if isinstance(text, Promise) else text)
    return _safe(f'<a class="{escape(css)}" href="{escape(href)}">{words}</a>')


def number(value: Number, places: int = 0) -> str:
    """Return a number with separators of the reader's locale and U+2212 when it is below zero."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = formats.number_format(abs(rounded), decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{MINUS}{text}" if rounded < 0 else text


def signed(value: Number, places: int = 0, unit: str = "") -> SafeString:
    """Return a variance with its sign, `+12` or `\u221212`; zero carries none. The sign tells, not a colour."""
    text = number(value, places)
    zero = not any(digit in text for digit in "123456789")
    sign = "" if zero or text.startswith(MINUS) else "+"
    return _safe(f"{sign}{escape(text.lstrip(MINUS) if zero else text)}{escape(unit)}")


def _scaled(value: Decimal) -> tuple[Decimal, str]:
    for size, letter in _SCALES:
        if abs(value) >= size:
            return value / size, letter
    return value, ""


def money_text(amount: Number | None, currency: str = "", *, short: bool = False, sign: bool = False) -> str:
    """Return an amount in words of its currency, `£1,200.50`; `short` gives `£39.8m`; `sign` a plus too."""
    if amount is None:
        return ""
    value = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    mark = _SIGNS.get(currency, f"{currency} " if currency else "")
    if short:
        scaled, letter = _scaled(value)
        places = 0 if abs(scaled) >= 100 or not letter else (1 if abs(scaled) >= 10 else 2)
        text = number(scaled, places) + letter
    else:
        text = number(value, 0 if value == value.to_integral_value() else 2)
    minus = text.startswith(MINUS)
    lead = MINUS if minus else ("+" if sign and value > 0 else "")
    return f"{lead}{mark}{text.removeprefix(MINUS)}"


def money(
    amount: Number | None, currency: str = "", *, short: bool = False, sign: bool = False, hover: str = ""
) -> SafeString:
    """Return an amount; `hover` is the same in the organisation's currency, shown on hover."""
    text = escape(money_text(amount, currency, short=short, sign=sign))
    return _safe(f'<span title="{escape(hover)}">{text}</span>') if hover else _safe(text)


def figure(value: Number | None, unit: str = "", places: int = 0) -> SafeString:
    """Return a figure and its unit, or an en dash said as "no value" where there is none."""
    if value is None:
        return _safe(f'<span class="none" role="img" aria-label="{escape(gettext("no value"))}">–</span>')
    return _safe(f"{escape(number(value, places))}{escape(unit)}")


def date_text(value: dt.date | dt.datetime | None, today: dt.date | None = None) -> str:
    """Return "17 Mar", with the year when it is not `today`'s."""
    if value is None:
        return ""
    day = value.date() if isinstance(value, dt.datetime) else value
    year = today is None or day.year != today.year
    return formats.date_format(day, pgettext("date with year", "j M Y") if year else pgettext("date", "j M"))


def date_(value: dt.date | dt.datetime | None, today: dt.date | None = None, *, late: bool = False) -> SafeString:
    """Return a date as `<time>`; `late` sets it in red (say why beside it)."""
    if value is None:
        return EMPTY
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    day = value.date() if isinstance(value, dt.datetime) else value
    css = ' class="is-red"' if late else ""
    return _safe(f'<time{css} datetime="{day.isoformat()}">{escape(date_text(day, today))}</time>')


def score(value: int, factors: Sequence[int] = (), state: str | None = None) -> SafeString:
    """Return a risk score as the mark, the product and its factors: 16 4\u00d74."""
    mark = f"{rag(state, quiet=True)} " if state else ""
    parts = f" <small>{'×'.join(str(f) for f in factors)}</small>" if factors else ""
    return _safe(f'{mark}<span class="score">{value}{parts}</span>')


def count(value: int) -> SafeString:
    """Return a small count, as beside a tab or a group."""
    return _safe(f'<span class="count">{escape(number(value))}</span>')


def kbd(keys: str) -> SafeString:
    """Return keys, separated by spaces, each as a key cap."""
    return _safe("".join(f"<kbd>{escape(key)}</kbd>" for key in keys.split()))

"""The components say what they should, in the right words, and let nothing through unescaped."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quarterdeck.kernel.ui import components as c
from quarterdeck.kernel.ui import marks

HOSTILE = '<img src=x onerror="alert(1)">'
TODAY = dt.date(2025, 11, 21)


@pytest.fixture(autouse=True)
def _built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw without built assets."""
    monkeypatch.setattr(c, "asset_url", lambda name: f"/static/dist/{name}")


def test_icon_points_into_the_sprite_and_is_silent() -> None:
    expected = '<svg class="icon icon-14" aria-hidden="true"><use href="/static/dist/icons.svg#inbox"/></svg>'
    assert c.icon("inbox", "icon-14") == expected


@pytest.mark.parametrize(
    ("state", "said", "letter"),
    [("red", "Red", ">R<"), ("amber", "Amber", ">A<"), ("green", "Green", ">G<"), (None, "Not assessed", "M5.6 8h4.8")],
)
def test_rag_has_shape_letter_and_word(state: str | None, said: str, letter: str) -> None:
    html = c.rag(state)
    assert f'aria-label="{said}"' in html
    assert letter in html


def test_rag_variants() -> None:
    assert 'class="rag rag-green rag-20 rag-quiet"' in c.rag("green", 20, quiet=True)
    assert "rag-quiet" not in c.rag("red", quiet=True)
    assert 'aria-hidden="true"' in c.rag("red", label=None)
    assert "rag-none" in c.rag("purple")


def test_badge_escapes_and_refuses_unknown_tones() -> None:
    assert c.badge(HOSTILE) == '<span class="badge">&lt;img src=x onerror=&quot;alert(1)&quot;&gt;</span>'
    assert c.badge("Open", "red").startswith('<span class="badge badge-red">')
    with pytest.raises(ValueError, match="No badge tone 'pink'"):
        c.badge("Open", "pink")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Priya Nair", "PN"),
        ("Łukasz", "Ł"),
        ("Ana Maria de Souza", "AS"),
        ("Jean-Luc Picard", "JP"),
        ("", "?"),
        ("  ", "?"),
        ("3M", "3"),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert c.initials(name.strip()) == expected


def test_person_is_escaped_and_empty_for_nobody() -> None:
    assert c.person("") == ""
    assert "<img" not in c.person(HOSTILE, HOSTILE)
    assert c.person("Priya Nair", "/people/7/") == (
        '<a class="person" href="/people/7/"><span class="avatar" aria-hidden="true">PN</span>'
        "<span>Priya Nair</span></a>"
    )


@pytest.mark.parametrize(
    ("amount", "options", "expected"),
    [
        (Decimal("1200"), {"currency": "GBP"}, "£1,200"),
        (Decimal("1200.5"), {"currency": "GBP"}, "£1,200.50"),
        (Decimal("-1200"), {"currency": "CHF"}, "\u2212CHF 1,200"),
        (39_800_000, {"currency": "GBP", "short": True}, "£39.8m"),
        (1_370_000, {"currency": "EUR", "short": True, "sign": True}, "+€1.37m"),
        (999, {"currency": "USD", "short": True}, "$999"),
        (-420_000, {"currency": "GBP", "short": True}, "\u2212£420k"),
        (0, {"currency": "GBP", "sign": True}, "£0"),
        (None, {"currency": "GBP"}, ""),
    ],
)
def test_money(amount: Decimal | None, options: dict[str, object], expected: str) -> None:
    assert c.money_text(amount, **options) == expected  # type: ignore[arg-type]  # a table of keyword arguments


def test_money_shows_the_other_currency_on_hover() -> None:
    assert c.money(5, "GBP", hover='€6 "x"') == '<span title="€6 &quot;x&quot;">£5</span>'


@pytest.mark.parametrize(
    ("value", "expected"), [(12, "+12"), (-12, "\u221212"), (0, "0"), (Decimal("-0.04"), "0.0"), (0.05, "+0.1")]
)
def test_signed_carries_a_true_minus_and_zero_none(value: float, expected: str) -> None:
    places = 0 if isinstance(value, int) else 1
    assert c.signed(value, places) == expected


def test_figure_rounds_half_up_and_says_when_there_is_none() -> None:
    assert c.figure(Decimal("2.5")) == "3"
    assert c.figure(1234.56, "%", 1) == "1,234.6%"
    assert 'aria-label="no value"' in c.figure(None)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(dt.date(2025, 3, 17), "17 Mar"), (dt.date(2026, 3, 17), "17 Mar 2026"), (dt.date(2025, 5, 1), "1 May")],
)
def test_dates_name_the_year_only_when_it_is_another(day: dt.date, expected: str) -> None:
    assert c.date_text(day, TODAY) == expected


def test_date_is_machine_readable() -> None:
    assert c.date_(dt.date(2025, 3, 17), TODAY, late=True) == '<time class="is-red" datetime="2025-03-17">17 Mar</time>'
    assert c.date_(None) == ""


def test_score_shows_its_factors() -> None:
    assert c.score(16, (4, 4)) == '<span class="score">16 <small>4×4</small></span>'


def test_sparkline_scales_from_lowest_to_highest_and_ends_in_a_dot() -> None:
    html = marks.sparkline([0, None, 10])
    assert 'points="2.0,15.0 60.0,3.0"' in html
    assert '<circle cx="60.0" cy="3.0" r="2"/>' in html
    assert 'aria-label="from 0 to 10, lowest 0, highest 10"' in html


def test_sparkline_of_nothing_is_nothing_and_a_flat_one_lies_in_the_middle() -> None:
    assert marks.sparkline([None, None]) == ""
    assert 'points="2.0,9.0 60.0,9.0"' in marks.sparkline([4, 4])


def test_bullet_stops_at_the_end_of_its_scale() -> None:
    html = marks.bullet(150, 90)
    assert 'class="value" x="0" y="3" width="102.0"' in html
    assert 'class="target" x="90.8"' in html
    assert 'aria-label="150, target 90"' in html


def test_bar_shows_size_whatever_the_sign() -> None:
    assert 'class="value" width="50.0"' in marks.bar(-5, 10, "adverse")
    assert 'aria-label="\u22125"' in marks.bar(-5, 10)

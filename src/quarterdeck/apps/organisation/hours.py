"""Hours of a day as text and as spans of minutes: `08:00-12:00, 13:00-17:00`."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: Minutes of a day; a span may end here, written 24:00 or 00:00.
DAY = 24 * 60
_SPAN = re.compile(r"^(\d{1,2}):(\d{2})\s*[-\u2013]\s*(\d{1,2}):(\d{2})$")


class Span(NamedTuple):
    """A stretch of one day: minutes from midnight, `end` excluded."""

    start: int
    end: int

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return self.end - self.start


def span_of(starts_at: dt.time, ends_at: dt.time) -> Span:
    """Return the span between two times of one day; an end at 00:00 is the end of the day."""
    return Span(starts_at.hour * 60 + starts_at.minute, (ends_at.hour * 60 + ends_at.minute) or DAY)


def in_order(spans: list[Span]) -> tuple[Span, ...]:
    """Return spans sorted. Raises ValidationError when one is empty or two overlap."""
    ordered = sorted(spans)
    for span in ordered:
        if not 0 <= span.start < span.end <= DAY:
            raise ValidationError(_("A shift ends after it starts. Cut one over midnight in two, at 00:00."))
    for earlier, later in itertools.pairwise(ordered):
        if later.start < earlier.end:
            raise ValidationError(
                _("%(first)s and %(second)s overlap.") % {"first": _written(earlier), "second": _written(later)}
            )
    return tuple(ordered)


def parse_hours(text: str) -> tuple[Span, ...]:
    """Return the spans that a text such as `08:00-12:00, 13:00-17:00` states.

    Raises ValidationError naming the faulty part.
    """
    spans: list[Span] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        found = _SPAN.match(part)
        numbers = [int(group) for group in found.groups()] if found else []
        if not found or numbers[1] > 59 or numbers[3] > 59 or numbers[0] > 23 or numbers[2] > 24:
            raise ValidationError(_("“%(part)s” is not a shift such as 08:00-12:00.") % {"part": part})
        spans.append(Span(numbers[0] * 60 + numbers[1], (numbers[2] * 60 + numbers[3]) or DAY))
    return in_order(spans)


def write_hours(spans: tuple[Span, ...]) -> str:
    """Return the text that `parse_hours` reads back as the same spans."""
    return ", ".join(_written(span) for span in spans)


def _written(span: Span) -> str:
    return f"{span.start // 60:02}:{span.start % 60:02}-{span.end // 60:02}:{span.end % 60:02}"

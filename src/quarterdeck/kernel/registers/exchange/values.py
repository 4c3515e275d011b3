"""From a cell as people and programs write it to the value of a field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import dateparse, formats, timezone
from django.utils.translation import gettext as _

Cell = Any
Reader = Callable[[Cell], Any]

YES = frozenset({"yes", "y", "true", "t", "1", "x", "on", "ja", "oui", "si", "sí", "✓"})
NO = frozenset({"no", "n", "false", "f", "0", "off", "nein", "non", "-", "✗"})
#: Day 0 of Excel's calendar, for days from 1 March 1900 on.
EXCEL_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001  spreadsheets know no zones
_NUMERIC_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_DAY_NAMED = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y", "%Y/%m/%d", "%Y.%m.%d")


class CellError(ValueError):
    """The cell does not fit its field; the text says what would."""


# -- numbers -----------------------------------------------------------------------------------------------------------


def comma_is_decimal(cells: Iterable[Cell]) -> bool:
    """Tell by a column's cells whether the comma separates decimals; where they leave it open, by the language."""
    for cell in cells:
        if not isinstance(cell, str):
            continue
        text = _bare(cell)
        comma, point = text.rfind(","), text.rfind(".")
        if comma >= 0 and point >= 0:
            return comma > point
        for sign, is_decimal in ((",", True), (".", False)):
            if text.count(sign) == 1:
                whole, _sign, rest = text.partition(sign)
                if len(rest) != 3 or len(whole) > 3 or whole.strip("+-") in ("", "0"):
                    return is_decimal
            elif text.count(sign) > 1:
                return not is_decimal
    return bool(formats.get_format("DECIMAL_SEPARATOR") == ",")


def _bare(text: str) -> str:
    text = text.strip().replace("\u2212", "-")
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    return re.sub(r"[\s\u00a0\u202f'’_]|[€£$¥₹₩₴%]|^[A-Z]{3}(?=[\s\d+-])|(?<=[\d\s])[A-Z]{3}$", "", text)


def number(cell: Cell, *, comma: bool = False) -> Decimal:
    """Return a cell as a number; `comma` tells that the comma separates decimals. Raises CellError."""
    if isinstance(cell, bool | dt.date | dt.time | dt.timedelta):
        raise CellError(_("“%(text)s” is not a number.") % {"text": in_words(cell)})
    if isinstance(cell, int | Decimal):
        return Decimal(cell)
    if isinstance(cell, float):
        # Fifteen digits are what a spreadsheet keeps; the rest is noise of its arithmetic.
        return Decimal(f"{cell:.15g}")
    text = _bare(str(cell))
    text = text.replace(".", "").replace(",", ".") if comma else text.replace(",", "")
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?", text):
        example = "1234,56" if comma else "1234.56"
        said = {"text": shortened(cell), "example": example}
        raise CellError(_("“%(text)s” is not a number; write it as %(example)s.") % said)
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise CellError(_("“%(text)s” is not a number.") % {"text": shortened(cell)}) from error


def whole(cell: Cell, *, comma: bool = False) -> int:
    """Return a cell as a whole number. Raises CellError."""
    value = number(cell, comma=comma)
    if value != value.to_integral_value() or abs(value) >= 2**63:
        raise CellError(_("“%(text)s” is not a whole number.") % {"text": shortened(cell)})
    return int(value)


# -- dates -------------------------------------------------------------------------------------------------------------


def day_first(cells: Iterable[Cell]) -> bool | None:
    """Tell by a column's cells whether dates such as 03/04/2026 begin with the day; None where all fit both ways."""
    for cell in cells:
        if isinstance(cell, str) and (found := _NUMERIC_DATE.fullmatch(cell.strip())):
            if found[2] == ".":
                return True
            first, second = int(found[1]), int(found[3])
            if (first > 12) != (second > 12):
                return first > 12
    return None


def locale_day_first() -> bool:
    """Tell whether the reader's language writes the day before the month."""
    for form in formats.get_format("DATE_INPUT_FORMATS"):
        if re.match(r"%[dm][./-]", str(form)):
            return str(form).startswith("%d")
    return True


def date(cell: Cell, *, first: bool = True) -> dt.date:
    """Return a cell as a date: ISO, of the reader's language, with a month's name, Excel's number. Raises CellError."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 61 <= cell < 2_958_466:
        return (EXCEL_ZERO + dt.timedelta(days=int(cell))).date()
    found = _typed_date(str(cell).strip(), first) if isinstance(cell, str) else None
    if found is None:
        raise CellError(_("“%(text)s” is not a date; write it as 2026-03-31.") % {"text": shortened(cell)})
    return found


def _typed_date(text: str, first: bool) -> dt.date | None:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ].+", text):
        text = text[:10]
    elif re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if parts := _NUMERIC_DATE.fullmatch(text):
        day, month = (parts[1], parts[3]) if first or parts[2] == "." else (parts[3], parts[1])
        year = int(parts[4]) + (0 if len(parts[4]) == 4 else 2000 if int(parts[4]) < 69 else 1900)
        try:
            return dt.date(year, int(month), int(day))
        except ValueError:
            return None
    for form in ("%Y-%m-%d", *_DAY_NAMED, *formats.get_format("DATE_INPUT_FORMATS")):
        try:
            return dt.datetime.strptime(text, str(form)).date()  # noqa: DTZ007  only its date is used
        except ValueError:
            continue
    return None


def moment(cell: Cell, *, first: bool = True) -> dt.datetime:
    """Return a cell as a moment; without a zone it is in the reader's. Raises CellError."""
    found: dt.datetime | None = None
    if isinstance(cell, dt.datetime):
        found = cell
    elif isinstance(cell, int | float) and not isinstance(cell, bool) and 61 <= cell < 2_958_466:
        found = (EXCEL_ZERO + dt.timedelta(days=cell)).replace(microsecond=0)
    elif isinstance(cell, str):
        try:
            found = dateparse.parse_datetime(cell.strip())
        except ValueError:
            found = None
        if found is None and (split := re.fullmatch(r"(.+?)[ ,]+(\d{1,2}:\d{2}(?::\d{2})?)", cell.strip())):
            found = dt.datetime.combine(date(split[1], first=first), time(split[2]))
    if found is None:
        found = dt.datetime.combine(date(cell, first=first), dt.time.min)
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def time(cell: Cell) -> dt.time:
    """Return a cell as a time of day. Raises CellError."""
    if isinstance(cell, dt.datetime):
        return cell.time()
    if isinstance(cell, dt.time):
        return cell
    if isinstance(cell, float) and 0 <= cell < 1:
        return (EXCEL_ZERO + dt.timedelta(seconds=round(cell * 86400))).time()
    try:
        found = dateparse.parse_time(str(cell).strip())
    except ValueError:
        found = None
    if found is None:
        raise CellError(_("“%(text)s” is not a time; write it as 14:30.") % {"text": shortened(cell)})
    return found


# -- the rest ----------------------------------------------------------------------------------------------------------


def yes_no(cell: Cell) -> bool:
    """Return a cell as true or false. Raises CellError."""
    if isinstance(cell, bool):
        return cell
    word = (f"{cell:g}" if isinstance(cell, float) else str(cell)).strip().casefold()
    if word in YES or word == _("yes").casefold():
        return True
    if word in NO or word == _("no").casefold():
        return False
    raise CellError(_("“%(text)s” is neither yes nor no.") % {"text": shortened(cell)})


def choice_reader(field: models.Field[Any, Any]) -> Reader:
    """Return a reader of a field's choices, by label or by value, whatever their case."""
    by_word: dict[str, Any] = {}
    for value, label in field.flatchoices:
        by_word.setdefault(str(label).casefold(), value)
    for value, _label in field.flatchoices:
        by_word.setdefault(str(value).casefold(), value)
    labels = ", ".join(str(label) for _value, label in field.flatchoices)

    def read(cell: Cell) -> Any:
        word = text_of(cell).casefold()
        if word not in by_word:
            said = {"text": shortened(cell), "choices": labels}
            raise CellError(_("“%(text)s” is not one of: %(choices)s.") % said)
        return by_word[word]

    return read


def text_of(cell: Cell) -> str:
    """Return a cell as text, as a spreadsheet shows it: 12.0 is 12, a date is ISO, line ends are one character."""
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").replace("\r", "\n").strip()
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def in_words(cell: Cell) -> str:
    """Return a cell as an error quotes it."""
    return shortened(text_of(cell))


def shortened(cell: Cell, most: int = 60) -> str:
    """Return a cell's text, cut where it is long."""
    text = " ".join(text_of(cell).split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def form_reader(field: models.Field[Any, Any]) -> Reader:
    """Return a reader by the field's own form field, for kinds without one here."""
    entry = field.formfield()

    def read(cell: Cell) -> Any:
        try:
            return entry.clean(text_of(cell)) if entry is not None else field.to_python(text_of(cell))
        except ValidationError as error:
            raise CellError(" ".join(error.messages)) from error

    return read


def reader_for(field: models.Field[Any, Any], cells: Iterable[Cell], options: Mapping[str, Any]) -> Reader:
    """Return the reader of a field's cells, having looked at the whole column for how numbers and dates are written.

    `options["day_first"]` decides dates that fit both ways. References are read by `references`.
    """
    if field.choices:
        return choice_reader(field)
    if isinstance(field, models.BooleanField):
        return yes_no
    if isinstance(field, models.IntegerField | models.DecimalField | models.FloatField):
        return _number_reader(field, comma_is_decimal(cells))
    if isinstance(field, models.DateField):
        evidence = day_first(cells)
        first = bool(options.get("day_first", locale_day_first())) if evidence is None else evidence
        read = moment if isinstance(field, models.DateTimeField) else date
        return lambda cell: read(cell, first=first)
    if isinstance(field, models.TimeField):
        return time
    return text_of if isinstance(field, models.CharField | models.TextField) else form_reader(field)


def _number_reader(field: models.Field[Any, Any], comma: bool) -> Reader:
    if isinstance(field, models.IntegerField):
        return lambda cell: whole(cell, comma=comma)
    if isinstance(field, models.FloatField):
        return lambda cell: float(number(cell, comma=comma))
    return lambda cell: number(cell, comma=comma)

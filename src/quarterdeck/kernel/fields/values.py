"""Values of custom fields: from what people type or programs send to what `Record.custom` keeps, and back to words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import dateparse, formats
from django.utils.translation import gettext as _

from quarterdeck.kernel.access.actor import Actor
from quarterdeck.kernel.access.pointers import seen
from quarterdeck.kernel.fields.definitions import Definitions, fields_for
from quarterdeck.kernel.fields.models import CustomField, Kind
from quarterdeck.kernel.money import Money, minor_units

LONGEST = {Kind.TEXT: 500, Kind.LONG_TEXT: 20_000, Kind.URL: 2_000}
#: As many decimal digits as a JSON number keeps exactly.
DIGITS = 15
DASH = "\u2013"
YES, NO = ("true", "yes", "y", "1", "on"), ("false", "no", "n", "0", "off")
AMOUNT = r"[-+\u2212]?[\d., \u00a0\u202f']+"
MONEY = re.compile(rf"(?P<amount>{AMOUNT})\s*(?P<currency>[A-Za-z]{{3}})|(?P<first>[A-Za-z]{{3}})\s*(?P<rest>{AMOUNT})")
_url = URLValidator(schemes=["http", "https"])


def clean_values(
    record_type: str,
    values: Mapping[str, Any],
    scope_path: str | None = None,
    *,
    actor: Actor | None = None,
    partial: bool = False,
    stored: Mapping[str, Any] | None = None,
    definitions: Definitions | None = None,
) -> dict[str, Any]:
    """Return `values` as `Record.custom` keeps them, or raise ValidationError with a text for each key at fault.

    Values may be typed text, JSON or Python values; empty ones are left out. With `partial` only the given keys are
    looked at and laid over `stored`; otherwise a required field must be given. What `stored` holds under keys that are
    out of use or hold elsewhere is kept. New links are checked against what the actor may see, one query for each kind
    of record linked to.
    """
    found = definitions if definitions is not None else fields_for(record_type, scope_path=scope_path)
    known = {field.key: field for field in found}
    kept = dict(stored or {})
    errors: dict[str, Any] = {key: _("There is no such field here.") for key in values if key not in known}
    result = {key: value for key, value in kept.items() if partial or key not in known}
    for key, field in known.items():
        if key not in values:
            if field.required and not partial:
                errors[key] = _("Fill this in.")
            continue
        try:
            value = parse(field, values[key])
        except ValidationError as error:
            # A choice since withdrawn or a text since too long stays on the record until someone changes it.
            if key in kept and values[key] == kept[key]:
                result[key] = kept[key]
            else:
                errors[key] = error.messages
            continue
        if value is not None:
            result[key] = value
        elif field.required:
            errors[key] = _("Fill this in.")
        else:
            result.pop(key, None)
    if actor is not None:
        errors.update(_unseen(found, result, kept, actor))
    if errors:
        raise ValidationError(errors)
    return result


def parse(definition: CustomField, value: Any) -> Any:
    """Return one value as it is kept, None when it is empty; raise ValidationError when it does not fit."""
    if isinstance(value, str):
        value = value.replace("\x00", "").strip()
    if value is None or value == "":
        return None
    return _PARSERS[Kind(definition.kind)](definition, value)


def _text(definition: CustomField, value: Any) -> str:
    if not isinstance(value, str):
        raise ValidationError(_("Text is needed here."))
    longest = LONGEST[Kind(definition.kind)]
    if len(value) > longest:
        raise ValidationError(_("At most %(count)d characters.") % {"count": longest})
    return value


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValidationError(_("A number is needed here."))
    try:
        number = Decimal(_typed(value) if isinstance(value, str) else str(value))
    except InvalidOperation:
        raise ValidationError(_("A number is needed here.")) from None
    if not number.is_finite():
        raise ValidationError(_("A number is needed here."))
    number = number.normalize()
    if len(number.as_tuple().digits) > DIGITS or abs(number.adjusted()) > DIGITS:
        raise ValidationError(_("At most %(count)d digits.") % {"count": DIGITS})
    return number


def _typed(text: str) -> str:
    """Return a number as programs write it; as typed in the reader's language, with thousands only in their places.

    `1,20` is then refused in English, rather than taken for 120.
    """
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).replace("\u2212", "-")
    if re.fullmatch(r"[-+]?\d+(\.\d+)?", plain):
        return plain
    group, point = (re.escape(str(formats.get_format(name))) for name in ("THOUSAND_SEPARATOR", "DECIMAL_SEPARATOR"))
    found = re.fullmatch(rf"(?P<whole>[-+]?(?:\d+|\d{{1,3}}(?:{group}\d{{3}})+))(?:{point}(?P<part>\d+))?", plain)
    if found is None:
        raise ValidationError(_("A number is needed here."))
    return re.sub(r"[^-+\d]", "", found["whole"]) + "." + (found["part"] or "0")


def _json_number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _number(definition: CustomField, value: Any) -> int | float:
    return _json_number(_decimal(value))


def _money(definition: CustomField, value: Any) -> dict[str, Any]:
    if isinstance(value, Money):
        amount, currency = value.amount, value.currency
    elif isinstance(value, Mapping):
        amount, currency = _decimal(value.get("amount")), str(value.get("currency", ""))
    elif isinstance(value, str) and (found := MONEY.fullmatch(value)):
        amount = _decimal((found["amount"] or found["rest"]).strip())
        currency = found["currency"] or found["first"]
    else:
        raise ValidationError(_("An amount with its currency is needed, such as 1200.50 EUR."))
    currency = currency.strip().upper()
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise ValidationError(_("A currency is three letters, such as EUR."))
    places = minor_units(currency)
    if amount != round(amount, places):
        raise ValidationError(
            _("%(currency)s has %(count)d digits after the point.") % {"currency": currency, "count": places}
        )
    return {"amount": _json_number(_decimal(amount)), "currency": currency}


def _date(definition: CustomField, value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    try:
        found = dateparse.parse_date(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    for form in formats.get_format_lazy("DATE_INPUT_FORMATS") if isinstance(value, str) and found is None else ():
        try:
            found = dt.datetime.strptime(value, str(form)).date()  # noqa: DTZ007  a date has no zone
            break
        except ValueError:
            continue
    if found is None:
        raise ValidationError(_("A date is needed here, such as 2026-03-17."))
    return found.isoformat()


def _choice(definition: CustomField, value: Any) -> str:
    wanted = str(value).casefold()
    for choice in definition.choices:
        if choice.casefold() == wanted:
            return str(choice)
    raise ValidationError(_("Choose one of: %(choices)s.") % {"choices": ", ".join(definition.choices)})


def _yes_no(definition: CustomField, value: Any) -> bool:
    word = str(value).casefold()
    if word in (*YES, _("Yes").casefold()):
        return True
    if word in (*NO, _("No").casefold()):
        return False
    raise ValidationError(_("Say yes or no."))


def _record(definition: CustomField, value: Any) -> int:
    pk = getattr(value, "pk", value)
    if isinstance(pk, str) and re.fullmatch(r"\d{1,18}", pk):
        pk = int(pk)
    if isinstance(pk, bool) or not isinstance(pk, int) or not 0 < pk < 2**63:
        raise ValidationError(_("Choose one of those listed."))
    return pk


def _address(definition: CustomField, value: Any) -> str:
    text = _text(definition, value)
    try:
        _url(text)
    except ValidationError:
        raise ValidationError(_("A web address begins with https:// or http://.")) from None
    return text


_PARSERS: dict[Kind, Callable[[CustomField, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.YES_NO: _yes_no,
    Kind.RECORD: _record,
    Kind.URL: _address,
}


def _unseen(
    definitions: Definitions, values: Mapping[str, Any], stored: Mapping[str, Any], actor: Actor
) -> dict[str, str]:
    links = [f for f in definitions if f.kind == Kind.RECORD and f.key in values and values[f.key] != stored.get(f.key)]
    errors: dict[str, str] = {}
    for target in sorted({field.target for field in links}):
        fields = [field for field in links if field.target == target]
        rows = seen(target, [values[field.key] for field in fields], actor)
        open_ = set(rows.values_list("pk", flat=True)) if rows is not None else set()
        errors.update({f.key: _("Choose one of those listed.") for f in fields if values[f.key] not in open_})
    return errors


def python_value(definition: CustomField, value: Any) -> Any:
    """Return a kept value as Python knows it (Decimal, Money, date); None for what cannot be read."""
    try:
        if value is None or value == "":
            return None
        if definition.kind == Kind.NUMBER:
            return Decimal(str(value))
        if definition.kind == Kind.MONEY:
            return Money(Decimal(str(value["amount"])), value["currency"])
        if definition.kind == Kind.DATE:
            return dt.date.fromisoformat(value)
    except (ValueError, TypeError, KeyError, InvalidOperation):
        return None
    return value


def display(definition: CustomField, value: Any, labels: Mapping[tuple[str, int], str] | None = None) -> str:
    """Return a kept value in words, in the reader's language; "" when empty.

    Links need `labels` (from `labels_for`), so that a list of any length asks the database once; a link that is not
    among them shows as a dash, as does one to a record that the reader may not see.
    """
    value = python_value(definition, value)
    if value is None:
        return ""
    if definition.kind == Kind.YES_NO:
        return _("Yes") if value else _("No")
    if definition.kind == Kind.RECORD:
        return (labels or {}).get((definition.target, value), DASH)
    if isinstance(value, Money):
        amount = formats.number_format(value.rounded.amount, minor_units(value.currency), force_grouping=True)
        return f"{amount} {value.currency}".replace("-", "\u2212", 1)
    if isinstance(value, Decimal):
        return formats.number_format(value, force_grouping=True).replace("-", "\u2212", 1)
    if isinstance(value, dt.date):
        return formats.date_format(value, "DATE_FORMAT")
    return str(value)


def labels_for(
    definitions: Definitions, customs: Iterable[Mapping[str, Any]], actor: Actor
) -> dict[tuple[str, int], str]:
    """Return the names of the linked records that the actor may see, by (type, id): one query for each type."""
    links = [field for field in definitions if field.kind == Kind.RECORD]
    wanted: dict[str, set[int]] = {}
    for custom in customs if links else ():
        for field in links:
            if isinstance(pk := custom.get(field.key), int):
                wanted.setdefault(field.target, set()).add(pk)
    found: dict[tuple[str, int], str] = {}
    for target, pks in wanted.items():
        rows = seen(target, pks, actor)
        found.update({(target, row.pk): str(row) for row in (rows if rows is not None else ())})
    return found


def export(definition: CustomField, value: Any) -> Any:
    """Return a kept value for a file, so that `parse` reads it back the same: number, date, or text."""
    value = python_value(definition, value)
    return f"{value.amount} {value.currency}" if isinstance(value, Money) else value

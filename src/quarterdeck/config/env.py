"""Typed reading of `QUARTERDECK_*` settings from the environment.

Every setting `QUARTERDECK_X` may instead be given as `QUARTERDECK_X_FILE`, the path of a file that holds the value:
that is how containers and service managers hand over secrets. Giving both is refused, since it is never clear which
was meant.
"""

import os
from collections.abc import Iterable
from pathlib import Path

PREFIX = "QUARTERDECK_"
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})

_known: set[str] = set()


class EnvError(Exception):
    """A setting cannot be used. The text is made of plain lines, one for each fault, fit to show to whoever starts the
    server."""


def _raw(name: str) -> str | None:
    _known.add(name)
    key = PREFIX + name
    value = os.environ.get(key)
    path = os.environ.get(f"{key}_FILE")
    if path is None:
        return value
    if value is not None:
        raise EnvError(f"{key} and {key}_FILE are both set: keep one of them.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise EnvError(f"{key}_FILE names {path}, which cannot be read: {reason}.") from None


def envstr(name: str, default: str = "", *, choices: Iterable[str] = ()) -> str:
    """The setting `name` (without prefix) as text; `default` when absent. Raises EnvError for a value outside
    `choices`."""
    value = _raw(name)
    if value is None:
        return default
    allowed = tuple(choices)
    if allowed and value not in allowed:
        raise EnvError(f"{PREFIX}{name} is {value!r}: use one of {', '.join(allowed)}.")
    return value


def envsecret(name: str) -> str:
    """A secret setting, "" when absent. The value never appears in an error."""
    return _raw(name) or ""


def envbool(name: str, default: bool) -> bool:
    """The setting as a truth value: 1/true/yes/on or 0/false/no/off."""
    value = _raw(name)
    if value is None or not value.strip():
        return default
    word = value.strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise EnvError(f"{PREFIX}{name} is {value!r}: use 1 or 0.")


def envint(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """The setting as a whole number between `least` and `most` (both included)."""
    value = _raw(name)
    if value is None or not value.strip():
        return default
    try:
        number = int(value)
    except ValueError:
        raise EnvError(f"{PREFIX}{name} is {value!r}: use a whole number.") from None
    if number < least or (most is not None and number > most):
        limits = f"at least {least}" if most is None else f"from {least} to {most}"
        raise EnvError(f"{PREFIX}{name} is {number}: use a number {limits}.")
    return number


def envlist(name: str, default: Iterable[str] = ()) -> list[str]:
    """The setting as a list, separated by commas; blanks around and empty parts are dropped."""
    value = _raw(name)
    if value is None:
        return list(default)
    return [part.strip() for part in value.split(",") if part.strip()]


def envpath(name: str, default: Path) -> Path:
    """The setting as an absolute path; `~` is the home folder, a relative path starts at the working folder."""
    value = _raw(name)
    return Path(value).expanduser().absolute() if value else default.absolute()


def unknown() -> list[str]:
    """Names in the environment that begin with the prefix but that no setting reads: most often a typing error."""
    given = {key for key in os.environ if key.startswith(PREFIX)}
    read = {PREFIX + name for name in _known} | {f"{PREFIX}{name}_FILE" for name in _known}
    return sorted(given - read)

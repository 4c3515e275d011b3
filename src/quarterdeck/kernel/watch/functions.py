"""What checks serve, by name: an app states the catalogue, the kernel only looks names up."""

from __future__ import annotations

from dataclasses import dataclass

from quarterdeck.kernel.notifications.messages import Text
from quarterdeck.kernel.watch.checks import checks


@dataclass(frozen=True)
class Served:
    """Something that checks serve. `takes` are what checks name as their `function`; `x.*` takes all that begin so."""

    key: str
    title: Text
    takes: tuple[str, ...]


_known: dict[str, Served] = {}


def declare(served: Served) -> None:
    """Enter what checks serve; the same key again replaces it. Raises ValueError when another takes the same name."""
    for other in _known.values():
        clash = set(other.takes) & set(served.takes)
        if other.key != served.key and clash:
            raise ValueError(f"{other.key} takes {', '.join(sorted(clash))} already.")
    _known[served.key] = served


def served_all() -> list[Served]:
    """Return what checks now serve, in the order in which it was declared."""
    serving_now = {served_by(name) for name in checks}
    return [served for served in _known.values() if served in serving_now]


def serving(function: str) -> Served | None:
    """Return what takes the function that a check names, the exact name before a beginning; None when nothing does."""
    for served in _known.values():
        if function in served.takes:
            return served
    fitting = [
        (len(name), served)
        for served in _known.values()
        for name in served.takes
        if name.endswith("*") and function.startswith(name[:-1])
    ]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def served_by(check_name: str) -> Served | None:
    """Return what a check serves; None when the check is gone or nothing takes its function."""
    known = checks.get(check_name)
    return serving(known.function) if known is not None else None


def checks_serving(key: str) -> list[str]:
    """Return the names of the checks that serve something, in order."""
    return sorted(name for name in checks if (found := served_by(name)) is not None and found.key == key)


def unmapped() -> list[str]:
    """Return the functions that checks name and nothing takes, in order."""
    return sorted({known.function for known in checks.values() if serving(known.function) is None})

"""Which functions are jobs, and when those on a schedule are due."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ParamSpec, Protocol, TypeVar

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string

Text = str | Promise
P = ParamSpec("P")
R = TypeVar("R")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Function(Protocol):
    """A job's function: takes its `Progress` and keyword arguments, returns a JSON object or nothing."""

    def __call__(self, progress: Any, /, **arguments: Any) -> dict[str, Any] | None:
        """Do the work."""
        ...


@dataclass(frozen=True)
class Definition:
    """A function as a job: `retries` after an unexpected error; `atomic`: the work and its end in one transaction."""

    name: str
    function: Callable[..., dict[str, Any] | None]
    title: Text
    retries: int
    atomic: bool

    def check(self, arguments: Mapping[str, Any]) -> None:
        """Raise TypeError when the function does not take these arguments."""
        inspect.signature(self.function).bind(None, **arguments)


@dataclass(frozen=True)
class Times:
    """A schedule: `hourly`, `daily@02:00`, `weekly@mon 06:30`, or minutes of every hour such as `*/15` or `0,30`."""

    spec: str
    minutes: tuple[int, ...] = field(default=())
    at: dt.time | None = None
    weekday: int | None = None

    @classmethod
    def parse(cls, spec: str) -> Times:
        """Read a schedule; raises ValueError for one that cannot be read."""
        if spec == "hourly":
            return cls(spec, minutes=(0,))
        if found := re.fullmatch(r"daily@(\d\d:\d\d)", spec):
            return cls(spec, at=dt.time.fromisoformat(found[1]))
        if found := re.fullmatch(rf"weekly@({'|'.join(DAYS)}) (\d\d:\d\d)", spec):
            return cls(spec, at=dt.time.fromisoformat(found[2]), weekday=DAYS.index(found[1]))
        if (found := re.fullmatch(r"\*/(\d+)", spec)) and 1 <= int(found[1]) <= 30:
            return cls(spec, minutes=tuple(range(0, 60, int(found[1]))))
        if re.fullmatch(r"\d+(,\d+)*", spec) and all(int(part) < 60 for part in spec.split(",")):
            return cls(spec, minutes=tuple(sorted({int(part) for part in spec.split(",")})))
        raise ValueError(f"“{spec}” is not a schedule: use hourly, daily@02:00, weekly@mon 06:30, */15 or 0,30.")

    def after(self, moment: dt.datetime) -> dt.datetime:
        """Return the first time after `moment`, in the organisation's time zone."""
        zone = timezone.get_default_timezone()
        if self.at is None:
            hour = moment.replace(minute=0, second=0, microsecond=0)
            times = (hour + dt.timedelta(hours=h, minutes=m) for h in (0, 1) for m in self.minutes)
            return next(time for time in times if time > moment)
        day = timezone.localtime(moment, zone).date()
        while True:
            time = dt.datetime.combine(day, self.at, tzinfo=zone)
            if time > moment and self.weekday in (None, day.weekday()):
                return time.astimezone(dt.UTC)
            day += dt.timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """A job to be queued at set times with set arguments."""

    name: str
    definition: Definition
    spec: str
    arguments: Mapping[str, Any]

    @cached_property
    def times(self) -> Times:
        """The schedule, read."""
        return Times.parse(self.spec)


definitions: dict[str, Definition] = {}
entries: dict[str, Entry] = {}
_by_function: dict[Callable[..., Any], Definition] = {}


def job(
    *, title: Text, retries: int = 2, schedule: str | None = None, atomic: bool = False, name: str = ""
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a module-level function a job; the function itself stays callable.

    `schedule` queues it without arguments at set times (see `Times`). With `atomic`, what the job wrote and its being
    done become true together: a killed worker leaves nothing half-done; on SQLite nobody else can write meanwhile.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        full = name or f"{function.__module__}.{function.__qualname__}"
        made: Any = function
        definition = Definition(full, made, title, retries, atomic)
        definitions[full] = _by_function[function] = definition
        if schedule is not None:
            _add(full, definition, schedule, {})
        return function

    return decorate


def schedule(name: str, function: Callable[..., Any], *, at: str, arguments: Mapping[str, Any] | None = None) -> None:
    """Queue a job at set times with these arguments; `name` is unique over all schedules, the last one told stands."""
    _add(name, definition_of(function), at, arguments or {})


def _add(name: str, definition: Definition, spec: str, arguments: Mapping[str, Any]) -> None:
    Times.parse(spec)
    entries[name] = Entry(name, definition, spec, arguments)


def unschedule(name: str) -> None:
    """Take a schedule away; does nothing when there is none of that name."""
    entries.pop(name, None)


def definition_of(function: Callable[..., Any]) -> Definition:
    """Return the definition of a decorated function; raises LookupError for one that is not a job."""
    try:
        return _by_function[function]
    except KeyError:
        raise LookupError(f"{function.__qualname__} is not a job: decorate it with @job.") from None


def find(name: str) -> Definition | None:
    """Return the definition with this name, importing its module when needed; None when there is no such job now."""
    if name not in definitions:
        try:
            import_string(name)
        except ImportError:
            return None
    return definitions.get(name)

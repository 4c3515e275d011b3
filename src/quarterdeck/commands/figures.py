"""Tell the figures of a node: quarterdeck figures PRJ-0042 --as-of 2026-02-28

Health, progress, indices, amounts and finish of a project, programme or portfolio and of all below it, by the last
assessment on or before the day: the same numbers as on pages, in packs and in the API. Exit status 1 when there is no
such node on that day.
"""

import argparse
import datetime as dt
import sys
from collections.abc import Iterator
from typing import Any, Final

from quarterdeck.commands import Refusal
from quarterdeck.commands.common import start

#: What the table shows: heading, field and width.
COLUMNS: Final = (
    ("HEALTH", "health", 6),
    ("DONE %", "percent", 6),
    ("SPI(T)", "spi_t", 6),
    ("SPI", "spi", 5),
    ("CPI", "cpi", 5),
    ("CUR", "currency", 4),
    ("BUDGET", "budget", 15),
    ("ACTUAL", "ac", 15),
    ("EAC", "eac", 15),
    ("FINISH", "forecast_finish", 10),
    ("LATE D", "days_late", 6),
)
HIDDEN: Final = "•••"
OF_MONEY: Final = frozenset({"budget", "ac", "eac", "cpi"})


def arguments(parser: argparse.ArgumentParser) -> None:
    """The node, the day, and how to tell."""
    parser.add_argument("node", metavar="NODE", help="code of a project, programme or portfolio")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, metavar="DATE", help="a past day, such as 2026-02-28")
    parser.add_argument("--json", action="store_true", help="every figure as one JSON object, as the API answers")
    parser.add_argument("--as", dest="email", metavar="E-MAIL", help="act as this user, with their rights")


def acting(email: str | None) -> Any:
    """Who asks: a user, or whoever runs the command."""
    from quarterdeck.kernel import clock
    from quarterdeck.kernel.access.actor import Actor
    from quarterdeck.kernel.access.models import User

    if email is None:
        return Actor.system(now=clock.now(), label="quarterdeck figures")
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise Refusal(f"There is no user {email}.")
    return Actor(user=user, now=clock.now())


def run(options: argparse.Namespace) -> int:
    """Tell the figures."""
    start()
    from quarterdeck.apps.reporting.figures import figures

    actor = acting(options.email)
    day = options.as_of or actor.today
    if day > actor.today:
        raise Refusal("There are no figures of days to come.")
    found = figures(options.node, on=day, actor=actor)
    if found is None:
        print(f"There is no {options.node} on {day}.", file=sys.stderr)
        return 1
    if options.json:
        print(found.model_dump_json())
    else:
        print("\n".join(lines([found, *found.below])))
    return 0


def lines(found: list[Any]) -> Iterator[str]:
    """Yield the table, a line for each initiative."""
    codes = max(len(one.code) for one in found)
    heads = (f"{head:>{width}}" for head, _name, width in COLUMNS)
    yield f"{'CODE':<{codes}}  {'  '.join(heads)}  NAME"
    for one in found:
        cells = (f"{text(one, name):>{width}}" for _head, name, width in COLUMNS)
        yield f"{one.code:<{codes}}  {'  '.join(cells)}  {one.name}"


def text(one: Any, name: str) -> str:
    """Return a figure in words: dots for what may not be seen, a dash for what is not known."""
    if name in OF_MONEY and not one.money:
        return HIDDEN
    value = getattr(one, name)
    if value is None:
        return "-"
    if name in ("budget", "ac", "eac"):
        return f"{value:,.2f}"
    if name in ("spi_t", "spi", "cpi"):
        return f"{value:.2f}"
    return f"{value:.0f}" if name == "percent" else str(value)

"""Fill an empty database with the demo organisation, or show how to sign in to it.

The organisation is invented. It is never mixed into a real database: one that has users is refused. With --real, a
folder of plan files is brought into the demo as a portfolio of its own, "Real projects"; again, that changes nothing.
"""

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

from quarterdeck.commands import Refusal
from quarterdeck.commands.common import has_users, migrate_database, plan_files, start


def arguments(parser: argparse.ArgumentParser) -> None:
    """Build, only show the sign-ins, or load real projects."""
    parser.add_argument("--sign-ins", action="store_true", help="show the demo's sign-ins and build nothing")
    parser.add_argument(
        "--real", type=Path, metavar="DIR", help="also load the plan files of a folder as a portfolio of real projects"
    )


def demo_package() -> Any:
    """The package that builds the demo; loaded late, since it loads every app."""
    return importlib.import_module("quarterdeck.demo")


def build() -> None:
    """Build the demo organisation as of now; the database must be empty."""
    from quarterdeck.kernel import clock

    demo = demo_package()
    try:
        demo.build(now=clock.now())
    except demo.DemoRefused as refused:
        raise Refusal(str(refused)) from None


def load_real(folder: Path) -> int:
    """Bring the plan files of a folder into the demo, telling how far it is; return how many were refused."""
    from quarterdeck.kernel import clock

    real = importlib.import_module("quarterdeck.demo.real")
    files = plan_files([folder])
    if not files:
        raise Refusal(f"There are no files in {folder}.")

    def say(number: int, name: str) -> None:
        if sys.stderr.isatty():
            print(f"\r{number} of {len(files)}: {name[:60]:<60}", end="", file=sys.stderr, flush=True)

    done = real.load(files, now=clock.now(), say=say)
    for name, why in done.refused.items():
        print(f"{name}: refused. {why}")
    print(f"{done.projects} real projects loaded.")
    return len(done.refused)


def sign_ins() -> list[str]:
    """One line for each persona of the demo that this database has, with its password."""
    from django.contrib.auth import get_user_model

    here = set(get_user_model()._default_manager.values_list("email", flat=True))
    found = [persona for persona in getattr(demo_package(), "PERSONAS", ()) if persona.email in here]
    width = max((len(persona.email) for persona in found), default=0)
    return [f"  {persona.email:<{width}}  {persona.password}  {persona.title}" for persona in found]


def run(options: argparse.Namespace) -> int:
    """Build into an empty database, then show the sign-ins."""
    from django.conf import settings

    start()
    if settings.PRODUCTION:
        raise Refusal("The demo is not for production: its passwords are published.")
    migrate_database()
    refused = 0
    if options.real is not None and demo_package().is_demo():
        refused = load_real(options.real)
    elif not options.sign_ins:
        if has_users():
            raise Refusal(
                "This database is in use. The demo needs an empty one: set QUARTERDECK_DATA_DIR to a new folder."
            )
        build()
        if options.real is not None:
            refused = load_real(options.real)
    print("\n".join(sign_ins()) or "This database has no demo.")
    return 1 if refused else 0

"""Fill an empty database with the demo organisation, or show how to sign in to it.

The organisation is invented. It is never mixed into a real database: one that has users is refused.
"""

import argparse
import importlib
from typing import Any

from quarterdeck.commands import Refusal
from quarterdeck.commands.common import has_users, migrate_database, start


def arguments(parser: argparse.ArgumentParser) -> None:
    """Build, or only show the sign-ins."""
    parser.add_argument("--sign-ins", action="store_true", help="show the demo's sign-ins and build nothing")


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
    if not options.sign_ins:
        if has_users():
            raise Refusal(
                "This database is in use. The demo needs an empty one: set QUARTERDECK_DATA_DIR to a new folder."
            )
        build()
    print("\n".join(sign_ins()) or "This database has no demo.")
    return 0

"""The `quarterdeck` command.

Each module of `quarterdeck.commands` is one subcommand: its docstring is its help, `arguments` declares what it takes,
`run` does it. A `Refusal` or a faulty setting ends in one plain line each on standard error and exit status 2.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from quarterdeck import __version__
from quarterdeck.commands import NAMES, Refusal

INTRODUCTION = """\
Quarterdeck, a Project Management Office on your own server.

A first try:        quarterdeck serve              opens the demo organisation at http://127.0.0.1:8000
A real one:         quarterdeck serve --no-demo    the first visitor makes the first administrator
Keep it safe:       quarterdeck backup office.zip  everything, uploads included, while people work
"""

SETTINGS = """\
Settings come from the environment; each QUARTERDECK_X may be QUARTERDECK_X_FILE, the path of a file with the value:
  QUARTERDECK_MODE          local (default) or production, which refuses unsafe settings
  QUARTERDECK_URL           the address people open, such as https://pmo.example.org
  QUARTERDECK_SECRET_KEY    50 or more random characters; needed in production
  QUARTERDECK_DATABASE_URL  postgresql://user:password@host:5432/name; default a SQLite file in the data folder
  QUARTERDECK_DATA_DIR      the folder for the SQLite file and uploads
  QUARTERDECK_EMAIL_URL     smtp://user:password@host:587; default: mail is written to the log
`quarterdeck check` tells what is in force and what is wrong with it.
"""


class Command(Protocol):
    """What a module of `quarterdeck.commands` offers."""

    __doc__: str

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it; the exit status."""


def command(name: str) -> Command:
    """The module of one subcommand."""
    return cast(Command, importlib.import_module(f"quarterdeck.commands.{name}"))


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("quarterdeck", description=INTRODUCTION, epilog=SETTINGS, formatter_class=raw)
    parser.add_argument("--version", action="version", version=f"quarterdeck {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in NAMES:
        module = command(name)
        text = module.__doc__.strip()
        subparser = subparsers.add_parser(name, help=text.splitlines()[0], description=text, formatter_class=raw)
        module.arguments(subparser)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status: 0 done, 1 something failed, 2 refused."""
    options = build_parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterdeck.config.settings")
    from quarterdeck.config.env import EnvError

    try:
        return command(options.command).run(options)
    except (EnvError, Refusal) as refusal:
        for line in str(refusal).splitlines():
            print(f"quarterdeck: {line}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `quarterdeck check | head`: nobody reads on
        os.dup2(os.open(Path(os.devnull), os.O_WRONLY), sys.stdout.fileno())
        return 0

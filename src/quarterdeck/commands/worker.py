"""Run background jobs: reports, imports, mail, the nightly checks.

`serve` starts one by itself. Start more, on this or other machines with the same database, when jobs queue up.
"""

import argparse
import signal
import threading

from quarterdeck.commands.common import start


def arguments(parser: argparse.ArgumentParser) -> None:
    """With `--parent`, end when that process ends."""
    parser.add_argument("--parent", type=int, metavar="PID", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Work until told to stop; the job in hand is finished first."""
    from quarterdeck.commands.processes import end_with

    start()
    if options.parent:
        end_with(options.parent)
    from quarterdeck.kernel.jobs import worker

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    worker.run(stop=stop)
    return 0

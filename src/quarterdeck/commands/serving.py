"""What each server process of `quarterdeck serve` runs: the WSGI application, for as long as the main process lives.

Without this, server processes outlive a main process that was killed, and keep its port. While the first requests come
in, the engine is loaded beside them: whoever opens a plan first need not wait for that.
"""

import multiprocessing
import threading

from quarterdeck.commands.processes import end_with
from quarterdeck.config.wsgi import application

__all__ = ["application"]

_main = multiprocessing.parent_process()
if _main is not None and _main.pid is not None:
    end_with(_main.pid)


def _warm() -> None:
    from quarterdeck.apps.delivery.selectors.warming import warm

    warm()


if _main is not None:
    threading.Thread(target=_warm, name="warm", daemon=True).start()

"""What child processes share: how far they may go, and one answer for each piece of work.

A piece of work is a line of JSON on standard input: the file to read, where its outcome goes, and the name by which
people know the file. Each is answered with one line on standard output, an object whose `code` is `ok` or says why not.
"""

import errno
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

Answer = dict[str, Any]
Do = Callable[[Path, Path, str], Answer | None]
#: The code of a refusal that the computer is the cause of, not the file: no room, no rights.
DISK: Final = "disk"


def limit(space: int, file_size: int = 1 << 30) -> None:
    """Let this process have so many bytes of addresses, write no large files and no core dumps."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (space, space))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))


def alarm(seconds: int) -> None:
    """End the process after so many seconds, whatever it is doing; 0: never mind."""
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(seconds)


def answers() -> Any:
    """Return where answers go; what libraries print goes elsewhere from now on."""
    found = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return found


def serve(do: Do, reason: Callable[[Exception], Answer], seconds: int, out: Any) -> None:
    """Do what standard input says until it ends, each piece within so many seconds."""
    for line in sys.stdin:
        source, target, name = json.loads(line)
        alarm(seconds)
        try:
            answer = do(Path(source), Path(target), name) or {"code": "ok"}
        except OSError as refused:  # a file that is broken raises other things
            answer = {"code": DISK, "said": os.strerror(refused.errno or errno.EIO)}
        except Exception as refused:  # odd files raise odd errors: one of them ends none of the others
            answer = reason(refused)
        alarm(0)
        out.write(json.dumps(answer) + "\n")
        out.flush()

"""The child process: starts a Java machine once, then reads or writes plan files.

    python -m quarterdeck.apps.delivery.exchange.java.child read|write HEAP SECONDS

Each line of standard input is one piece of work: two paths with a tab between. To read: the plan file, and where its
document goes as JSON. To write: where the document lies, and the file to make. Each piece answers with one line on
standard output, `ok` or `no` and a reason as JSON text, so that who started this process knows at which it ended.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any, Final

import jpype
import msgspec

from quarterdeck.apps.delivery.exchange.document import PlanDocument
from quarterdeck.apps.delivery.exchange.java import machine
from quarterdeck.apps.delivery.exchange.java.reader import NoPlan, Reader, first_line
from quarterdeck.apps.delivery.exchange.java.writer import write_mspdi

#: How the process ends where there is no Java machine to start.
NOT_STARTED: Final = 4
#: Causes of an error that are looked at, one behind the other.
DEPTH: Final = 10
#: Words in what the libraries say of a file, and the code of `process.REASONS` for them.
SAID: Final = {
    "password": "password",
    "invalid file format": "format",
    "outofmemory": "memory",
    "doctype is disallowed": "hostile",
    "structures must start and end": "cut",
    "premature end of file": "cut",
    "past the end of the file": "cut",
}


def read(source: str, target: str) -> None:
    """Read a plan file into a document."""
    found = Reader(Path(source)).document()
    Path(target).write_bytes(msgspec.json.encode(found))


def write(source: str, target: str) -> None:
    """Write a document as MSPDI."""
    write_mspdi(msgspec.json.decode(Path(source).read_bytes(), type=PlanDocument), target)


def reason(refused: BaseException) -> dict[str, str]:
    """Return why a piece of work failed, as a code with what was said."""
    if isinstance(refused, NoPlan):
        return {"code": "format", "said": ""}
    chain = [refused]
    while isinstance(chain[-1], jpype.JException) and chain[-1].getCause() is not None and len(chain) < DEPTH:
        chain.append(chain[-1].getCause())
    whole = " ".join(map(str, chain)).lower()
    code = next((code for word, code in SAID.items() if word in whole), "broken")
    return {"code": code, "said": first_line(chain[-1])}


def main(arguments: list[str]) -> None:
    """Do what standard input says until it ends."""
    work, heap, seconds = arguments[0], int(arguments[1]), int(arguments[2])
    do = {"read": read, "write": write}[work]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    try:
        machine.start(heap)
    except Exception:  # whatever is missing or broken, nothing can be read here
        sys.exit(NOT_STARTED)
    for line in sys.stdin:
        source, target = line.rstrip("\n").split("\t")
        answer: dict[str, Any] = {"code": "ok"}
        machine.alarm(seconds)
        try:
            do(source, target)
        except Exception as refused:  # odd files raise odd errors: one of them ends none of the others
            answer = reason(refused)
        machine.alarm(0)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1:])

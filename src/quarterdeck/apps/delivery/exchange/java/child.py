"""The child process: starts a Java machine once, then reads or writes plan files.

    python -m quarterdeck.apps.delivery.exchange.java.child read|write LIMITS

`LIMITS` is a `Limits` as JSON; standard input and output are those of `serving`. To read: the plan file, and where its
document goes as JSON. To write: where the document lies, and the file to make.
"""

import sys
from pathlib import Path
from typing import Any, Final

import jpype
import msgspec

from quarterdeck.apps.delivery.exchange.document import PlanDocument
from quarterdeck.apps.delivery.exchange.java import machine
from quarterdeck.apps.delivery.exchange.java.reader import NoPlan, Reader, first_line
from quarterdeck.apps.delivery.exchange.java.writer import write_mspdi
from quarterdeck.apps.delivery.exchange.limits import Limits
from quarterdeck.apps.delivery.exchange.serving import Answer, Do, answers, serve

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


def read(source: Path, target: Path, _name: str) -> None:
    """Read a plan file into a document."""
    found = Reader(source).document()
    target.write_bytes(msgspec.json.encode(found))


def write(source: Path, target: Path, _name: str) -> Answer:
    """Write a document as MSPDI."""
    left = write_mspdi(msgspec.json.decode(source.read_bytes(), type=PlanDocument), str(target))
    return {"code": "ok", "left_out": left}


def reason(refused: Exception) -> dict[str, str]:
    """Return why a piece of work failed, as a code with what was said."""
    if isinstance(refused, NoPlan):
        return {"code": "format", "said": ""}
    chain: list[Any] = [refused]
    while isinstance(chain[-1], jpype.JException) and chain[-1].getCause() is not None and len(chain) < DEPTH:
        chain.append(chain[-1].getCause())
    whole = " ".join(map(str, chain)).lower()
    code = next((code for word, code in SAID.items() if word in whole), "broken")
    return {"code": code, "said": first_line(chain[-1])}


def main(arguments: list[str]) -> None:
    """Do what standard input says until it ends."""
    limits = msgspec.json.decode(arguments[1], type=Limits)
    works: dict[str, Do] = {"read": read, "write": write}
    do = works[arguments[0]]
    out = answers()
    try:
        machine.start(limits.heap, Path.cwd())
    except Exception:  # whatever is missing or broken, nothing can be read here
        sys.exit(NOT_STARTED)
    serve(do, reason, limits.seconds, out)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Run in a process of its own: upload, write, or write and stop in the middle. The killed-import test drives it."""

from __future__ import annotations

import sys
import time

import django

django.setup()

from quarterdeck.apps.organisation.models import Currency  # noqa: E402  needs Django set up
from quarterdeck.kernel import clock  # noqa: E402
from quarterdeck.kernel.access.actor import Actor  # noqa: E402
from quarterdeck.kernel.audit.models import Change  # noqa: E402
from quarterdeck.kernel.registers import find  # noqa: E402
from quarterdeck.kernel.registers.exchange import importing  # noqa: E402
from quarterdeck.kernel.registers.models import ImportFile, ImportRun  # noqa: E402

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def main() -> None:
    command = sys.argv[1]
    actor = Actor.system(now=clock.now())
    if command == "upload":
        register = find("currencies")
        assert register is not None
        lines = "".join(f"Q{a}{b},Name\n" for a in LETTERS for b in LETTERS[:8])
        content = f"Code,Name\n{lines}".encode()
        importing.import_file(register=register, actor=actor, name="many.csv", content=content, write_it=False)
    elif command in ("write", "hang"):
        seen = 0

        def step(count: int) -> None:
            nonlocal seen
            seen += count
            if command == "hang" and seen > 50:
                sys.stdout.write("middle\n")
                sys.stdout.flush()
                time.sleep(60)

        importing.commit(run=ImportRun.objects.get(), actor=actor, step=step)
    else:
        run = ImportRun.objects.get()
        changes = Change.objects.filter(batch=run.batch).count()
        sys.stdout.write(f"{run.state} {Currency.objects.count()} {changes} {ImportFile.objects.count()}\n")


if __name__ == "__main__":
    main()

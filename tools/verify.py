"""Everything `make test` checks, in order, quiet while it is fine.

    python tools/verify.py                  all steps
    python tools/verify.py format types     only those
    python tools/verify.py --list           their names

Each step is one line with its seconds; a step that fails shows its output. The last line adds up the tests of all
suites.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from hatch_build import build_assets, install_packages, node_environment  # noqa: E402  needs the path above
from tools.postgres import PostgresError, server  # noqa: E402  needs the path above

BIN = Path(sys.executable).parent
CODE = ["src", "tests", "tools", "hatch_build.py"]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Rooms without database, which are tried on real files where there are any.
ENGINE, FILES = "tests/engine", "tests/apps/delivery/exchange"
KEPT_APART = [f"--ignore={ENGINE}", f"--ignore={FILES}"]
SHARED = {name: value for name in ("QUARTERDECK_SHARED_DATA",) if (value := os.environ.get(name))}
FACTS = "DEMO_FACTS"
COUNT = re.compile(r"(\d+) (passed|failed|skipped|error|errors|xfailed)\b")
NODE_COUNT = re.compile(r"^(?:#|ℹ) (pass|fail|skipped) (\d+)$", re.MULTILINE)
NO_TESTS = 5
"""pytest's exit status when it found no test."""


class StepError(Exception):
    """A step failed; the text is its output."""


def environment(**extra: str) -> dict[str, str]:
    """This process's environment without the caller's own Quarterdeck settings, which would change what is tested.

    Compiled modules are kept, whatever the caller says of that: tests start some hundred processes, and each would
    compile a thousand modules anew, three seconds of five.
    """
    dropped = ("QUARTERDECK_", "PYTHONDONTWRITEBYTECODE")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    own = {
        "DJANGO_SETTINGS_MODULE": "quarterdeck.config.settings",
        "PYTHONPYCACHEPREFIX": str(ROOT / "var" / "pycache"),
        "PYTHONUNBUFFERED": "1",
    }
    return kept | own | extra


def chromium() -> str | None:
    """The browser for journeys: QUARTERDECK_CHROMIUM, or the first one found; None when there is none."""
    named = os.environ.get("QUARTERDECK_CHROMIUM")
    return named or next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def execute(
    command: list[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None, fine: tuple[int, ...] = (0,)
) -> str:
    """Run a command and return what it wrote. Raises StepError when its exit status is not `fine`."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env or environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode not in fine:
        raise StepError(done.stdout)
    return done.stdout


class Verification:
    """One run: its steps and the tests counted so far."""

    def __init__(self) -> None:
        self.totals: Counter[str] = Counter()
        self.facts: Path | None = None
        self.compiling: subprocess.Popen[bytes] | None = None
        self.steps: dict[str, Callable[[], str]] = {
            "format": lambda: self.tool("ruff", "format", "--check", "--quiet", "."),
            "lint": lambda: self.tool("ruff", "check", "--quiet", "."),
            "types": lambda: self.tool("mypy", *CODE),
            "imports": lambda: self.tool("lint-imports"),
            "migrations": lambda: self.tool("python", "-m", "django", "makemigrations", "--check", "--dry-run"),
            "assets": self.assets,
            "typescript": lambda: self.npm("check"),
            "frontend": lambda: self.npm("test"),
            "engine": self.engine,
            "files": lambda: self.pytest(FILES, **SHARED),
            "sqlite": self.sqlite,
            "postgresql": self.postgresql,
            "browser": self.browser,
        }

    def tool(self, name: str, *arguments: str) -> str:
        """A program of the virtual environment that says nothing worth keeping."""
        data = ROOT / "var"
        data.mkdir(exist_ok=True)
        execute([str(BIN / name), *arguments])
        return ""

    def assets(self) -> str:
        """Bundle scripts and styles when they are not fresh."""
        return "built" if build_assets() else "fresh"

    def npm(self, script: str) -> str:
        """A script of `frontend/package.json`."""
        folder = ROOT / "frontend"
        install_packages(folder)
        node, npm, env = node_environment()
        output = execute([node, str(npm), "run", "--silent", script], cwd=folder, env=env)
        counts = {word: int(number) for word, number in NODE_COUNT.findall(output)}
        names = {"pass": "passed", "fail": "failed", "skipped": "skipped"}
        for word, number in counts.items():
            self.totals[names[word]] += number
        return f"{counts['pass']} passed" if "pass" in counts else ""

    def pytest(self, *arguments: str, **env: str) -> str:
        """A run of pytest; its counts are added to the totals."""
        spread = ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile", "--no-loadscope-reorder"]
        command = [str(BIN / "python"), "-m", "pytest", "-q", "--no-header", "--tb=short", *spread, *arguments]
        failure = None
        try:
            output = execute(command, env=environment(**env), fine=(0, NO_TESTS))
        except StepError as error:
            failure, output = error, str(error)
        last = next((line for line in reversed(output.splitlines()) if COUNT.search(line)), "")
        counts = [(int(number), word) for number, word in COUNT.findall(last)]
        for number, word in counts:
            self.totals["failed" if word.startswith(("fail", "error")) else word] += number
        if failure:
            raise failure
        return ", ".join(f"{number} {word}" for number, word in counts) or "no tests"

    def compile_beside(self) -> None:
        """Begin to compile the engine by its examples while the first steps leave a processor idle."""
        command = [str(BIN / "python"), "-m", "pytest", "-q", f"{ENGINE}/test_doctests.py"]
        self.compiling = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def engine(self) -> str:
        """The engine's tests, when what was begun to be compiled is: two processes would compile the same twice."""
        if self.compiling:
            self.compiling.wait()
        return self.pytest(ENGINE, **SHARED)

    def sqlite(self) -> str:
        """Everything but the browser's; the demo's facts are handed on to be compared with those on PostgreSQL."""
        self.facts = ROOT / "var" / "demo-facts.json"
        self.facts.unlink(missing_ok=True)
        return self.pytest("-m", "not browser", *KEPT_APART, **{FACTS: str(self.facts)})

    def postgresql(self) -> str:
        """The same tests on PostgreSQL, by a server of our own."""
        given = {FACTS: str(self.facts)} if self.facts is not None and self.facts.exists() else {}
        try:
            with server() as address:
                return self.pytest(
                    "-m", "not browser and not once", *KEPT_APART, QUARTERDECK_DATABASE_URL=address, **given
                )
        except PostgresError as error:
            raise StepError(str(error)) from None

    def browser(self) -> str:
        """Journeys in a real browser; without one they count as skipped."""
        found = chromium()
        result = self.pytest("-m", "browser", **({"QUARTERDECK_CHROMIUM": found} if found else {}))
        return result if found else f"{result} (no Chromium here: install it, or set QUARTERDECK_CHROMIUM)"

    def run(self, names: list[str]) -> int:
        """Run these steps; the number that failed."""
        failed = 0
        if "engine" in names[1:]:
            self.compile_beside()
        for name in names:
            began = time.monotonic()
            try:
                word, note, output = "ok", self.steps[name](), ""
            except StepError as error:
                word, note, output = "FAILED", "", str(error)
                failed += 1
            except (subprocess.CalledProcessError, OSError) as error:
                word, note, output = "FAILED", "", str(error)
                failed += 1
            print(f"{name:<12} {word:<6} {time.monotonic() - began:6.1f} s  {note}".rstrip(), flush=True)
            if output:
                print(output.rstrip() + "\n", flush=True)
        return failed


def main(arguments: list[str]) -> int:
    """Run the named steps, or all; 0 when nothing failed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the database server is stopped on the way out
    verification = Verification()
    if "--list" in arguments:
        print("\n".join(verification.steps))
        return 0
    unknown = [name for name in arguments if name not in verification.steps]
    if unknown:
        print(f"No step is called {unknown[0]}. Steps: {', '.join(verification.steps)}")
        return 2
    began = time.monotonic()
    try:
        failed = verification.run(arguments or list(verification.steps))
    finally:
        if verification.compiling:
            verification.compiling.terminate()
    totals = verification.totals
    print(
        f"{failed} steps failed, {time.monotonic() - began:.0f} s"
        if failed
        else f"All steps fine, {time.monotonic() - began:.0f} s"
    )
    print(f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
    sys.exit(130)

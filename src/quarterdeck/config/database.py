"""The database from one address: SQLite by default, PostgreSQL for teams."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from quarterdeck.config.env import EnvError

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=268435456; PRAGMA cache_size=-65536; "
    "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864"
)


def sqlite(path: Path) -> dict[str, Any]:
    """Settings for a SQLite file: write-ahead log, one writer at a time behind a file lock, 64 MB cache, 256 MB
    mapped."""
    return {
        "ENGINE": "quarterdeck.kernel.db.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
    }


def postgresql(address: str) -> dict[str, Any]:
    """Settings for `postgresql://user:password@host:port/name?option=value`; `host=` as an option may be a socket
    folder."""
    parts = urlsplit(address)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    try:
        port = parts.port
    except ValueError:
        raise EnvError("QUARTERDECK_DATABASE_URL: the port is not a number from 0 to 65535.") from None
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise EnvError("QUARTERDECK_DATABASE_URL names no database: postgresql://user:password@host:5432/NAME.")
    return {
        "ENGINE": "quarterdeck.kernel.db.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def database(address: str, *, default: Path) -> dict[str, Any]:
    """The Django settings of the database at `address`; the SQLite file `default` when the address is empty."""
    if not address:
        return sqlite(default)
    scheme, _, rest = address.partition("://")
    if scheme in ("postgres", "postgresql"):
        return postgresql(address)
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        return sqlite(Path(unquote(rest[1:])).expanduser().absolute())
    raise EnvError(
        "QUARTERDECK_DATABASE_URL: use postgresql://user:password@host:5432/name or sqlite:////path/to/file."
    )

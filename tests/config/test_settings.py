"""Addresses become settings; production refuses what is unsafe."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from quarterdeck.config.database import database
from quarterdeck.config.env import EnvError
from quarterdeck.config.logs import JsonFormatter
from quarterdeck.config.mail import mail_settings
from quarterdeck.config.production import Posture, faults

SAFE = {
    "secret_key": "abcdefghij" * 5,
    "debug": False,
    "address": "https://pmo.example.org",
    "allowed_hosts": ("pmo.example.org",),
    "demo_personas": False,
}


def test_a_safe_posture_has_no_faults() -> None:
    assert faults(Posture(**SAFE)) == []  # type: ignore[arg-type]  # one dict for all types of field


@pytest.mark.parametrize(
    ("change", "begins"),
    [
        ({"secret_key": ""}, "QUARTERDECK_SECRET_KEY is missing"),
        ({"secret_key": "a" * 60}, "QUARTERDECK_SECRET_KEY is weak"),
        ({"debug": True}, "QUARTERDECK_DEBUG is on"),
        ({"address": ""}, "QUARTERDECK_URL is missing"),
        ({"address": "http://pmo.example.org"}, "QUARTERDECK_URL is not https"),
        ({"allowed_hosts": ()}, "QUARTERDECK_ALLOWED_HOSTS is empty"),
        ({"allowed_hosts": ("*",)}, "QUARTERDECK_ALLOWED_HOSTS is *"),
        ({"demo_personas": True}, "QUARTERDECK_DEMO_PERSONAS is on"),
    ],
)
def test_each_unsafe_setting_is_one_line(change: dict[str, object], begins: str) -> None:
    found = faults(Posture(**(SAFE | change)))  # type: ignore[arg-type]  # one dict for all types of field
    assert len(found) == 1
    assert found[0].startswith(begins)
    assert "\n" not in found[0]


def command(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own, with these settings and no others."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("QUARTERDECK_")}
    given = {f"QUARTERDECK_{key}": value for key, value in settings.items()}
    program = [sys.executable, "-m", "quarterdeck", *arguments]
    return subprocess.run(program, env=kept | given, capture_output=True, text=True, check=False, timeout=120)


def test_production_refuses_to_start(tmp_path: Path) -> None:
    done = command("serve", MODE="production", DEBUG="1", DEMO_PERSONAS="1", DATA_DIR=str(tmp_path))
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert [line.split()[1] for line in lines] == [
        "QUARTERDECK_SECRET_KEY",
        "QUARTERDECK_DEBUG",
        "QUARTERDECK_URL",
        "QUARTERDECK_ALLOWED_HOSTS",
        "QUARTERDECK_DEMO_PERSONAS",
    ]
    assert list(tmp_path.iterdir()) == []


def test_production_starts_when_safe(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("0123456789" * 6)
    data = tmp_path / "data"
    done = command(
        "migrate", MODE="production", SECRET_KEY_FILE=str(secret), URL="https://pmo.example.org", DATA_DIR=str(data)
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (data / "quarterdeck.sqlite3").exists()
    assert data.stat().st_mode & 0o777 == 0o700


def test_postgresql_address() -> None:
    found = database("postgresql://me:p%40ss@db.example:5433/pmo?sslmode=require", default=Path("x"))
    assert found["ENGINE"] == "quarterdeck.kernel.db.postgresql"
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("me", "p@ss", "db.example", "5433")
    assert found["NAME"] == "pmo"
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_postgresql_socket() -> None:
    found = database("postgres://me@/pmo?host=%2Frun%2Fpg", default=Path("x"))
    assert (found["HOST"], found["PORT"], found["NAME"], found["OPTIONS"]) == ("/run/pg", "", "pmo", {})


def test_sqlite_addresses(tmp_path: Path) -> None:
    assert database("", default=tmp_path / "a.db")["NAME"] == str(tmp_path / "a.db")
    assert database("sqlite:////data/b.db", default=tmp_path)["NAME"] == "/data/b.db"


@pytest.mark.parametrize(
    "address", ["mysql://x/y", "postgresql://host", "postgresql://host:x/y", "sqlite://", "pmo.db"]
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(EnvError, match="QUARTERDECK_DATABASE_URL"):
        database(address, default=Path("x"))


def test_mail_addresses() -> None:
    assert mail_settings("")["EMAIL_BACKEND"].endswith("console.EmailBackend")
    plain = mail_settings("smtp://u:p%3A@mail.example:2525")
    assert (plain["EMAIL_HOST"], plain["EMAIL_PORT"], plain["EMAIL_HOST_PASSWORD"]) == ("mail.example", 2525, "p:")
    assert (plain["EMAIL_USE_TLS"], plain["EMAIL_USE_SSL"]) == (True, False)
    assert mail_settings("smtp://mail.example?tls=0")["EMAIL_USE_TLS"] is False
    implicit = mail_settings("smtps://mail.example")
    assert (implicit["EMAIL_PORT"], implicit["EMAIL_USE_TLS"], implicit["EMAIL_USE_SSL"]) == (465, False, True)
    with pytest.raises(EnvError, match="QUARTERDECK_EMAIL_URL"):
        mail_settings("mail.example")


def test_json_log_line() -> None:
    record = logging.LogRecord("q.jobs", logging.WARNING, __file__, 1, "late by %s", (3,), None)
    record.job = 7
    entry = json.loads(JsonFormatter().format(record))
    assert (entry["level"], entry["logger"], entry["message"], entry["job"]) == ("WARNING", "q.jobs", "late by 3", 7)

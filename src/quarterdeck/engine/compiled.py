"""The one door to the compiler.

A room with compiled code keeps it in a module of its own, `kernels`, and the room's public functions import that module
when first called: numba takes longer to import than the whole engine may. Kernels are plain loops over arrays; they are
cached on disk, release the interpreter's lock (so that threads of the caller's own run them side by side), and know
nothing of thread counts, which would spoil the cache.

Numba takes what is cached as fresh while the file of the function itself is as it was. A kernel is made of functions
and constants of other files too, so that an upgrade in place would go on with parts of the engine before it. Here it
is fresh while the whole engine is.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import caching
from numba.core import config as _config

Function = TypeVar("Function", bound=Callable[..., Any])


OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
BARE = OPTIONS | {"_nrt": False}


@cache
def sources() -> str:
    """The digest of every source file of the engine."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _Whole:
    """Has cached code fresh while the whole engine is as it was."""

    def get_source_stamp(self) -> str:
        """What the code was compiled from."""
        return sources()


class Told(_Whole, caching.UserProvidedCacheLocator):
    """The cache where NUMBA_CACHE_DIR says."""


class BesideSource(_Whole, caching.InTreeCacheLocator):
    """The cache in `__pycache__`."""


class OfUser(_Whole, caching.UserWideCacheLocator):
    """The cache in the user's own folder, where that of the source cannot be written."""


#: Numba writes its settings into the module at run time.
config: Any = _config
PLACES = ",".join(f"{__name__}.{place.__name__}" for place in (Told, BesideSource, OfUser))


@contextmanager
def _places() -> Iterator[None]:
    """Cache what is decorated meanwhile in the places above; other users of numba keep theirs."""
    before, config.CACHE_LOCATOR_CLASSES = config.CACHE_LOCATOR_CLASSES, PLACES
    try:
        yield
    finally:
        config.CACHE_LOCATOR_CLASSES = before


def _made(function: Function, options: dict[str, Any]) -> Function:
    with _places():
        return cast(Function, numba.njit(**options)(function))


def compiled(function: Function) -> Function:
    """The function, compiled at its first call for the types it is called with; cached on disk."""
    return _made(function, OPTIONS)


def compiled_bare(function: Function) -> Function:
    """As `compiled`, for a function that allocates no memory, views and tuples of arrays apart.

    It counts no references, which otherwise costs more than the arithmetic where small functions hand arrays about.
    """
    return _made(function, BARE)


def compiled_inline(function: Function) -> Function:
    """As `compiled_bare`, and made part of each kernel that calls it, so that a call costs nothing."""
    return _made(function, BARE | {"forceinline": True})

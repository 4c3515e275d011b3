"""The one door to the compiler.

A room with compiled code keeps it in a module of its own, `kernels`, and the room's public functions import that module
when first called: numba takes longer to import than the whole engine may. Kernels are plain loops over arrays; they are
cached on disk, release the interpreter's lock (so that threads of the caller's own run them side by side), and know
nothing of thread counts, which would spoil the cache.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
BARE = OPTIONS | {"_nrt": False}


def compiled(function: Function) -> Function:
    """The function, compiled at its first call for the types it is called with; cached on disk."""
    return cast(Function, numba.njit(**OPTIONS)(function))


def compiled_bare(function: Function) -> Function:
    """As `compiled`, for a function that allocates no memory, views and tuples of arrays apart.

    It counts no references, which otherwise costs more than the arithmetic where small functions hand arrays about.
    """
    return cast(Function, numba.njit(**BARE)(function))


def compiled_inline(function: Function) -> Function:
    """As `compiled_bare`, and made part of each kernel that calls it, so that a call costs nothing."""
    return cast(Function, numba.njit(**BARE, forceinline=True)(function))

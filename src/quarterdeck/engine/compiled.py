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


def compiled(function: Function) -> Function:
    """The function, compiled at its first call for the types it is called with; cached on disk."""
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def compiled_inline(function: Function) -> Function:
    """As `compiled`, and written into each kernel that calls it."""
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")(function))


def compiled_bare(function: Function) -> Function:
    """As `compiled`, without counting references to arrays: for kernels that make none and only pass rows on.

    Counting costs as much as the work on a row of some dozen numbers, and such kernels are called a million times.
    """
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy", _nrt=False)(function))

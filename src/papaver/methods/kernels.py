"""Compiling numerical kernels with numba, so that an installation nobody can write to still works."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def kernel(function: Kernel) -> Kernel:
    """Compile `function` at its first call, without the interpreter lock; nothing is compiled at import.

    Machine code is kept between processes where numba finds a directory it may write to (beside the module,
    else the user's cache directory); where it finds none, the function is compiled once per process.
    """
    try:
        compiled = njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # numba: "cannot cache function ...: no locator available"
        compiled = njit(nogil=True, error_model="numpy")(function)
    return cast(Kernel, compiled)

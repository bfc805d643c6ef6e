"""Papaver: scattered traces of the opioid market become early, explained, shareable warnings."""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["__version__", "open_workspace", "replay", "run"]

if TYPE_CHECKING:
    from papaver.app.python import open_workspace, replay, run


def __getattr__(name: str) -> object:
    # Heavy imports wait until somebody runs something: `papaver --help` must stay instant.
    if name in {"run", "replay", "open_workspace"}:
        return getattr(import_module("papaver.app.python"), name)
    raise AttributeError(f"module 'papaver' has no attribute {name!r}")

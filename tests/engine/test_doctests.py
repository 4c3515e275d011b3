"""Every example in the engine's docstrings holds, and every public function has one."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import quarterdeck.engine

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(quarterdeck.engine.__path__, prefix="quarterdeck.engine.")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    """The examples of one module, run as written."""
    results = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert results.failed == 0


@pytest.mark.parametrize("name", [name for name in MODULES if not name.endswith(("kernels", ".compiled"))])
def test_every_public_function_shows_an_example(name: str) -> None:
    """A public function without an example is not explained."""
    module = importlib.import_module(name)
    bare = [
        function
        for function, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == name
        and not function.startswith("_")
        and not any(part.startswith("_") for part in name.split("."))
        and ">>>" not in (value.__doc__ or "")
    ]
    assert bare == []

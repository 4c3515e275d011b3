"""What the import contracts cannot see, as functions over source text, models and folders.

The tests beside this file hold the product to them, and break each on purpose to see it caught.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import models

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "quarterdeck"
INTERFACE = frozenset({"registers", "pages", "api", "watch", "forms"})
MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
FILE_LINES, FUNCTION_LINES = 500, 80
TEMPLATE_TAG = re.compile(r"""{%-?\s*(?:include|extends)\s+["']([^"']+)["']""")


def app_layers(pyproject: Path = ROOT / "pyproject.toml") -> dict[str, int]:
    """The height of each domain app, from the import contract that orders them: 1 for the lowest."""
    contracts = tomllib.loads(pyproject.read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["id"] == "apps")["layers"]
    return {
        name.strip(" ()"): height for height, layer in enumerate(reversed(layers), start=1) for name in layer.split("|")
    }


def app_of(module: str) -> str | None:
    """The domain app that a module belongs to: "portfolio" for quarterdeck.apps.portfolio.models."""
    parts = module.split(".")
    return parts[2] if parts[:2] == ["quarterdeck", "apps"] and len(parts) > 2 else None


def may_use(user: str | None, used: str | None, layers: dict[str, int]) -> bool:
    """Whether code of app `user` may know app `used`; None stands for the kernel and libraries, which every app may
    use."""
    if used is None or user == used:
        return True
    return user is not None and layers[used] < layers[user]


def upward_foreign_keys(found: Iterable[type[models.Model]], layers: dict[str, int]) -> list[str]:
    """Relations whose target is an app above, beside, or unknown to the model's own."""
    faults = []
    for model in found:
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            target = field.related_model
            if not isinstance(target, type):
                continue
            if not may_use(app_of(model.__module__), app_of(target.__module__), layers):
                faults.append(f"{model._meta.label}.{field.name} points up to {target._meta.label}")
    return faults


def upward_accessors(found: Iterable[type[models.Model]], layers: dict[str, int]) -> dict[str, set[str]]:
    """For each app, the reverse names that apps above it hang on its models and that no model it may use has as its
    own."""
    everything = list(found)
    names: dict[str, set[str]] = {app: set() for app in layers}
    for model in everything:
        app = app_of(model.__module__)
        if app is None:
            continue
        for relation in model._meta.related_objects:
            accessor = relation.get_accessor_name()
            if accessor and not may_use(app, app_of(relation.related_model.__module__), layers):
                names[app].add(accessor)
    for app, accessors in names.items():
        for model in everything:
            if may_use(app, app_of(model.__module__), layers):
                accessors -= {field.name for field in model._meta.get_fields() if not field.auto_created}
    return names


def accessor_uses(source: str, names: set[str]) -> list[int]:
    """Lines that read one of these names as an attribute, or follow it in a lookup such as
    `filter(risks__state=...)`."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in names:
            lines.append(node.lineno)
        elif isinstance(node, ast.keyword) and node.arg and "__" in node.arg and names & set(node.arg.split("__")):
            lines.append(node.value.lineno)
    return sorted(set(lines))


def manager_uses(source: str) -> list[int]:
    """Lines that ask a model's manager, which pages, registers, the API, watches and forms leave to selectors."""
    return sorted(
        {
            node.lineno
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Attribute) and node.attr in MANAGERS
        }
    )


def is_interface(path: Path, apps: Path) -> bool:
    """Whether a file is, or lies in, an interface module of an app."""
    parts = path.relative_to(apps).with_suffix("").parts
    return len(parts) > 1 and parts[1] in INTERFACE


def product_imports(source: str) -> list[str]:
    """Modules of the product that a migration imports; field classes of the kernel are the one thing it may need."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = ["." * node.level + (node.module or "")]
        found += [name for name in names if name.startswith(("quarterdeck", ".")) and not name.endswith(".fields")]
    return found


def template_faults(app: str, folder: Path, layers: dict[str, int]) -> list[str]:
    """Templates of an app that lie outside a folder of its name, or take in a template of an app above it."""
    faults = []
    for path in sorted(folder.rglob("*.html")):
        inside = path.relative_to(folder)
        if inside.parts[0] not in (app, "cotton", "registers"):
            faults.append(f"{app}: {inside} belongs under {app}/")
        for target in TEMPLATE_TAG.findall(path.read_text()):
            owner = target.partition("/")[0]
            if owner in layers and not may_use(app, owner, layers):
                faults.append(f"{app}: {inside} takes in {target}")
    return faults


def size_faults(path: Path) -> list[str]:
    """A file or functions of it that grew past what one can keep in mind."""
    source = path.read_text()
    count = source.count("\n")
    faults = [f"{path.name} has {count} lines, {FILE_LINES} at most"] if count > FILE_LINES else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                faults.append(f"{path.name}: {node.name} has {length} lines, {FUNCTION_LINES} at most")
    return faults


def sources(folder: Path) -> Iterator[Path]:
    """The Python files below a folder, migrations left out."""
    return (path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts)

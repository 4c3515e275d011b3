"""The house keeps its rooms: what import contracts say and what they cannot see, each also broken on purpose."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from tests.contracts import architecture as rules

LAYERS = rules.app_layers()
APPS = rules.PACKAGE / "apps"
PRESENT = sorted(app for app in LAYERS if (APPS / app).is_dir())


def test_layers_are_read_from_the_contract() -> None:
    assert LAYERS["organisation"] == 1
    assert LAYERS["people"] == 2
    assert LAYERS["governance"] == LAYERS["pmo"]
    assert LAYERS["reporting"] == max(LAYERS.values())


class TestProduct:
    """The product as it stands."""

    def test_foreign_keys_point_downwards(self) -> None:
        found = [
            model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("quarterdeck")
        ]
        assert len(found) > 5
        assert rules.upward_foreign_keys(found, LAYERS) == []

    def test_interface_modules_ask_no_managers(self) -> None:
        faults = {
            str(path.relative_to(APPS)): lines
            for path in rules.sources(APPS)
            if rules.is_interface(path, APPS) and (lines := rules.manager_uses(path.read_text()))
        }
        assert faults == {}

    @pytest.mark.parametrize("app", PRESENT)
    def test_no_reverse_accessors_of_higher_apps(self, app: str) -> None:
        names = rules.upward_accessors(apps.get_models(include_auto_created=True), LAYERS)[app]
        faults = {
            str(path.relative_to(APPS)): lines
            for path in rules.sources(APPS / app)
            if (lines := rules.accessor_uses(path.read_text(), names))
        }
        assert faults == {}

    def test_migrations_import_no_product_code(self) -> None:
        faults = {
            str(path.relative_to(rules.PACKAGE)): imports
            for path in sorted(rules.PACKAGE.glob("*/*/migrations/*.py"))
            if (imports := rules.product_imports(path.read_text()))
        }
        assert faults == {}

    @pytest.mark.parametrize("app", PRESENT)
    def test_templates_look_downwards(self, app: str) -> None:
        assert rules.template_faults(app, APPS / app / "templates", LAYERS) == []

    @pytest.mark.parametrize("folder", ["src", "tests", "tools"])
    def test_files_and_functions_stay_short(self, folder: str) -> None:
        faults = [fault for path in rules.sources(rules.ROOT / folder) for fault in rules.size_faults(path)]
        assert faults == []

    def test_every_app_has_a_place(self) -> None:
        folders = {path.parent.name for path in APPS.glob("*/__init__.py")}
        assert folders <= set(LAYERS)


class TestBroken:
    """Each rule, broken on purpose."""

    @isolate_apps("quarterdeck.apps")
    def test_a_foreign_key_upwards_is_caught(self) -> None:
        class Budget(models.Model):
            class Meta:
                app_label = "finance"

        class Unit(models.Model):
            budget = models.ForeignKey(Budget, models.PROTECT)

            class Meta:
                app_label = "organisation"

        Budget.__module__, Unit.__module__ = "quarterdeck.apps.finance.models", "quarterdeck.apps.organisation.models"
        assert rules.upward_foreign_keys([Unit, Budget], LAYERS) == [
            "organisation.Unit.budget points up to finance.Budget"
        ]
        Budget.__module__, Unit.__module__ = Unit.__module__, Budget.__module__
        assert rules.upward_foreign_keys([Unit, Budget], LAYERS) == []
        Unit.__module__ = "quarterdeck.kernel.tags.models"
        assert rules.upward_foreign_keys([Unit], LAYERS) == ["organisation.Unit.budget points up to finance.Budget"]

    # The labels are of real applications, or the relation would not be seen; the modules say whose the models are.
    @isolate_apps("django.contrib.contenttypes", "django.contrib.sessions")
    def test_a_reverse_accessor_upwards_is_caught(self) -> None:
        class Unit(models.Model):
            name = models.CharField(max_length=10)

            class Meta:
                app_label = "contenttypes"

        class Budget(models.Model):
            unit = models.ForeignKey(Unit, models.PROTECT, related_name="budgets")

            class Meta:
                app_label = "sessions"

        Budget.__module__, Unit.__module__ = "quarterdeck.apps.finance.models", "quarterdeck.apps.organisation.models"
        names = rules.upward_accessors([Unit, Budget], LAYERS)
        assert names["organisation"] == {"budgets"}
        assert names["finance"] == set()
        source = (
            "total = 1\nrows = unit.budgets.all()\nsome = Unit.objects.filter(budgets__year=2030)\nname = unit.name\n"
        )
        assert rules.accessor_uses(source, names["organisation"]) == [2, 3]

    def test_a_manager_in_an_interface_module_is_caught(self) -> None:
        source = (
            "from x import Unit\n\nrows = Unit.objects.all()\nmore = Unit._default_manager.count()\nfine = Unit.name\n"
        )
        assert rules.manager_uses(source) == [3, 4]
        assert rules.is_interface(APPS / "portfolio" / "pages.py", APPS)
        assert rules.is_interface(APPS / "portfolio" / "registers" / "tree.py", APPS)
        assert not rules.is_interface(APPS / "portfolio" / "selectors.py", APPS)

    @pytest.mark.parametrize(
        ("line", "found"),
        [
            ("from quarterdeck.apps.portfolio.models import Initiative", ["quarterdeck.apps.portfolio.models"]),
            ("import quarterdeck.kernel.clock", ["quarterdeck.kernel.clock"]),
            ("from ..models import Initiative", ["..models"]),
            ("from quarterdeck.kernel.money.fields import MoneyField", []),
            ("from django.db import models", []),
        ],
    )
    def test_product_code_in_a_migration_is_caught(self, line: str, found: list[str]) -> None:
        assert rules.product_imports(line + "\n") == found

    def test_a_template_of_a_higher_app_is_caught(self, tmp_path: Path) -> None:
        own = tmp_path / "portfolio"
        own.mkdir()
        (own / "home.html").write_text("{% extends 'ui/page.html' %}{% include \"governance/risks.html\" %}")
        (own / "map.html").write_text('{% include "organisation/unit.html" %}')
        (tmp_path / "stray.html").write_text("")
        assert rules.template_faults("portfolio", tmp_path, LAYERS) == [
            "portfolio: portfolio/home.html takes in governance/risks.html",
            "portfolio: stray.html belongs under portfolio/",
        ]

    def test_a_long_file_and_a_long_function_are_caught(self, tmp_path: Path) -> None:
        path = tmp_path / "long.py"
        path.write_text("def f():\n" + "    x = 1\n" * 500)
        assert rules.size_faults(path) == ["long.py has 501 lines, 500 at most", "long.py: f has 501 lines, 80 at most"]
        path.write_text("def f():\n" + "    x = 1\n" * 79)
        assert rules.size_faults(path) == []


TINY = {
    "engine/__init__.py": "",
    "engine/cpm.py": "",
    "engine/network.py": "",
    "kernel/__init__.py": "",
    "kernel/audit/__init__.py": "",
    "kernel/access/__init__.py": "",
    "apps/__init__.py": "",
    "apps/organisation/__init__.py": "",
    "apps/organisation/models.py": "",
    "apps/organisation/pages.py": "",
    "apps/portfolio/__init__.py": "",
    "apps/portfolio/models.py": "from quarterdeck.apps.organisation import models",
    "apps/portfolio/services.py": "from quarterdeck.apps.portfolio import models",
    "config/__init__.py": "",
    "demo/__init__.py": "",
    "web/__init__.py": "from quarterdeck.apps.organisation import pages",
}
VERDICT = re.compile(r"\d .*(BROKEN|KEPT)( \(\d+ ignored imports?\))?$")
VIOLATIONS = {
    "kernel knows an app": ({"kernel/audit/__init__.py": "import quarterdeck.apps.organisation"}, {1}),
    "app knows the settings": ({"apps/organisation/models.py": "import quarterdeck.config"}, {1}),
    "engine knows Django": ({"engine/cpm.py": "import django"}, {2}),
    "lower app knows a higher one": ({"apps/organisation/models.py": "import quarterdeck.apps.portfolio"}, {3}),
    "app without a place": ({"apps/gardening/__init__.py": ""}, {3}),
    "models know services": (
        {"apps/portfolio/services.py": "", "apps/portfolio/models.py": "import quarterdeck.apps.portfolio.services"},
        {4},
    ),
    "page of another app": ({"apps/portfolio/models.py": "from quarterdeck.apps.organisation import pages"}, {5}),
    "kernel runs in a circle": (
        {
            "kernel/audit/__init__.py": "import quarterdeck.kernel.access",
            "kernel/access/__init__.py": "import quarterdeck.kernel.audit",
        },
        {6},
    ),
    "engine runs in a circle": (
        {"engine/cpm.py": "import quarterdeck.engine.network", "engine/network.py": "import quarterdeck.engine.cpm"},
        {6},
    ),
}


def broken_contracts(tmp_path: Path, changes: dict[str, str]) -> set[int]:
    """The numbers of the contracts that a tiny copy of the house breaks."""
    for name, text in {"__init__.py": "", **TINY, **changes}.items():
        path = tmp_path / "quarterdeck" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    shutil.copy(rules.ROOT / "pyproject.toml", tmp_path)
    program = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(
        program, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    verdicts = [line for line in done.stdout.splitlines() if VERDICT.match(line)]
    assert len(verdicts) == 6, done.stdout + done.stderr
    return {int(line.split()[0]) for line in verdicts if " BROKEN" in line}


def test_the_tiny_house_keeps_all_contracts(tmp_path: Path) -> None:
    assert broken_contracts(tmp_path, {}) == set()


@pytest.mark.parametrize("name", VIOLATIONS)
def test_each_violation_breaks_its_contract(tmp_path: Path, name: str) -> None:
    changes, expected = VIOLATIONS[name]
    assert broken_contracts(tmp_path, changes) == expected

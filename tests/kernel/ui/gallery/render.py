"""Draw the gallery pages to plain files, for looking at the components in a browser.

    python tests/kernel/ui/gallery/render.py FOLDER

It needs no database: the actor and the navigation are stand-ins.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django
from django.conf import settings

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
KERNEL = ROOT / "src" / "quarterdeck" / "kernel"
STATIC = ROOT / "src" / "quarterdeck" / "web" / "static"


def configure() -> None:
    """Set Django up with just what templates need."""
    settings.configure(
        DEBUG=False,
        SECRET_KEY="gallery",
        STATIC_URL="static/",
        STATICFILES_DIRS=[STATIC],
        USE_TZ=True,
        INSTALLED_APPS=[
            "quarterdeck.kernel.ui",
            "quarterdeck.kernel.access",
            "quarterdeck.kernel.audit",
            "django.contrib.contenttypes",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "django_cotton.apps.SimpleAppConfig",
        ],
        AUTH_USER_MODEL="access.User",
        COTTON_SNAKE_CASED_NAMES=True,
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [HERE / "templates", KERNEL / "administration" / "templates"],
                "OPTIONS": {
                    "loaders": [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                    "libraries": {"access": "quarterdeck.kernel.administration.templatetags.access"},
                    "builtins": ["django_cotton.templatetags.cotton"],
                },
            }
        ],
    )
    django.setup()


def frame_context(path: str, **changes: Any) -> dict[str, Any]:
    """Return what the context processor would give, for a made-up reader."""
    from django.test import RequestFactory

    from quarterdeck.kernel.ui import nav

    request = RequestFactory().get(path)
    request._messages = []  # type: ignore[attr-defined]
    user = SimpleNamespace(name="Helen Ashdown", email="helen@example.org")
    actor = SimpleNamespace(user=user, unlimited=True)
    request.actor = actor  # type: ignore[attr-defined]
    today = dt.date(2025, 11, 21)
    frame = SimpleNamespace(
        scope=SimpleNamespace(pk=3, label="Network Build", kind="portfolio · 24 projects"),
        as_of=None,
        read_only=False,
        date=today,
        today=today,
        theme=changes.get("theme", "light"),
        rail=changes.get("rail", False),
    )
    if changes.get("past"):
        frame.as_of = frame.date = dt.date(2025, 6, 30)
        frame.read_only = True
    from quarterdeck.kernel.ui.components import date_text

    ui = SimpleNamespace(
        frame=frame,
        actor=actor,
        nav=nav.tree(actor, path),  # type: ignore[arg-type]
        unread=3,
        organisation={"name": "Tarnwick Networks", "note": "Group PMO · controlling"},
        date=date_text(frame.date),
        demo=True,
    )
    return {"request": request, "ui": ui, "csrf_token": "token"}


def fill_navigation() -> None:
    """Give every section a page or some."""
    from quarterdeck.kernel.ui import nav

    pages = {
        "portfolio": ["Dashboard", "Map", "Projects", "Scenarios", "Objectives", "Benefits"],
        "governance": ["Risks", "Issues", "Actions", "Decisions"],
    }
    for section in nav.SECTIONS:
        for order, label in enumerate(pages.get(section.key, [str(section.label)])):
            slug = label.lower().replace(" ", "-")
            badge = (lambda actor: 12) if section.key == "needs_you" else None
            item = nav.NavItem(f"{section.key}.{slug}", label, url=f"/{section.key}/{slug}/", badge=badge, order=order)
            nav.register(section=section.key, item=item)


def sample_form() -> Any:
    """Return a form with one field of every kind, sent with a mistake."""
    from django import forms

    from quarterdeck.kernel.ui.fields import Combobox

    class Sample(forms.Form):
        name = forms.CharField()
        code = forms.CharField(required=False, help_text="Given when left empty")
        parent = forms.CharField(required=False, widget=Combobox(options_url="/o", display="Network Build"))
        kind = forms.ChoiceField(choices=[("p", "Project"), ("g", "Programme")])
        start = forms.DateField(widget=forms.DateInput)
        purpose = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))
        active = forms.BooleanField(required=False, help_text="Shown in the map")
        budget = forms.DecimalField()
        modes = forms.MultipleChoiceField(choices=[("a", "Capex"), ("b", "Opex")], widget=forms.CheckboxSelectMultiple)

        def clean(self) -> None:
            """Refuse the whole form, to show how that looks."""
            raise forms.ValidationError("A programme can't stand below a project.")

    return Sample({"name": "Leeds–Hull Backbone", "parent": "3", "budget": "24O", "kind": "p"})


def sample_chart() -> Any:
    """Return a drawing of plan, actual and outlook."""
    from quarterdeck.kernel.ui.charts import chart, colour

    months = ["Apr", "May", "Jun", "Jul", "Aug", "Sep"]
    plan, actual = [1.6, 3.4, 5.5, 8.0, 11.1, 14.4], [1.7, 3.6, 5.9, 8.8]
    spec = {
        "data": {
            "values": [{"m": m, "v": v, "k": "Plan"} for m, v in zip(months, plan, strict=True)]
            + [{"m": m, "v": v, "k": "Actual"} for m, v in zip(months, actual, strict=False)]
        },
        "encoding": {
            "x": {"field": "m", "type": "ordinal", "sort": months, "title": None},
            "y": {"field": "v", "type": "quantitative", "title": "£m"},
        },
        "layer": [
            {
                "transform": [{"filter": "datum.k == 'Plan'"}],
                "mark": {"type": "line", "strokeDash": [5, 3], "color": colour("ink3")},
            },
            {
                "transform": [{"filter": "datum.k == 'Actual'"}],
                "mark": {"type": "line", "strokeWidth": 2.25, "color": colour("ink")},
            },
            {
                "data": {"values": [{"m": "Sep", "v": 14.4}]},
                "mark": {
                    "type": "text",
                    "text": "Plan £14.4m",
                    "dx": -4,
                    "dy": -8,
                    "align": "right",
                    "color": colour("ink2"),
                },
            },
        ],
    }
    rows = [(m, p, a) for m, p, a in zip(months, plan, [*actual, "", ""], strict=True)]
    return chart(
        spec, title="Earned value", description="Actual above plan.", head=("Month", "Plan", "Actual"), rows=rows
    )


def sample_map() -> Any:
    """Return a map of two programmes."""
    from quarterdeck.kernel.ui.tiles import Tile, treemap

    spine = tuple(
        Tile(name, size, f"£{size}m", state, "#")
        for name, size, state in (
            ("Carlisle Exchange Build", 4.2, "red"),
            ("Leeds–Hull Backbone", 9.8, "amber"),
            ("Humber Landing Station", 3.1, "amber"),
            ("Tees Crossing Duct", 1.2, "green"),
            ("Pennine Route Diversity", 0.8, None),
        )
    )
    metro = tuple(Tile(f"Metro {n}", 1 + n, "", "green", "#") for n in range(6))
    return treemap([Tile("Northern Fibre Spine", children=spine), Tile("Metro", children=metro)], label="Map")


def main(folder: str) -> None:
    """Write every gallery page in both themes below `folder`."""
    configure()
    from django.template.loader import render_to_string

    fill_navigation()
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    shutil.copytree(STATIC / "dist", out / "static" / "dist", dirs_exist_ok=True)
    pages = {
        "parts": ("/needs_you/needs-you/", {}),
        "register": ("/governance/risks/", {"rail": True}),
        "work": ("/needs_you/needs-you/", {}),
        "home": ("/portfolio/projects/", {}),
        "maps": ("/portfolio/map/", {"past": True}),
        "form": ("/portfolio/projects/", {}),
        "signin": ("/", {}),
        "error": ("/", {}),
    }
    for name, (path, changes) in pages.items():
        for theme in ("light", "dark"):
            context = frame_context(path, theme=theme, **changes)
            context |= {
                "form": sample_form(),
                "spark": [5, 4, 4, 3, 2, 2],
                "chart": sample_chart(),
                "map": sample_map(),
            }
            context |= {"status": 404, "heading": "Nothing here", "what": "No page has this address.", "kept": "All."}
            (out / f"{name}-{theme}.html").write_text(render_to_string(f"gallery/{name}.html", context))


if __name__ == "__main__":
    main(sys.argv[1])

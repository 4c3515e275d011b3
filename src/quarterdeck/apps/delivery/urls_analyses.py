"""Addresses of risk simulation and levelling, below those of plans."""

from __future__ import annotations

from django.urls import URLPattern, path

from quarterdeck.apps.delivery.pages import analyses, analyses_estimates


def _paths(inside: str, other: str) -> list[URLPattern]:
    """Return the addresses below a plan: the current one's, or with `inside` those of another."""
    base = f"projects/<str:code>/plan/{inside}"
    found = [
        path(f"{base}risk/estimates/", analyses_estimates.estimates, name=f"delivery-estimates{other}"),
        path(f"{base}risk/estimates/spread/", analyses_estimates.spread, name=f"delivery-estimates-spread{other}"),
        path(f"{base}risk/risks/", analyses_estimates.risks, name=f"delivery-plan-risks{other}"),
        path(f"{base}risk/risks/<int:risk>/", analyses_estimates.risks, name=f"delivery-plan-risk{other}"),
        path(f"{base}risk/compare/", analyses.compare, name=f"delivery-risk-compare{other}"),
        path(f"{base}level/<int:number>/adopt/", analyses.adopt, name=f"delivery-level-adopt{other}"),
    ]
    for word, file in (("risk", "tasks"), ("level", "moves")):
        told = {"word": word}
        one = f"{base}{word}/<int:number>/"
        found += [
            path(f"{base}{word}/", analyses.runs, told, name=f"delivery-{word}{other}"),
            path(one, analyses.run, told, name=f"delivery-{word}-run{other}"),
            path(f"{one}progress", analyses.progress, told, name=f"delivery-{word}-progress{other}"),
            path(f"{one}again/", analyses.again, told, name=f"delivery-{word}-again{other}"),
            path(f"{one}{file}.csv", analyses.export, told, name=f"delivery-{word}-export{other}"),
        ]
    return found


urlpatterns = [*_paths("", ""), *_paths("<int:key>/", "-other")]

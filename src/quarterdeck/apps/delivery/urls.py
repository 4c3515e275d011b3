"""Addresses of the bespoke pages, stated from the root."""

from django.urls import path

from quarterdeck.apps.delivery import urls_analyses
from quarterdeck.apps.delivery.pages import (
    compare,
    data,
    dependencies,
    export,
    feeds,
    import_review,
    importing,
    mine,
    photos,
    plan,
    use,
)
from quarterdeck.apps.portfolio.choices import WORDS

_ASKED = {"data": data.data, "edit": data.edit, "changes": data.changes, "why": data.why}

urlpatterns = [
    path("projects/<str:code>/plan/", plan.page, name="delivery-plan"),
    path("projects/<str:code>/plan/<int:key>/", plan.page, name="delivery-plan-other"),
    *(
        path(f"projects/<str:code>/plan/{inside}{word}", view, name=f"delivery-plan-{word}{'-other' if inside else ''}")
        for word, view in {**_ASKED, "undo": data.turn, "redo": data.turn}.items()
        for inside in ("", "<int:key>/")
    ),
    *(
        path(
            f"projects/<str:code>/plan/{inside}photo", photos.photo, name=f"delivery-photo{'-other' if inside else ''}"
        )
        for inside in ("", "<int:key>/")
    ),
    path("projects/<str:code>/plan/export.<str:kind>", export.export, name="delivery-plan-export"),
    path("projects/<str:code>/plan/gantt-<slug:size>.pdf", export.gantt, name="delivery-plan-gantt"),
    path("projects/<str:code>/plan/do/<slug:verb>/", plan.act, name="delivery-plan-act"),
    *(
        path(f"projects/<str:code>/plan/{inside}compare/{word}", view, name=f"{name}{'-other' if inside else ''}")
        for word, view, name in (
            ("", compare.page, "delivery-compare"),
            ("compare.csv", compare.export, "delivery-compare-export"),
        )
        for inside in ("", "<int:key>/")
    ),
    path("projects/<str:code>/plan/use/", use.page, name="delivery-use"),
    path("projects/<str:code>/plan/<int:key>/use/", use.page, name="delivery-use-other"),
    path("projects/<str:code>/plan/use/load", use.load, name="delivery-use-load"),
    path("projects/<str:code>/plan/<int:key>/use/load", use.load, name="delivery-use-load-other"),
    path("my-tasks/feeds/", feeds.page, name="delivery-feeds"),
    path("my-tasks/feeds/<int:key>/revoke/", feeds.revoke, name="delivery-feed-revoke"),
    path("calendars/<str:secret>.ics", feeds.feed, name="delivery-feed"),
    path("my-tasks/", mine.page, name="delivery-mine"),
    path("my-tasks/<int:key>/report/", mine.report, name="delivery-mine-report"),
    *(
        path(f"{word}/<str:code>/dependencies/", dependencies.page, {"kind": kind}, name=f"{kind}-dependencies")
        for kind, word in WORDS.items()
    ),
    *urls_analyses.urlpatterns,
    path("plan-imports/", importing.upload, name="delivery-import"),
    path("plan-imports/<uuid:upload>/", importing.shown, name="delivery-import-shown"),
    path("plan-imports/<uuid:upload>/progress", importing.progress, name="delivery-import-progress"),
    path("plan-imports/<uuid:upload>/<int:key>/", import_review.review, name="delivery-import-review"),
    path("plan-imports/<uuid:upload>/<int:key>/changes.csv", import_review.export, name="delivery-import-changes"),
    path("plan-imports/<uuid:upload>/<int:key>/undo/", import_review.undo, name="delivery-import-undo"),
    path("plan-imports/<uuid:upload>/write/", importing.write, name="delivery-import-write"),
]

"""Every address of the product, put together here and nowhere else."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from ninja import NinjaAPI

from quarterdeck.kernel.registers import urls as register_urls
from quarterdeck.kernel.registers.api.root import build
from quarterdeck.kernel.ui.scopes import scopes


def alive(_request: HttpRequest) -> HttpResponse:
    """Says that the server answers; touches neither session nor database. For load balancers and `quarterdeck
    serve`."""
    return HttpResponse("ok", content_type="text/plain")


#: Rooms of the kernel whose addresses stand under a word of their own; the others state theirs from the root.
_UNDER = {
    "files": "files/",
    "jobs": "jobs/",
    "search": "search/",
    "notifications": "notifications/",
    "approvals": "approvals/",
}
#: Placed below, in an order that matters.
_PLACED = ("quarterdeck.web", "quarterdeck.kernel.signin", "quarterdeck.kernel.registers")


def _of_apps() -> list[URLPattern | URLResolver]:
    """Return the addresses of every app of ours that has some."""
    ours = [name for name in settings.INSTALLED_APPS if name.startswith("quarterdeck.") and name not in _PLACED]
    found = [(name.rpartition(".")[2], f"{name}.urls") for name in ours if find_spec(f"{name}.urls")]
    return [path(_UNDER.get(word, ""), include(module)) for word, module in found]


def _api() -> NinjaAPI:
    """Return the API of all registers, with the endpoints that apps state in a module `api`."""
    api = build()
    for name in settings.INSTALLED_APPS:
        if name.startswith("quarterdeck.apps.") and find_spec(f"{name}.api"):
            api.add_router("", import_module(f"{name}.api").router)
    return api


urlpatterns = [
    path("alive", alive, name="alive"),
    path("api/v1/", _api().urls),
    path("scopes/", scopes, name="scopes"),
    path("", include("quarterdeck.kernel.signin.urls")),
    *_of_apps(),
    # The registers answer any first word, so they come last.
    path("", include(register_urls)),
]

handler400 = "quarterdeck.kernel.ui.errors.bad_request"
handler403 = "quarterdeck.kernel.ui.errors.forbidden"
handler404 = "quarterdeck.kernel.ui.errors.not_found"
handler500 = "quarterdeck.kernel.ui.errors.server_error"

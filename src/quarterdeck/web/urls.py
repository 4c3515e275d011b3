"""Every address of the product, put together here and nowhere else."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def alive(_request: HttpRequest) -> HttpResponse:
    """Says that the server answers; touches neither session nor database. For load balancers and `quarterdeck
    serve`."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("alive", alive, name="alive"),
    path("accounts/", include("allauth.urls")),
]

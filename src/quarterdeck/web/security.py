"""Headers that keep a page to what the server sent."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def content_security_policy(form_targets: tuple[str, ...] = ()) -> str:
    """The policy: everything from this server, nothing inline, no frames.

    `form_targets` are the origins of identity providers: browsers apply `form-action` to the redirect that follows a
    form, so a sign-in that leaves for a provider must name it.
    """
    return "; ".join(
        [
            "default-src 'self'",
            "img-src 'self' data: blob:",
            "object-src 'none'",
            "base-uri 'none'",
            " ".join(["form-action 'self'", *form_targets]),
            "frame-ancestors 'none'",
        ]
    )


class SecurityHeaders:
    """Middleware, outermost: content policy, permissions policy, resource policy, and no shared caching of pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = content_security_policy(tuple(settings.CSP_FORM_TARGETS))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers that the answer does not already carry."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

"""Every answer carries the strict headers."""

from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from quarterdeck.web.security import SecurityHeaders, content_security_policy


def directives(policy: str) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in policy.split("; "))


def test_the_policy_allows_nothing_inline_and_no_frames() -> None:
    found = directives(content_security_policy())
    assert found["default-src"] == "'self'"
    assert found["frame-ancestors"] == "'none'"
    assert found["object-src"] == "'none'"
    assert found["base-uri"] == "'none'"
    assert found["form-action"] == "'self'"
    assert "unsafe" not in content_security_policy()
    assert "script-src" not in found
    assert "style-src" not in found


@override_settings(CSP_FORM_TARGETS=["https://id.example.org"])
def test_forms_may_go_on_to_the_identity_provider() -> None:
    response = SecurityHeaders(lambda _request: HttpResponse())(RequestFactory().get("/"))
    assert directives(response["Content-Security-Policy"])["form-action"] == "'self' https://id.example.org"


def test_a_view_may_say_otherwise() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Cache-Control": "max-age=60"})

    response = SecurityHeaders(view)(RequestFactory().get("/"))
    assert response["Cache-Control"] == "max-age=60"
    assert response["Permissions-Policy"].startswith("camera=()")


def test_a_real_answer_has_them_all() -> None:
    response = Client().get("/alive")
    assert response.status_code == 200
    assert response.content == b"ok"
    assert response["Content-Security-Policy"] == content_security_policy()
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, no-cache"

"""Refusals as problem documents."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled
from ninja.errors import ValidationError as ShapeError

from quarterdeck.kernel.records import BulkRefused, StaleRecord
from quarterdeck.kernel.registers.conditions import FilterError

MEDIA = "application/problem+json"


def problem(status: int, title: str, detail: str = "", **more: Any) -> HttpResponse:
    """Return a problem document."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JsonResponse(body, status=status, content_type=MEDIA)


def by_field(error: ValidationError) -> dict[str, list[str]]:
    """Return a refusal's texts by field; those of the whole record under `record`."""
    if not hasattr(error, "error_dict"):
        return {"record": [str(text) for text in error.messages]}
    return {("record" if name == NON_FIELD_ERRORS else name): texts for name, texts in error.message_dict.items()}


def hurried(_request: HttpRequest, error: Throttled) -> HttpResponse:
    """Return the refusal of a call too many, with the seconds to wait."""
    seconds = max(1, error.wait or 1)
    answer = problem(429, "Too many calls", f"Wait {seconds} s, or ask for more rows in one call.")
    answer.headers["Retry-After"] = str(seconds)
    return answer


def install(api: NinjaAPI) -> None:
    """Answer every refusal that the endpoints know with a problem document."""

    def invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem(422, "Refused", " ".join(str(m) for m in error.messages), errors=by_field(error))

    def shapeless(_request: HttpRequest, error: ShapeError) -> HttpResponse:
        found: dict[str, list[str]] = {}
        for item in error.errors:
            where = [str(part) for part in item["loc"] if part not in ("body", "query", "path", "payload", "params")]
            found.setdefault(".".join(where) or "body", []).append(str(item["msg"]))
        return problem(422, "Not understood", "What was sent does not have the described shape.", errors=found)

    def bulk(_request: HttpRequest, error: BulkRefused) -> HttpResponse:
        texts = {str(place): [str(m) for m in one.messages] for place, one in error.errors.items()}
        return problem(422, "Refused", str(error), errors=texts)

    def stale(_request: HttpRequest, error: StaleRecord) -> HttpResponse:
        return problem(409, "Changed meanwhile", str(error), current={"version": error.stored.version})

    def filtered(_request: HttpRequest, error: FilterError) -> HttpResponse:
        return problem(422, "Filter not understood", str(error))

    def gone(_request: HttpRequest, _error: Http404) -> HttpResponse:
        return problem(404, "Not found")

    def denied(_request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return problem(403, "Not allowed", str(error))

    def unknown(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return problem(401, "Sign in", "Send a valid API token: Authorization: Bearer qd_…")

    def plain(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, "Not understood", str(error))

    handlers: tuple[tuple[type[Exception], Any], ...] = (
        (ValidationError, invalid),
        (ShapeError, shapeless),
        (BulkRefused, bulk),
        (StaleRecord, stale),
        (FilterError, filtered),
        (Http404, gone),
        (PermissionDenied, denied),
        (AuthenticationError, unknown),
        (Throttled, hurried),
        (HttpError, plain),
    )
    for kind, handler in handlers:
        api.add_exception_handler(kind, handler)

"""Handing files out."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseNotModified
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from quarterdeck.kernel.access.middleware import actor_for
from quarterdeck.kernel.files import storage
from quarterdeck.kernel.files.kinds import INLINE
from quarterdeck.kernel.files.selectors import file_for

#: Nothing in a file may run, load or reach anything, whatever a browser takes it for.
POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'none'"
)


@require_safe
def download(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Send a file to whoever may see its record; 404 to everyone else, as when there is none."""
    actor = getattr(request, "actor", None) or actor_for(request)
    found = file_for(actor, pk)
    if found is None or found.name != name:
        raise Http404
    etag = f'"{found.sha256}"'
    response: HttpResponseBase
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    else:
        try:
            content = storage.path_of(found.sha256).open("rb")
        except FileNotFoundError:
            raise Http404 from None
        inline = found.content_type in INLINE
        kind = "text/plain; charset=utf-8" if found.content_type == "text/plain" else found.content_type
        # What is only saved need not tell its type: no plug-in is woken by it.
        kind = kind if inline or not _active(kind) else "application/octet-stream"
        response = FileResponse(content, as_attachment=not inline, filename=found.name, content_type=kind)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _active(kind: str) -> bool:
    return kind in ("text/html", "image/svg+xml", "application/xml", "application/xhtml+xml", "text/javascript")

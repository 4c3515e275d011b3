"""Outgoing mail from one address, such as `smtp://user:password@mail.example.org:587?tls=1`."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from quarterdeck.config.env import EnvError


def mail_settings(address: str) -> dict[str, Any]:
    """Django's EMAIL_* settings: the console for an empty address, `smtp://` (with STARTTLS unless `?tls=0`) or `smtps://`."""
    if not address:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(address)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise EnvError("QUARTERDECK_EMAIL_URL: use smtp://user:password@host:587 or smtps://user:password@host:465.")
    implicit = parts.scheme == "smtps"
    starttls = not implicit and parse_qs(parts.query).get("tls", ["1"])[-1] != "0"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if implicit else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": implicit,
        "EMAIL_USE_TLS": starttls,
        "EMAIL_TIMEOUT": 20,
    }

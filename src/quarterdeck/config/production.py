"""What a production start refuses."""

from dataclasses import dataclass

SECRET_KEY_LEAST = 50
"""Characters of a secret key: `python -c 'import secrets; print(secrets.token_urlsafe(48))'` prints 64."""


@dataclass(frozen=True, kw_only=True)
class Posture:
    """The settings that decide whether an installation may be reached by others."""

    secret_key: str
    debug: bool
    address: str
    allowed_hosts: tuple[str, ...]
    demo_personas: bool


def faults(posture: Posture) -> list[str]:
    """One plain line for each unsafe setting; empty when the installation may start in production."""
    found = []
    if not posture.secret_key:
        found.append(
            "QUARTERDECK_SECRET_KEY is missing: set it (or QUARTERDECK_SECRET_KEY_FILE) to 50 random characters."
        )
    elif len(posture.secret_key) < SECRET_KEY_LEAST or len(set(posture.secret_key)) < 10:
        found.append("QUARTERDECK_SECRET_KEY is weak: use 50 or more random characters.")
    if posture.debug:
        found.append("QUARTERDECK_DEBUG is on: it shows settings and code to visitors. Leave it out.")
    if not posture.address:
        found.append("QUARTERDECK_URL is missing: set it to the address people open, such as https://pmo.example.org.")
    elif not posture.address.startswith("https://"):
        found.append("QUARTERDECK_URL is not https: cookies and passwords would travel in the clear.")
    if not posture.allowed_hosts:
        found.append("QUARTERDECK_ALLOWED_HOSTS is empty: name the hosts this server answers for.")
    elif "*" in posture.allowed_hosts:
        found.append("QUARTERDECK_ALLOWED_HOSTS is *: name the hosts this server answers for.")
    if posture.demo_personas:
        found.append("QUARTERDECK_DEMO_PERSONAS is on: anyone could sign in with the published demo passwords.")
    return found

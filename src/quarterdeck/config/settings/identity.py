"""Identity providers from the environment: OpenID Connect providers and one SAML provider."""

from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from quarterdeck.config import env


def _openid_app(provider_id: str, prefix: str) -> dict[str, Any] | None:
    issuer = env.envstr(f"{prefix}ISSUER")
    client, secret = env.envstr(f"{prefix}CLIENT_ID"), env.envsecret(f"{prefix}CLIENT_SECRET")
    name = env.envstr(f"{prefix}NAME", "Single sign-on")
    if not issuer:
        return None
    if not client or not secret:
        key = f"{env.PREFIX}{prefix}"
        raise env.EnvError(f"{key}ISSUER needs {key}CLIENT_ID and {key}CLIENT_SECRET.")
    return {
        "provider_id": provider_id,
        "name": name,
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": issuer},
    }


def openid_providers() -> dict[str, Any]:
    """allauth's settings for the OpenID Connect providers; {} when none is set.

    One provider is named by QUARTERDECK_OIDC_ISSUER, _CLIENT_ID, _CLIENT_SECRET and _NAME. Further ones are listed by
    short names in QUARTERDECK_OIDC_PROVIDERS ("azure,keycloak"), each set by QUARTERDECK_OIDC_AZURE_ISSUER and so on.
    """
    found = [_openid_app("oidc", "OIDC_")]
    for short in env.envlist("OIDC_PROVIDERS"):
        if not short.isidentifier() or not short.isascii():
            raise env.EnvError(f"QUARTERDECK_OIDC_PROVIDERS: {short!r} is not a short name of letters, digits and _.")
        app = _openid_app(short.lower(), f"OIDC_{short.upper()}_")
        if app is None:
            raise env.EnvError(
                f"QUARTERDECK_OIDC_PROVIDERS names {short}: QUARTERDECK_OIDC_{short.upper()}_ISSUER is missing."
            )
        found.append(app)
    apps = [app for app in found if app is not None]
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}} if apps else {}


def saml_providers() -> dict[str, Any]:
    """allauth's settings for the provider whose metadata is at QUARTERDECK_SAML_METADATA_URL; {} when none is set.

    Needs the extra `quarterdeck[saml]`.
    """
    metadata, entity = env.envstr("SAML_METADATA_URL"), env.envstr("SAML_ENTITY_ID")
    name = env.envstr("SAML_NAME", "Single sign-on")
    if not metadata:
        return {}
    if not entity:
        raise env.EnvError("QUARTERDECK_SAML_METADATA_URL needs QUARTERDECK_SAML_ENTITY_ID.")
    if find_spec("onelogin") is None:
        raise env.EnvError("QUARTERDECK_SAML_METADATA_URL needs the extra “saml”: install quarterdeck[saml].")
    app = {
        "provider_id": entity,
        "client_id": "saml",
        "name": name,
        "settings": {"idp": {"entity_id": entity, "metadata_url": metadata}},
    }
    return {"saml": {"APPS": [app]}}


def origins(providers: dict[str, Any]) -> list[str]:
    """Origins that a sign-in form may be sent on to, for the content policy."""
    addresses = [app["settings"].get("server_url", "") for app in providers.get("openid_connect", {}).get("APPS", ())]
    addresses += [app["settings"]["idp"]["metadata_url"] for app in providers.get("saml", {}).get("APPS", ())]
    parts = [urlsplit(address) for address in addresses]
    return sorted({f"{part.scheme}://{part.netloc}" for part in parts if part.netloc})

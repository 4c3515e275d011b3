"""Identity providers from the environment: one OpenID Connect and one SAML provider, each named by the organisation."""

from typing import Any
from urllib.parse import urlsplit

from quarterdeck.config import env


def openid_providers() -> dict[str, Any]:
    """allauth's settings for the provider at QUARTERDECK_OIDC_ISSUER; {} when none is set."""
    issuer = env.envstr("OIDC_ISSUER")
    client, secret = env.envstr("OIDC_CLIENT_ID"), env.envsecret("OIDC_CLIENT_SECRET")
    name = env.envstr("OIDC_NAME", "Single sign-on")
    if not issuer:
        return {}
    if not client or not secret:
        raise env.EnvError(
            "QUARTERDECK_OIDC_ISSUER needs QUARTERDECK_OIDC_CLIENT_ID and QUARTERDECK_OIDC_CLIENT_SECRET."
        )
    app = {
        "provider_id": "oidc",
        "name": name,
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": issuer},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


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

"""Identity providers and sign-in from the environment."""

from __future__ import annotations

import pytest

from quarterdeck.config.env import EnvError
from quarterdeck.config.settings import identity
from quarterdeck.config.settings.signin import signin_settings

FIRST = {"OIDC_ISSUER": "https://id.tarnwick.example", "OIDC_CLIENT_ID": "qd", "OIDC_CLIENT_SECRET": "s1"}
SECOND = {
    "OIDC_PROVIDERS": "partner",
    "OIDC_PARTNER_ISSUER": "https://login.partner.example/tenant",
    "OIDC_PARTNER_CLIENT_ID": "qd2",
    "OIDC_PARTNER_CLIENT_SECRET": "s2",
    "OIDC_PARTNER_NAME": "Partner",
}


def given(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"QUARTERDECK_{name}", value)


def test_none_by_default() -> None:
    assert identity.openid_providers() == {}
    assert identity.saml_providers() == {}


def test_several_openid_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, FIRST | SECOND)
    found = signin_settings(production=True, secure=True, behind_proxy=False)
    apps = found["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"]
    assert [(app["provider_id"], app["name"], app["client_id"]) for app in apps] == [
        ("oidc", "Single sign-on", "qd"),
        ("partner", "Partner", "qd2"),
    ]
    assert found["CSP_FORM_TARGETS"] == ["https://id.tarnwick.example", "https://login.partner.example"]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"OIDC_ISSUER": "https://id.example"}, "needs QUARTERDECK_OIDC_CLIENT_ID"),
        ({"OIDC_PROVIDERS": "partner"}, "QUARTERDECK_OIDC_PARTNER_ISSUER is missing"),
        ({"OIDC_PROVIDERS": "a-b"}, "not a short name"),
        ({"SAML_METADATA_URL": "https://id.example/metadata"}, "needs QUARTERDECK_SAML_ENTITY_ID"),
    ],
)
def test_halves_are_refused_by_name(monkeypatch: pytest.MonkeyPatch, values: dict[str, str], says: str) -> None:
    given(monkeypatch, values)
    with pytest.raises(EnvError, match=says):
        signin_settings(production=False, secure=False, behind_proxy=False)


def test_saml_without_its_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, {"SAML_METADATA_URL": "https://id.example/metadata", "SAML_ENTITY_ID": "https://id.example"})
    monkeypatch.setattr(identity, "find_spec", lambda name: None)
    with pytest.raises(EnvError, match=r"install quarterdeck\[saml\]"):
        identity.saml_providers()
    monkeypatch.setattr(identity, "find_spec", lambda name: object())
    (app,) = identity.saml_providers()["saml"]["APPS"]
    assert app["settings"]["idp"]["metadata_url"] == "https://id.example/metadata"


def test_sign_up_opens_for_named_domains(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = signin_settings(production=True, secure=True, behind_proxy=False)
    assert (closed["SIGNUP_DOMAINS"], closed["ACCOUNT_EMAIL_VERIFICATION"]) == ([], "none")
    given(monkeypatch, {"SIGNUP": "@Tarnwick.example, partner.example"})
    opened = signin_settings(production=True, secure=True, behind_proxy=False)
    assert opened["SIGNUP_DOMAINS"] == ["tarnwick.example", "partner.example"]
    assert opened["ACCOUNT_EMAIL_VERIFICATION"] == "mandatory"

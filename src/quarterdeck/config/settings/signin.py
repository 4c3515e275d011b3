"""Signing in: password, passkey, second factors, identity providers, lockout.

Accounts are made by administrators, by an identity provider, or by visitors whose address is in a domain named in
QUARTERDECK_SIGNUP; none of these gives any right until someone grants a role.
"""

from typing import Any

from quarterdeck.config import env
from quarterdeck.config.settings.identity import openid_providers, origins, saml_providers


def signin_settings(*, production: bool, secure: bool, behind_proxy: bool) -> dict[str, Any]:
    """Django, allauth and axes settings of signing in. Raises EnvError when a provider is named by halves."""
    providers = openid_providers() | saml_providers()
    domains = [domain.lower().lstrip("@") for domain in env.envlist("SIGNUP")]
    return {
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",
            "allauth.account.auth_backends.AuthenticationBackend",
        ],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "/",
        "SIGNUP_DOMAINS": domains,
        "SSO_NEW_USERS": env.envbool("SSO_NEW_USERS", True),
        "SECOND_FACTOR": env.envstr(
            "REQUIRE_SECOND_FACTOR", "nobody", choices=("nobody", "administrators", "everyone")
        ),
        "TRUST_PROVIDER_SECOND_FACTOR": env.envbool("TRUST_PROVIDER_SECOND_FACTOR", True),
        "FIRST_RUN_CODE": production,
        "CSP_FORM_TARGETS": origins(providers),
        "ALLAUTH_TRUSTED_PROXY_COUNT": 1 if behind_proxy else 0,
        "ACCOUNT_ADAPTER": "quarterdeck.kernel.signin.adapters.AccountAdapter",
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*", "password2*"],
        "ACCOUNT_FORMS": {
            "login": "quarterdeck.kernel.signin.worded.SignInForm",
            "reset_password": "quarterdeck.kernel.signin.worded.ForgottenForm",
            "change_password": "quarterdeck.kernel.signin.worded.ChangePasswordForm",
            "set_password": "quarterdeck.kernel.signin.worded.SetPasswordForm",
            "reset_password_from_key": "quarterdeck.kernel.signin.worded.NewPasswordForm",
        },
        "ACCOUNT_SIGNUP_FORM_CLASS": "quarterdeck.kernel.signin.forms.NameForm",
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_USER_DISPLAY": str,
        # Whoever signs up alone proves the address first; an administrator or a provider vouches for the others.
        "ACCOUNT_EMAIL_VERIFICATION": "mandatory" if domains else "none",
        "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS": False,
        "ACCOUNT_EMAIL_SUBJECT_PREFIX": "",
        "ACCOUNT_PREVENT_ENUMERATION": True,
        "ACCOUNT_LOGIN_ON_PASSWORD_RESET": False,
        "ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE": True,
        "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": env.envint("CONFIRM_MINUTES", 10, least=1, most=12 * 60) * 60,
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_DEFAULT_HTTP_PROTOCOL": "https" if secure else "http",
        # Passwords are locked out by axes, kept in the database; this bounds the tries of a second factor.
        "ACCOUNT_RATE_LIMITS": {"login": "120/m/ip", "login_failed": "60/m/ip,10/10m/key"},
        "SOCIALACCOUNT_ADAPTER": "quarterdeck.kernel.signin.adapters.ProviderAdapter",
        "SOCIALACCOUNT_PROVIDERS": providers,
        "SOCIALACCOUNT_EMAIL_VERIFICATION": "none",
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION": env.envbool("TRUST_PROVIDER_EMAIL", True),
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT": True,
        "SOCIALACCOUNT_LOGIN_ON_GET": False,
        "USERSESSIONS_TRACK_ACTIVITY": True,
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        # Whoever signs up alone has proved the address before; for the others see ACCOUNT_EMAIL_VERIFICATION.
        "MFA_ALLOW_UNVERIFIED_EMAIL": True,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not production,
        "MFA_FORMS": {
            "authenticate": "quarterdeck.kernel.signin.worded.SecondStepForm",
            "reauthenticate": "quarterdeck.kernel.signin.worded.ConfirmForm",
            "activate_totp": "quarterdeck.kernel.signin.worded.AppForm",
            "add_webauthn": "quarterdeck.kernel.signin.worded.KeyForm",
        },
        "MFA_TOTP_ISSUER": "Quarterdeck",
        "AXES_FAILURE_LIMIT": env.envint("SIGN_IN_TRIES", 8, least=3, most=100),
        "AXES_COOLOFF_TIME": env.envint("SIGN_IN_COOL_OFF_MINUTES", 15, least=1, most=24 * 60) / 60,
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_LOCKOUT_CALLABLE": "quarterdeck.kernel.signin.lockout.locked_out",
        "AXES_USERNAME_FORM_FIELD": "login",
        "AXES_USERNAME_CALLABLE": "quarterdeck.kernel.signin.lockout.attempted_name",
        "AXES_CLIENT_IP_CALLABLE": "quarterdeck.kernel.signin.lockout.client_address",
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT": False,
        "AXES_ENABLE_ADMIN": False,
        "AXES_VERBOSE": False,
    }

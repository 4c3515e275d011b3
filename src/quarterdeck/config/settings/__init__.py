"""Django settings of an installation, read from `QUARTERDECK_*` in the environment.

Two modes: "local" (default; one person trying or developing, data in a folder of theirs) and "production", which
refuses to start with unsafe settings. Nothing here writes to disk.
"""

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from quarterdeck.config import env
from quarterdeck.config.database import database
from quarterdeck.config.logs import logging_settings
from quarterdeck.config.mail import mail_settings
from quarterdeck.config.production import Posture, faults
from quarterdeck.config.settings.apps import INSTALLED_APPS, MIDDLEWARE, PACKAGE
from quarterdeck.config.settings.signin import signin_settings

__all__ = ["INSTALLED_APPS", "MIDDLEWARE"]

MODE = env.envstr("MODE", "local", choices=("local", "production"))
PRODUCTION = MODE == "production"
DEBUG = env.envbool("DEBUG", False)

# Where data lives: the database file, uploads, the local secret.
CHECKOUT = PACKAGE.parents[1]
_default_data = (
    CHECKOUT / "var" if (CHECKOUT / "pyproject.toml").exists() else Path("~/.local/share/quarterdeck").expanduser()
)
DATA_DIR = env.envpath("DATA_DIR", _default_data)
MEDIA_ROOT = env.envpath("MEDIA_DIR", DATA_DIR / "media")

# The secret: given in production; in local mode `quarterdeck serve` keeps one in the data folder, other commands need
# none that lasts.
SECRET_KEY_PATH = DATA_DIR / "secret_key"
SECRET_KEY = env.envsecret("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.envlist("SECRET_KEY_FALLBACKS")
if not SECRET_KEY and not PRODUCTION:
    SECRET_KEY = SECRET_KEY_PATH.read_text() if SECRET_KEY_PATH.exists() else secrets.token_urlsafe(48)

# Where the server is reached.
URL = env.envstr("URL").rstrip("/")
_host = urlsplit(URL).hostname or ""
ALLOWED_HOSTS = env.envlist("ALLOWED_HOSTS", [_host] if _host else [])
if not PRODUCTION:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", "127.0.0.1", "[::1]"]
DEMO_PERSONAS = env.envbool("DEMO_PERSONAS", not PRODUCTION)

if PRODUCTION and (
    _faults := faults(
        Posture(
            secret_key=SECRET_KEY,
            debug=DEBUG,
            address=URL,
            allowed_hosts=tuple(ALLOWED_HOSTS),
            demo_personas=DEMO_PERSONAS,
        )
    )
):
    raise env.EnvError("\n".join(_faults))

SECURE = URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [URL] if URL else []
TRUST_PROXY = env.envbool("TRUST_PROXY", False)
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True
SECURE_SSL_REDIRECT = SECURE and TRUST_PROXY
SECURE_HSTS_SECONDS = env.envint("HSTS_SECONDS", 31_536_000 if SECURE else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The session ends 12 hours after signing in, and the cookie is never seen by scripts. `__Host-` ties it to this host
# over https.
SESSION_COOKIE_NAME = "__Host-quarterdeck" if SECURE else "quarterdeck"
SESSION_COOKIE_AGE = env.envint("SESSION_HOURS", 12, least=1, most=24 * 30) * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-quarterdeck-csrf" if SECURE else "quarterdeck-csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "quarterdeck.kernel.ui.errors.csrf_failure"

ROOT_URLCONF = "quarterdeck.web.urls"
WSGI_APPLICATION = "quarterdeck.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database(env.envsecret("DATABASE_URL"), default=DATA_DIR / "quarterdeck.sqlite3")}
#: Calls of the API that a user may make a minute, counted by each server process; 0: no limit.
API_PER_MINUTE = env.envint("API_PER_MINUTE", 1200)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5000}}}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# Pages. Partials wrap the cached loader, which wraps cotton: the other way round, components lose their partials.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.static",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "quarterdeck.kernel.ui.context.page",
            ],
        },
    }
]
COTTON_SNAKE_CASED_NAMES = True

# Assets carry a hash in their name, so a browser may keep them for ever; the server lists them once, at start.
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9A-Za-z]{8,}\.[a-z0-9]+$"
MEDIA_URL = ""
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
# Files imported into registers; a workbook may unpack to ten times the size.
IMPORT_MAX_BYTES = env.envint("IMPORT_MAX_MB", 20, least=1, most=200) * 1024 * 1024
IMPORT_MAX_ROWS = env.envint("IMPORT_MAX_ROWS", 50_000, least=1, most=500_000)
# How long an act can be taken back, while nobody has changed its records since.
UNDO_MINUTES = env.envint("UNDO_MINUTES", 15, least=1, most=7 * 24 * 60)
UNDO_IMPORT_HOURS = env.envint("UNDO_IMPORT_HOURS", 24, least=1, most=30 * 24)
# Days after which an active initiative that nobody has changed is brought before its manager.
UNTOUCHED_DAYS = env.envint("UNTOUCHED_DAYS", 30, least=1, most=3650)
# Working days after the end of a period within which projects report.
REPORT_DUE_DAYS = env.envint("REPORT_DUE_DAYS", 5, least=1, most=60)

# Language and time. Times are kept in UTC and shown in the organisation's zone.
USE_TZ = True
TIME_ZONE = env.envstr("TIME_ZONE", "UTC")
USE_I18N = True
LANGUAGES = [("en-gb", _("English"))]
LANGUAGE_CODE = env.envstr("LANGUAGE", "en-gb", choices=[code for code, _name in LANGUAGES])
LOCALE_PATHS = [PACKAGE / "locale"]

# Signing in: by e-mail address; see `signin`.
AUTH_USER_MODEL = "access.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
_sign_in = signin_settings(production=PRODUCTION, secure=SECURE, behind_proxy=TRUST_PROXY)
globals().update(_sign_in)
CSP_FORM_TARGETS: list[str] = _sign_in["CSP_FORM_TARGETS"]
SIGNUP_DOMAINS: list[str] = _sign_in["SIGNUP_DOMAINS"]
SSO_NEW_USERS: bool = _sign_in["SSO_NEW_USERS"]
FIRST_RUN_CODE: bool = _sign_in["FIRST_RUN_CODE"]
SECOND_FACTOR: str = _sign_in["SECOND_FACTOR"]
TRUST_PROVIDER_SECOND_FACTOR: bool = _sign_in["TRUST_PROVIDER_SECOND_FACTOR"]
ACCOUNT_REAUTHENTICATION_TIMEOUT: int = _sign_in["ACCOUNT_REAUTHENTICATION_TIMEOUT"]
if "saml" in _sign_in["SOCIALACCOUNT_PROVIDERS"]:
    INSTALLED_APPS = [*INSTALLED_APPS, "allauth.socialaccount.providers.saml"]

# Mail: written to the log until a server is named, so that nothing leaves a trial.
globals().update(mail_settings(env.envsecret("EMAIL_URL")))
DEFAULT_FROM_EMAIL = env.envstr("EMAIL_FROM", f"quarterdeck@{_host or 'localhost'}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

LOGGING = logging_settings(
    form=env.envstr("LOG_FORMAT", "json" if PRODUCTION else "plain", choices=("plain", "json")),
    level=env.envstr("LOG_LEVEL", "INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR")),
)

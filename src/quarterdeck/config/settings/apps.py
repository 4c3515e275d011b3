"""The one list of applications, for every database and every mode, and the middleware in its order.

One list means one migration graph: what differs by database looks at `connection.vendor`, never at this list.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]

FRAMEWORK = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "template_partials.apps.SimpleAppConfig",
    "django_cotton.apps.SimpleAppConfig",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
]

KERNEL = [
    "quarterdeck.kernel.db",
    "quarterdeck.kernel.audit",
    "quarterdeck.kernel.access",
    "quarterdeck.kernel.numbering",
    "quarterdeck.kernel.comments",
    "quarterdeck.kernel.files",
    "quarterdeck.kernel.tags",
    "quarterdeck.kernel.links",
    "quarterdeck.kernel.search",
    "quarterdeck.kernel.fields",
    "quarterdeck.kernel.jobs",
    "quarterdeck.kernel.notifications",
    "quarterdeck.kernel.watch",
    "quarterdeck.kernel.approvals",
    "quarterdeck.kernel.ui",
    "quarterdeck.kernel.registers",
    "quarterdeck.kernel.needs",
    "quarterdeck.kernel.administration",
    "quarterdeck.kernel.signin",
]

DOMAIN = [
    "quarterdeck.apps.organisation",
    "quarterdeck.apps.people",
    "quarterdeck.apps.portfolio",
    "quarterdeck.apps.delivery",
    "quarterdeck.apps.suppliers",
    "quarterdeck.apps.finance",
    "quarterdeck.apps.governance",
    "quarterdeck.apps.engagement",
    "quarterdeck.apps.knowledge",
    "quarterdeck.apps.pmo",
    "quarterdeck.apps.reporting",
]

# Ours come first, so that a template or command of ours is found before one of a library of the same name.
INSTALLED_APPS = ["quarterdeck.web", *DOMAIN, *KERNEL, *FRAMEWORK]

MIDDLEWARE = [
    "quarterdeck.web.security.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "quarterdeck.kernel.signin.middleware.SessionsSeen",
    "quarterdeck.kernel.signin.middleware.SecondFactor",
    "quarterdeck.kernel.access.middleware.ActorMiddleware",
    "quarterdeck.kernel.signin.middleware.Preferences",
    "axes.middleware.AxesMiddleware",
]

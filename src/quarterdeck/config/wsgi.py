"""WSGI entry point: `quarterdeck.config.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quarterdeck.config.settings")


def settle() -> None:
    """Load every page now, and leave what was loaded out of each later search for garbage.

    It stays for the life of the process. To look through its 200,000 objects again and again halts a request for 90 ms.
    """
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018  to ask for them loads them
    gc.collect()
    gc.freeze()
    gc.enable()


# Nothing of what loading makes is garbage: to look for some all the while took a tenth of the start.
gc.disable()
application = get_wsgi_application()
settle()

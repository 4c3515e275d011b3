"""The Django application of Needs you."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class NeedsConfig(AppConfig):
    """The landing page: what waits for whoever signs in."""

    name = "quarterdeck.kernel.needs"
    label = "needs"

    def ready(self) -> None:
        """Load what the kernel and the apps contribute; enter the navigation."""
        from quarterdeck.kernel.needs import sources  # noqa: F401  enters the kernel's own
        from quarterdeck.kernel.needs.exceptions import may_see
        from quarterdeck.kernel.needs.selectors import waiting
        from quarterdeck.kernel.ui import nav

        autodiscover_modules("needs")
        item = nav.NavItem(key="needs-you", label=_("Needs you"), url_name="needs-you", icon="inbox", badge=waiting)
        nav.register(section="needs_you", item=item)
        found = nav.NavItem(
            key="exceptions",
            label=_("Exceptions"),
            url_name="exceptions",
            icon="triangle-alert",
            visible=may_see,
            order=10,
        )
        nav.register(section="pmo", item=found)

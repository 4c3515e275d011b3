"""Django's entry to this room."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RegistersConfig(AppConfig):
    """Registers: lists, forms, exchange and endpoints from one declaration."""

    name = "quarterdeck.kernel.registers"
    label = "registers"

    def ready(self) -> None:
        """Read each app's `registers` module, so that what it declares exists."""
        autodiscover_modules("registers")
        from quarterdeck.kernel.registers.navigation import enter

        enter()

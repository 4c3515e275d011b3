"""The Django application of administration."""

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    """Pages and services by which access is administered."""

    name = "quarterdeck.kernel.administration"
    label = "administration"

    def ready(self) -> None:
        """Put the pages into the navigation."""
        from quarterdeck.kernel.administration import navigation

        navigation.register_pages()

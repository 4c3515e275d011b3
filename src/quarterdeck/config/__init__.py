"""How an installation is set up: environment, Django settings, the WSGI entry point."""

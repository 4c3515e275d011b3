"""The registers of suppliers; importing the package enters them."""

from quarterdeck.apps.suppliers.registers import levels, relations

__all__ = ["levels", "relations"]

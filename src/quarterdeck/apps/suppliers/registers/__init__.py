"""The registers of suppliers; importing the package enters them."""

from quarterdeck.apps.suppliers.registers import levels, relations, stock

__all__ = ["levels", "relations", "stock"]

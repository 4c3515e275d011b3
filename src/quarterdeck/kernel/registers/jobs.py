"""The jobs of registers, found by every process at its start."""

from quarterdeck.kernel.registers.exchange.jobs import check_import, forget_imports, write_import

__all__ = ["check_import", "forget_imports", "write_import"]

"""Registers: one declaration gives list, form, import, export, endpoints, history and tests."""

from quarterdeck.kernel.registers.spec import Action, Column, Inline, Register, View, all_registers, find, for_model, register

__all__ = ["Action", "Column", "Inline", "Register", "View", "all_registers", "find", "for_model", "register"]

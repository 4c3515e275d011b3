"""Registers as files: export of what a list shows, import of what a spreadsheet holds."""

"""The bespoke screens of engagement."""

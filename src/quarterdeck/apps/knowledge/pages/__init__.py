"""The bespoke parts of pages."""

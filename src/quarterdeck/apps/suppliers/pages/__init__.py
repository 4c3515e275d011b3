"""Bespoke pages of suppliers."""

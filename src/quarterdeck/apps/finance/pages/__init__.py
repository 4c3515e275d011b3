"""Bespoke pages of this app."""

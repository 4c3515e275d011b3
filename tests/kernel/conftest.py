"""Databases for tests that start processes of their own."""

from tests.kernel.processes import database_url, migrated

__all__ = ["database_url", "migrated"]

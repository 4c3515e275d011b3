"""Reporting: where every initiative stands, assessed from its records, and how that is shown and told."""

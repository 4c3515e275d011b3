"""Soft links between any two records: relates to, blocks, caused by, duplicates."""

"""Suppliers and contractors: what they promised, how they keep it, and what is done where they do not."""

"""The bespoke pages of reporting."""

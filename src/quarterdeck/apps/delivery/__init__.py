"""Delivery: plans, their progress, and the files of other tools."""

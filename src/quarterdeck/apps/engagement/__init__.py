"""Engagement: stakeholders, what they are told and when, and the concerns that they raise."""

"""Governance: risks, issues, assumptions, decisions and actions, escalated along the tree."""

"""Finance: what projects may cost, what they have cost, and what was earned for it."""

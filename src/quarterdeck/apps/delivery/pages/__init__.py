"""The pages of plans, and what they ask for while one works on them."""

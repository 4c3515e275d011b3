"""What is read of plans, always for whole plans at once."""

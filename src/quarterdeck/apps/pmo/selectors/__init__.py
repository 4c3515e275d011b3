"""What the pages, checks and jobs of the office read."""

"""People: who they are, what they cost and can do, which roles they hold where."""

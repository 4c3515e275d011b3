"""What people say about a record, under it, and whom they address."""

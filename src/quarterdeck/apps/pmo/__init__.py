"""What the office answers for: accountabilities, what is found under each, and to whom it goes when it stays."""

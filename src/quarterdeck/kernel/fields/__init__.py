"""Fields that an organisation adds to its own records, without a programmer."""

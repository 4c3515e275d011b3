"""Files kept with any record: each content once, typed by what it holds, for those who see the record."""

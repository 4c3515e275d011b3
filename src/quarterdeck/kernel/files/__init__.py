"""Files kept with any record: each content stored once, typed by what it holds, handed out only to who sees the record."""

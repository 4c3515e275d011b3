"""Plan files in and out, without a database: see `reading`, `comparing`, `network`, `writing` and `document`."""

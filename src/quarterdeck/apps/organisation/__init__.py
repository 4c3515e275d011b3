"""The organisation itself: units, offices, calendars, fiscal years, currencies."""

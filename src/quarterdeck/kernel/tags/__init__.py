"""Free words on any record, shared by the whole organisation."""

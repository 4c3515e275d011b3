"""The apps of the domain, each importing only those below it."""

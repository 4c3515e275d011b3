"""Work of this app apart from requests; what it does stands with the services."""

from quarterdeck.apps.delivery.services.analyses import analysis_worked_out
from quarterdeck.apps.delivery.services.imports import files_forgotten, files_read, files_written
from quarterdeck.apps.delivery.services.undoing import import_undone

__all__ = ["analysis_worked_out", "files_forgotten", "files_read", "files_written", "import_undone"]

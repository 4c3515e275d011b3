"""The one write path, and the past.

Every write to a `Record`, from a form, the API, an import, a job or another service, goes through `save`, `save_many`
or `delete`: validate > access > persist > `Change` > event, in one transaction.
"""

from quarterdeck.kernel.audit.models import Record
from quarterdeck.kernel.records.errors import BulkRefused, InUse, StaleRecord, UndoRefused
from quarterdeck.kernel.records.events import Changed
from quarterdeck.kernel.records.followed import write_followed
from quarterdeck.kernel.records.history import as_of, history_of, state_as_of
from quarterdeck.kernel.records.past import Glimpse, Past
from quarterdeck.kernel.records.undo import undo
from quarterdeck.kernel.records.write import delete, delete_many, save, save_many

__all__ = [
    "BulkRefused",
    "Changed",
    "Glimpse",
    "InUse",
    "Past",
    "Record",
    "StaleRecord",
    "UndoRefused",
    "as_of",
    "delete",
    "delete_many",
    "history_of",
    "save",
    "save_many",
    "state_as_of",
    "undo",
    "write_followed",
]

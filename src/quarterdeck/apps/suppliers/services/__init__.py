"""The verbs of this app; each is one transaction and takes the actor."""

from quarterdeck.apps.suppliers.services.breaches import (
    breach_answer,
    breach_close,
    breach_dispute,
    breach_excuse,
    breach_follow_up,
    breach_notice,
    breach_save,
    breach_settle,
)
from quarterdeck.apps.suppliers.services.contacts import contact_log, contact_save
from quarterdeck.apps.suppliers.services.contracts import (
    contract_activate,
    contract_end,
    contract_save,
    obligation_meet,
    obligation_save,
    obligation_waive,
)
from quarterdeck.apps.suppliers.services.evaluating import level_evaluate
from quarterdeck.apps.suppliers.services.feeding import level_feed
from quarterdeck.apps.suppliers.services.levels import (
    level_save,
    pause_remove,
    pause_save,
    record_end,
    record_save,
    records_save,
)
from quarterdeck.apps.suppliers.services.stock import (
    item_save,
    location_save,
    movement_post,
    movement_remove,
    movement_reverse,
    requirement_save,
    stock_level_remove,
    stock_level_save,
)
from quarterdeck.apps.suppliers.services.suppliers import (
    supplier_approve,
    supplier_end,
    supplier_save,
    supplier_suspend,
)

__all__ = [
    "breach_answer",
    "breach_close",
    "breach_dispute",
    "breach_excuse",
    "breach_follow_up",
    "breach_notice",
    "breach_save",
    "breach_settle",
    "contact_log",
    "contact_save",
    "contract_activate",
    "contract_end",
    "contract_save",
    "item_save",
    "level_evaluate",
    "level_feed",
    "level_save",
    "location_save",
    "movement_post",
    "movement_remove",
    "movement_reverse",
    "obligation_meet",
    "obligation_save",
    "obligation_waive",
    "pause_remove",
    "pause_save",
    "record_end",
    "record_save",
    "records_save",
    "requirement_save",
    "stock_level_remove",
    "stock_level_save",
    "supplier_approve",
    "supplier_end",
    "supplier_save",
    "supplier_suspend",
]

"""Progress between two plans: what moved, by how much, and why.

compare(schedule(baseline), schedule(plan)).variances
float_ledger(last_month, this_month).entries            # where the lost days went
milestone_trends([(status, dates), ...])
"""

from quarterdeck.engine.progress.alignment import Cause
from quarterdeck.engine.progress.comparison import Comparison, FieldChange, LinkChange, Variance, compare
from quarterdeck.engine.progress.ledger import Change, Entry, Ledger, float_ledger
from quarterdeck.engine.progress.trend import Course, Trend, milestone_trends

__all__ = [
    "Cause",
    "Change",
    "Comparison",
    "Course",
    "Entry",
    "FieldChange",
    "Ledger",
    "LinkChange",
    "Trend",
    "Variance",
    "compare",
    "float_ledger",
    "milestone_trends",
]

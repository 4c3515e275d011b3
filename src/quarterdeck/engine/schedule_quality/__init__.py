"""How far a plan can be trusted: the fourteen points of the DCMA, and what else goes wrong in plans.

found = assess(schedule(plan), Evidence(baseline_finish=baseline))
found["bei"].value, found.score, [check.remedy for check in found.mend_first]
"""

from quarterdeck.engine.schedule_quality.assessment import ORDER, POINTS, Assessment, assess
from quarterdeck.engine.schedule_quality.checks import Check, Evidence, Limits, LinkAt, Verdict
from quarterdeck.engine.schedule_quality.dcma import cpli

__all__ = ["ORDER", "POINTS", "Assessment", "Check", "Evidence", "Limits", "LinkAt", "Verdict", "assess", "cpli"]

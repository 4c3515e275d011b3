"""The standard activities of running an initiative and the part of each role; exactly one role is accountable."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class ActivityEntry:
    """An activity as shipped; `parts` reads `A SPONSOR, R PM PLANNING`: letters each followed by codes of roles."""

    code: str
    group: str | Promise
    name: str | Promise
    parts: str

    @property
    def letters(self) -> dict[str, str]:
        """Return the letter of each role by code."""
        found: dict[str, str] = {}
        for piece in self.parts.split(","):
            letter, *codes = piece.split()
            found.update(dict.fromkeys(codes, letter))
        return found


_START, _PLAN, _RUN, _ASSURE, _CLOSE = _("Start"), _("Plan"), _("Deliver"), _("Assure"), _("Close")

ACTIVITIES: tuple[ActivityEntry, ...] = (
    ActivityEntry(
        "CASE",
        _START,
        _("Make and keep the business case"),
        "A SPONSOR, R PM, C SR-USER FINANCE BENEFITS, I BOARD PMO-HEAD",
    ),
    ActivityEntry(
        "START", _START, _("Authorise the start"), "A SPONSOR, R BOARD, C PMO-HEAD FINANCE, I PM SR-USER SR-SUPPLIER"
    ),
    ActivityEntry(
        "APPOINT", _START, _("Appoint the team"), "A SPONSOR, R PM, C RESOURCE UNIT-HEAD, I PMO-OFFICER TEAM-MEMBER"
    ),
    ActivityEntry(
        "SCOPE",
        _PLAN,
        _("Agree scope and requirements"),
        "A PM, R TEAM-MANAGER, C SR-USER SR-SUPPLIER QUALITY, I SPONSOR",
    ),
    ActivityEntry(
        "SCHEDULE",
        _PLAN,
        _("Make the schedule and its baseline"),
        "A PM, R PLANNING TEAM-MANAGER, C SR-SUPPLIER RESOURCE, I SPONSOR REPORTING",
    ),
    ActivityEntry(
        "BUDGET",
        _PLAN,
        _("Make the cost plan and the budget"),
        "A SPONSOR, R PM FINANCE, C COMMERCIAL, I BOARD PMO-HEAD",
    ),
    ActivityEntry(
        "STAFFING", _PLAN, _("Find and allocate people"), "A RESOURCE, R UNIT-HEAD, C PM TEAM-MANAGER, I TEAM-MEMBER"
    ),
    ActivityEntry(
        "QUALITY", _PLAN, _("Plan quality and acceptance"), "A PM, R QUALITY, C SR-USER SR-SUPPLIER, I TEAM-MANAGER"
    ),
    ActivityEntry(
        "ENGAGE", _PLAN, _("Plan engagement and communication"), "A PM, R COMMS, C SPONSOR CHANGE-MANAGER, I BOARD"
    ),
    ActivityEntry("WORK", _RUN, _("Deliver the work packages"), "A TEAM-MANAGER, R TEAM-MEMBER, C QUALITY, I PM"),
    ActivityEntry(
        "PROGRESS",
        _RUN,
        _("Update progress and forecast"),
        "A PM, R TEAM-MANAGER PLANNING, C TEAM-MEMBER, I PMO-OFFICER",
    ),
    ActivityEntry("REPORT", _RUN, _("Report status"), "A PM, R REPORTING, C FINANCE RISK, I SPONSOR BOARD PMO-HEAD"),
    ActivityEntry(
        "RISK", _RUN, _("Manage risks and issues"), "A PM, R RISK TEAM-MANAGER, C SR-SUPPLIER SR-USER, I SPONSOR"
    ),
    ActivityEntry(
        "CHANGE", _RUN, _("Decide changes"), "A SPONSOR, R BOARD, C PM CHANGE-CONTROL FINANCE, I TEAM-MANAGER PLANNING"
    ),
    ActivityEntry(
        "MONEY", _RUN, _("Post actual cost and keep the outlook"), "A FINANCE, R PM, C COMMERCIAL, I SPONSOR REPORTING"
    ),
    ActivityEntry(
        "SUPPLIER", _RUN, _("Manage suppliers and contracts"), "A COMMERCIAL, R PM, C SR-SUPPLIER FINANCE, I SPONSOR"
    ),
    ActivityEntry("ACCEPT", _RUN, _("Accept deliverables"), "A SR-USER, R TEAM-MANAGER, C QUALITY, I PM SPONSOR"),
    ActivityEntry("TIME", _RUN, _("Approve time worked"), "A PM, R TEAM-MANAGER, C RESOURCE, I FINANCE TEAM-MEMBER"),
    ActivityEntry(
        "GATE", _ASSURE, _("Decide at a gate"), "A SPONSOR, R BOARD SR-USER SR-SUPPLIER, C PM PMO-HEAD, I SECRETARIAT"
    ),
    ActivityEntry(
        "AUDIT", _ASSURE, _("Check health and compliance"), "A PMO-HEAD, R QUALITY PMO-SPECIALIST, C PM, I SPONSOR"
    ),
    ActivityEntry(
        "RECORDS", _ASSURE, _("Keep documents and records"), "A PM, R INFORMATION SECRETARIAT, C QUALITY, I TEAM-MEMBER"
    ),
    ActivityEntry(
        "HANDOVER",
        _CLOSE,
        _("Hand over to operations"),
        "A PM, R TEAM-MANAGER, C SR-USER CHANGE-MANAGER, I UNIT-HEAD SPONSOR",
    ),
    ActivityEntry(
        "LESSONS",
        _CLOSE,
        _("Record and apply lessons"),
        "A PM, R TEAM-MEMBER TEAM-MANAGER, C QUALITY, I PMO-SPECIALIST",
    ),
    ActivityEntry(
        "CLOSE", _CLOSE, _("Authorise the closure"), "A SPONSOR, R BOARD, C PM FINANCE, I PMO-HEAD UNIT-HEAD"
    ),
    ActivityEntry(
        "BENEFIT",
        _CLOSE,
        _("Realise and measure benefits"),
        "A SPONSOR, R CHANGE-MANAGER BENEFITS, C SR-USER FINANCE, I PMO-HEAD",
    ),
)

"""Whom the demo's projects concern, what they are told, and what they complain of. Times are months from now."""

from __future__ import annotations

from typing import NamedTuple


class Stake(NamedTuple):
    """A stakeholder: where, as what, influence and interest, attitude now and wanted, and the contact planned.

    `contact` is subject, channel, interval, months of the first one, and how many of the last were missed.
    """

    project: str
    at: float
    owner: str
    name: str
    body: str
    group: str
    side: str
    standing: tuple[int, int]
    attitude: tuple[int, int]
    needs: str
    approach: str = ""
    contact: tuple[str, str, str, float, int] | None = None


_LINE, _TRACK, _SIGNAL = "Harbour Line Extension", "Harbour Line Track and Stops", "Harbour Line Signalling"

STAKES: tuple[Stake, ...] = (
    Stake(_LINE, -10, "adebayo", "Alderman for transport", "City of Veerhaven", "authority", "external", (5, 5), (4, 5),
          "The line opens before the election.", "Monthly walk along the works, with figures, no slides.",
          ("Walk along the works", "visit", "monthly", -5.6, 0)),
    Stake(_LINE, -10, "adebayo", "Regional transport fund", "Ministry", "sponsor", "external", (5, 3), (4, 4),
          "Money is spent in the year for which it was granted.", "",
          ("Spending by quarter", "report", "quarterly", -8.7, 0)),
    Stake(_TRACK, -6, "moyo", "Market traders’ association", "Visstraat", "neighbour", "external", (4, 5), (2, 3),
          "Lorries reach the stalls from five in the morning.", "One person who can decide, on site each Tuesday.",
          ("Tuesday round", "meeting", "weekly", -5.6, 0)),
    Stake(_TRACK, -6, "moyo", "Residents of the Oude Haven", "", "neighbour", "external", (2, 5), (2, 3),
          "Sleep.", "Letters a week before each night of work; a number that is answered.",
          ("Letter on the nights to come", "letter", "fortnightly", -5.2, 1)),
    Stake(_TRACK, -5.5, "amrani", "Port Authority", "Port of Veerhaven", "authority", "external", (5, 4), (3, 4),
          "The quay bears its cranes, during and after.", "Share the cores of the wall as they come.",
          ("Quay wall", "meeting", "monthly", -3.8, 1)),
    Stake(_TRACK, -5.5, "moyo", "Fire brigade", "Safety region", "authority", "external", (4, 2), (4, 4),
          "Every street is reached within six minutes.", "", ("Closures of the month", "mail", "monthly", -5.1, 0)),
    Stake(_TRACK, -5, "moyo", "The Harbour Courier", "", "press", "external", (3, 3), (3, 3),
          "A story each month.", "", ("Press round", "call", "monthly", -3.4, 1)),
    Stake(_SIGNAL, -7, "hartwig", "Independent safety assessor", "Certis", "authority", "external", (5, 5), (2, 4),
          "Evidence while it can still be changed.", "Sits in the factory tests; gets each part of the case at once.",
          ("Open points of the case", "meeting", "fortnightly", -6.4, 0)),
    Stake(_SIGNAL, -7, "pritchard", "Control room", "Operations", "user", "internal", (4, 5), (3, 5),
          "Screens they know, and a fallback that works at night.", "Two controllers join every test.",
          ("Controllers’ hour", "meeting", "monthly", -5.9, 0)),
    Stake(_SIGNAL, -6, "hartwig", "Drivers’ union", "", "staff", "internal", (4, 4), (3, 4),
          "Training in paid hours.", ""),
    Stake("Second 60 Electric Buses", -7, "lehtonen", "Bus drivers of Noord", "", "user", "internal", (3, 5), (3, 4),
          "A seat that fits, mirrors that show the kerb.", "",
          ("Ride-along", "visit", "monthly", -6.3, 0)),
    Stake("Second 60 Electric Buses", -7, "lehtonen", "Works council", "", "staff", "internal", (4, 3), (4, 4),
          "No job is lost in the workshop.", "", ("Consultation", "meeting", "quarterly", -6.6, 0)),
    Stake("Account Back Office", -9, "deshmukh", "Consumer association", "", "client", "external", (3, 4), (2, 3),
          "Nobody loses a balance.", "They see the reconciliation of each rehearsal.",
          ("Result of the rehearsal", "meeting", "quarterly", -7.3, 1)),
    Stake("Account Back Office", -9, "okonkwo", "Card processor", "", "partner", "external", (4, 2), (4, 4),
          "Files by two at night.", "", ("Interface call", "call", "weekly", -8.6, 0)),
    Stake("Lift Bridge Strengthening", -8, "nowicka", "Inland skippers", "", "client", "external", (3, 4), (2, 3),
          "To know by Friday when the bridge opens.", "", ("Closures of the river", "mail", "weekly", -7.8, 0)),
)  # fmt: skip

#: project, months, group, who, title, what, owner, acknowledged, (months, redress), (months, agreed, how it ended)
CONCERNS: tuple[
    tuple[
        str, float, str, str, str, str, str, bool, tuple[float, str] | None, tuple[float, bool, str] | None
    ],
    ...,
] = (
    (_TRACK, -2.9, "neighbour", "Mrs Vermeer, Oude Haven 14", "Saw at three in the morning",
     "A saw ran from 02:50 to 03:40 though the letter said ten at the latest.", "moyo", True,
     (-2.7, "Hotel for two nights; saws stop at ten."), (-2.4, True, "She took the hotel and thanks for the call.")),
    (_TRACK, -0.35, "client", "Association of traders", "Loading bay blocked by a digger",
     "The bay was blocked on two market days.", "moyo", True, None, None),
    (_SIGNAL, -0.1, "staff", "Two controllers", "Screens tested on their day off",
     "The test was put on a Saturday at two days' notice.", "hartwig", False, None, None),
    ("Lift Bridge Strengthening", -1.2, "client", "Skipper of the Johanna", "Waited nine hours",
     "The opening of Thursday was not held.", "nowicka", True, (-0.9, "Harbour dues of the week are waived."), None),
    ("Second 60 Electric Buses", -4.0, "user", "Driver, Noord", "Mirror hides the kerb",
     "The camera shows the kerb late.", "lehtonen", True, (-3.8, "Cameras are turned by 4 degrees."),
     (-3.5, True, "He drove the turned one and agrees.")),
)  # fmt: skip
